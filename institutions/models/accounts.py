from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.auth.validators import ASCIIUsernameValidator
from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, When
from django.db.models.functions import Cast, Substr, TruncDate
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """A login. Names of people live on Person, never here."""

    username = models.CharField(
        _("staff number or account name"),
        max_length=60,
        unique=True,
        validators=[ASCIIUsernameValidator()],
        error_messages={"unique": _("This staff number already has an account.")},
    )

    def get_full_name(self):
        return self.username

    def get_short_name(self):
        return self.username

    @property
    def is_in_use(self):
        """True if there is a way into it: a password, or a provider's login that has opened it."""
        return self.has_usable_password() or bool(self.socialaccount_set.all())


class RoleQuerySet(models.QuerySet):
    def active_on(self, day):
        """Roles that hold on the day, both ends inclusive."""
        return self.filter(starts_on__lte=day).filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day))

    def not_over_on(self, day):
        """Roles that hold on the day or begin later."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day))

    def lasting_after(self, day):
        """Roles that would still hold after the day, among them those that begin later."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=day))

    def of(self, user):
        return self.filter(user=user)


class Role(models.Model):
    """What an account may do, and where: a subtree of institutions, or an area for totals only."""

    class Kind(models.TextChoices):
        HR = "hr", _("HR unit")
        REGISTRAR = "registrar", _("Ministry registrar")
        MONITOR = "monitor", _("Ministry monitor")
        DISCIPLINE = "discipline", _("Discipline officer")
        AUDITOR = "auditor", _("Auditor")
        EDITOR = "editor", _("Editor")
        REVIEWER = "reviewer", _("Reviewer")
        ADOPTER = "adopter", _("Adopting authority")
        TRAINER = "trainer", _("Trainer")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="roles")
    kind = models.CharField(max_length=12, choices=Kind)
    institution = models.ForeignKey(
        "institutions.Institution", null=True, blank=True, on_delete=models.PROTECT, related_name="roles"
    )
    area = models.ForeignKey("institutions.Area", null=True, blank=True, on_delete=models.PROTECT, related_name="roles")
    post = models.ForeignKey("institutions.Post", null=True, blank=True, on_delete=models.PROTECT, related_name="roles")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = RoleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(institution__isnull=False, area__isnull=True)
                | Q(institution__isnull=True, area__isnull=False),
                name="role_has_one_scope",
            ),
            models.CheckConstraint(
                condition=Q(area__isnull=True) | Q(kind="monitor"), name="role_area_is_for_monitors_only"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")), name="role_ends_after_start"
            ),
        ]

    def __str__(self):
        return f"role {self.pk} ({self.kind})"


class AuditEntryQuerySet(models.QuerySet):
    def visible_to(self, scope):
        """Entries of an institution that the auditor reads, and of none about somebody who served there that day."""
        from institutions.models.people import Post

        scope = scope.acting_as(Role.Kind.AUDITOR)
        about_person = Q(institution__isnull=True, subject__startswith="person:")
        number = Cast(Substr("subject", len("person:") + 1), models.BigIntegerField())
        served = Post.objects.serving_on(OuterRef("day")).filter(
            scope.names_condition("institution__path"), person=OuterRef("person_id")
        )
        return self.alias(
            day=TruncDate("at"), person_id=Case(When(about_person, then=number), output_field=models.BigIntegerField())
        ).filter(scope.names_condition("institution__path") | (about_person & Exists(served)))


class AuditEntry(models.Model):
    """Who did or saw what, when and why. Rows are only ever added; the database refuses the rest."""

    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="audit_entries"
    )
    verb = models.CharField(max_length=60, help_text="app.verb, such as discipline.view")
    subject = models.CharField(max_length=80, help_text="A neutral reference, such as person:12; never a name")
    institution = models.ForeignKey("institutions.Institution", null=True, on_delete=models.PROTECT, related_name="+")
    facts = models.JSONField(default=dict)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["subject", "at"]), models.Index(fields=["actor", "at"])]

    def __str__(self):
        return f"{self.verb} {self.subject}"

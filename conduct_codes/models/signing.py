from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from conduct_codes.models.editions import Edition, EditionText
from conduct_codes.models.kiosks import Kiosk
from conduct_codes.models.repeals import Repeal
from institutions.models import Institution, Person, Post
from institutions.models.merges import COUNTED_PERSON, rows_of


class SignRequestQuerySet(models.QuerySet):
    def of(self, person):
        return self.filter(person=person)

    def visible_to(self, scope):
        return self.filter(Exists(Person.objects.visible_to(scope).filter(pk=OuterRef("person_id"))))

    def countable_by(self, scope):
        """Requests to people who serve on the day in a subtree or area of the viewer's."""
        posts = Post.objects.serving_on(scope.today).countable_by(scope)
        return self.filter(Exists(posts.filter(person=OuterRef("person_id"))))

    def about(self, code):
        """Requests for any edition of the code."""
        return self.filter(edition__code=code)

    def open_on(self, day):
        """Unsigned requests for an edition of the chain in force, while the person is bound by the code.

        They close on the day from which the code is repealed.

        One signature answers every request for its chain that was made by then: nobody signs the same text twice
        because two causes asked for it.
        """
        bound = Post.objects.serving_on(day).filter(
            person=OuterRef("person_id"), sector=OuterRef("edition__code__sector_id")
        )
        newer_chain = Edition.objects.filter(
            code=OuterRef("edition__code_id"),
            number__gt=OuterRef("edition__number"),
            in_force_from__lte=day,
            change_class=Edition.ChangeClass.SUBSTANTIVE,
        )
        chain = Coalesce("edition__continues", "edition")
        repealed = Repeal.objects.effective_on(day).filter(
            edition__code=OuterRef("edition__code_id"), edition__number__gte=OuterRef("edition__number")
        )
        answered = SignOff.objects.annotate(of_chain=chain).filter(
            person=OuterRef("person_id"), of_chain=OuterRef("of_chain"), signed_on__gte=OuterRef("asked_on")
        )
        return (
            self.annotate(of_chain=chain)
            .filter(Exists(bound), sign_off__isnull=True, asked_on__lte=day)
            .exclude(Exists(newer_chain))
            .exclude(Exists(repealed))
            .exclude(Exists(answered))
        )


class SignRequest(models.Model):
    """A person is asked to sign an edition, for one cause, by a day."""

    class Cause(models.TextChoices):
        NEW_EDITION = "new-edition", _("New edition")
        RENEWAL = "renewal", _("Renewal")
        READ_AGAIN = "read-again", _("Asked to read again")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="sign_requests")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="sign_requests")
    cause = models.CharField(max_length=12, choices=Cause)
    cycle = models.PositiveSmallIntegerField(default=1)
    asked_on = models.DateField()
    due_on = models.DateField()
    reason = models.TextField(blank=True, help_text="Why somebody asks to read again; nothing for other causes")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = SignRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "edition", "cause", "cycle"], name="sign_request_asked_once"),
            models.CheckConstraint(condition=Q(due_on__gte=F("asked_on")), name="sign_request_due_after_asked"),
            models.CheckConstraint(
                condition=(Q(cause="read-again", asked_by__isnull=False) & ~Q(reason=""))
                | (~Q(cause="read-again") & Q(asked_by__isnull=True, reason="")),
                name="sign_request_read_again_with_reason",
            ),
        ]
        indexes = [models.Index(fields=["edition", "person"])]

    def __str__(self):
        return f"sign request {self.pk}"


class SignOffQuerySet(models.QuerySet):
    def of(self, person):
        """Those of the person, also what was signed under a row that was merged into theirs."""
        return self.filter(rows_of(person))

    def visible_to(self, scope):
        """One's own sign-offs, and those of people whom the viewer sees by name."""
        own = rows_of(scope.person) if scope.person else Q(pk__in=[])
        seen = Person.objects.visible_to(scope).filter(pk=OuterRef("counted_person"))
        return self.alias(counted_person=COUNTED_PERSON).filter(own | Exists(seen))

    def by_receipt(self, number):
        """The sign-off of a receipt number, for whoever holds it: a public check shows none of its person."""
        return self.filter(receipt=number)

    def under_chain_of(self, edition):
        """Sign-offs of the edition or of another edition of its chain."""
        chain = edition.chain_id
        return self.filter(Q(edition=chain) | Q(edition__continues=chain))


class SignOff(models.Model):
    """One person signed one edition: which text was shown, when, in which post. Never changed."""

    class Method(models.TextChoices):
        ONLINE = "online", _("Online, with password")
        CONFIRMED = "confirmed", _("Online, identity confirmed again")
        KIOSK = "kiosk", _("On a shared device, with personal code")
        PAPER = "paper", _("On paper, confirmed by a second person")

    request = models.OneToOneField(SignRequest, on_delete=models.PROTECT, related_name="sign_off")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="sign_offs")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="sign_offs")
    edition_text = models.ForeignKey(EditionText, on_delete=models.PROTECT, related_name="sign_offs")
    method = models.CharField(max_length=10, choices=Method)
    statements = models.JSONField(help_text="Slugs of the statements that were ticked")
    post = models.ForeignKey(Post, null=True, on_delete=models.PROTECT, related_name="+")
    institution = models.ForeignKey(Institution, null=True, on_delete=models.PROTECT, related_name="+")
    signed_on = models.DateField()
    signed_at = models.DateTimeField()
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    receipt = models.CharField(max_length=24, unique=True)
    kiosk = models.ForeignKey(Kiosk, null=True, on_delete=models.PROTECT, related_name="sign_offs")

    objects = SignOffQuerySet.as_manager()

    class Meta:
        ordering = ["-signed_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(method="kiosk", kiosk__isnull=False) | (~Q(method="kiosk") & Q(kiosk__isnull=True)),
                name="sign_off_at_a_kiosk_names_it",
            )
        ]
        indexes = [models.Index(fields=["person", "edition", "signed_on"])]

    def __str__(self):
        return f"sign-off {self.receipt}"

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.lookups import Exact
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from certification.models.periods import Evidence, Period
from certification.models.requirements import Requirement
from conduct_codes.models import Edition
from courses.models import Enrolment
from institutions.models import Person, Post
from institutions.models.merges import COUNTED_PERSON, by_the_human, rows_of


class CertificateQuerySet(models.QuerySet):
    def of(self, person):
        """Those of the person, also what was issued under a row that was merged into theirs."""
        return self.filter(rows_of(person))

    def visible_to(self, scope):
        """The viewer's own, and those issued by the last day that their holder served where the viewer sees names."""
        own = rows_of(scope.person) if scope.person else Q(pk__in=[])
        posts = Post.objects.visible_to(scope).filter(person=OuterRef("counted_person"), starts_on__lte=scope.today)
        served = posts.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=OuterRef("issued_on")))
        return self.alias(counted_person=COUNTED_PERSON).filter(own | Exists(served))

    def held_through(self, posts, conditions):
        """Those about which one of the posts is; conditions say of each requirement which posts it describes."""
        about = Q(pk__in=[])
        for requirement_id, condition in conditions.items():
            about |= Q(Exact(OuterRef("requirement_id"), requirement_id)) & condition
        held = posts.filter(about, person=OuterRef("counted_person"))
        return self.alias(counted_person=COUNTED_PERSON).filter(Exists(held))

    def not_revoked(self):
        revoked = CertificateEvent.objects.filter(certificate=OuterRef("pk"), kind=CertificateEvent.Kind.REVOKED)
        return self.exclude(Exists(revoked))

    def resting_on(self, enrolments):
        """Certificates that were not revoked or replaced and whose period has one of the enrolments as evidence."""
        held = Evidence.objects.filter(period=OuterRef("period"), enrolment__in=enrolments)
        return self.not_revoked().filter(Exists(held), replaced_by__isnull=True)

    def proposed_for_revocation_on(self, day):
        """Certificates in force or in grace on the day that rest on a pass which a regrade took away."""
        withdrawn = Enrolment.objects.with_pass_withdrawn().values("pk")
        return self.resting_on(withdrawn).filter(grace_until__gte=day)

    def by_verification_code(self, code):
        """The one read of a certificate that asks for no right: whoever holds the code may check it."""
        return self.filter(verification_code=code)

    def latest_on(self, day):
        """For each person and requirement the newest certificate issued by the day."""
        later = Certificate.objects.filter(
            Q(issued_on__gt=OuterRef("issued_on")) | Q(issued_on=OuterRef("issued_on"), pk__gt=OuterRef("pk")),
            person=OuterRef("person"),
            requirement=OuterRef("requirement"),
            issued_on__lte=day,
        )
        return self.filter(issued_on__lte=day).exclude(Exists(later))

    def run_out_between(self, first, last):
        """Certificates whose last valid day lies there, that were not revoked and had not been renewed by then."""
        renewed = Certificate.objects.filter(
            Q(issued_on__gt=OuterRef("issued_on")) | Q(issued_on=OuterRef("issued_on"), pk__gt=OuterRef("pk")),
            requirement=OuterRef("requirement"),
            issued_on__lte=OuterRef("valid_until"),
        )
        found = self.not_revoked().filter(valid_until__range=(first, last), replaced_by__isnull=True)
        return found.alias(counted_person=COUNTED_PERSON).exclude(by_the_human(renewed, "counted_person"))


class Certificate(models.Model):
    """What was issued, frozen as it was that day; a correction is a new certificate that replaces it."""

    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="certificates")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="certificates")
    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="certificates")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="certificates")
    serial = models.CharField(max_length=24, unique=True)
    verification_code = models.CharField(max_length=24, unique=True)
    replaces = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by")
    holder = models.CharField(max_length=200)
    holder_latin = models.CharField(max_length=200)
    position = models.CharField(max_length=200)
    position_latin = models.CharField(max_length=200)
    institution = models.CharField(max_length=200)
    institution_latin = models.CharField(max_length=200)
    code_name = models.CharField(max_length=200)
    code_name_latin = models.CharField(max_length=200)
    issuer = models.CharField(max_length=200)
    issuer_latin = models.CharField(max_length=200)
    issued_on = models.DateField()
    valid_until = models.DateField()
    window_from = models.DateField(help_text="First day on which it can be renewed")
    grace_until = models.DateField(help_text="Last day of grace after it expired")
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = CertificateQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["period"], condition=Q(replaces__isnull=True), name="certificate_once_a_period"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("issued_on"), grace_until__gte=F("valid_until"))
                & Q(window_from__lte=F("valid_until")),
                name="certificate_dates_in_order",
            ),
        ]
        indexes = [models.Index(fields=["person", "requirement", "issued_on"])]

    def __str__(self):
        return self.serial

    def get_absolute_url(self):
        return f"/certificates/{self.serial}/"

    @property
    def holder_label(self):
        return self.holder if get_language() == "km" else self.holder_latin

    @property
    def code_label(self):
        return self.code_name if get_language() == "km" else self.code_name_latin

    @property
    def institution_label(self):
        return self.institution if get_language() == "km" else self.institution_latin

    @property
    def position_label(self):
        return self.position if get_language() == "km" else self.position_latin

    @property
    def issuer_label(self):
        return self.issuer if get_language() == "km" else self.issuer_latin


class CertificateEvent(models.Model):
    """Something that happened to a certificate after its issue; the latest one counts."""

    class Kind(models.TextChoices):
        SUSPENDED = "suspended", _("Suspended")
        REINSTATED = "reinstated", _("Reinstated")
        REVOKED = "revoked", _("Revoked")

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=12, choices=Kind)
    on_day = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300, help_text="Never shown in public")

    class Meta:
        ordering = ["certificate", "at", "pk"]
        indexes = [models.Index(fields=["certificate", "on_day"])]

    def __str__(self):
        return f"{self.certificate_id} {self.kind}"

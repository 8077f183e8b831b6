from django.conf import settings
from django.db import models
from django.db.models import Q

from conduct_codes.models.editions import EditionText
from conduct_codes.models.signing import SignOff, SignRequest
from institutions.models import Institution, Person
from jobs.storage import private_storage


class PaperSheetQuerySet(models.QuerySet):
    def visible_to(self, scope):
        """Sheets of institutions whose people the viewer sees by name: a scan shows everybody on it."""
        return self.filter(scope.names_condition("unit__path"))


class PaperSheet(models.Model):
    """A sheet that people of one institution signed by hand, as it was scanned. Never changed."""

    unit = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="paper_sheets")
    edition_text = models.ForeignKey(EditionText, on_delete=models.PROTECT, related_name="paper_sheets")
    signed_on = models.DateField()
    witness = models.CharField(max_length=160)
    witness_function = models.CharField(max_length=160)
    scan = models.FileField(storage=private_storage, upload_to="paper-signatures/%Y/")
    scan_sha256 = models.CharField(max_length=64)
    claimed_on = models.DateField()
    claimed_at = models.DateTimeField()
    claimed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = PaperSheetQuerySet.as_manager()

    class Meta:
        ordering = ["-claimed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(claimed_on__gte=models.F("signed_on")), name="paper_sheet_signed_before_claimed"
            ),
            models.CheckConstraint(
                condition=~Q(witness="") & ~Q(witness_function=""), name="paper_sheet_has_a_witness"
            ),
        ]

    def __str__(self):
        return f"paper sheet {self.pk}"

    @property
    def kind(self):
        """ "pdf", "jpg" or "png": by what the bytes were when they were kept."""
        return self.scan.name.rsplit(".", 1)[-1]


class PaperClaimQuerySet(models.QuerySet):
    def of(self, person):
        return self.filter(person=person)

    def visible_to(self, scope):
        """Claims of sheets that the viewer may see."""
        return self.filter(scope.names_condition("sheet__unit__path"))

    def waiting(self):
        return self.filter(waiting=True)

    def confirmable_by(self, scope):
        """Those that wait for somebody like the viewer: not who recorded the sheet, not the person on it."""
        claims = self.visible_to(scope).waiting().exclude(sheet__claimed_by=scope.user)
        return claims.exclude(person=scope.person) if scope.person else claims

    def waiting_on(self, day):
        """Recorded by the day and not decided by it."""
        decided = Q(decision__decided_on__lte=day)
        return self.filter(sheet__claimed_on__lte=day).exclude(decided)


class PaperClaim(models.Model):
    """One person on a sheet. It is no signature until a second person confirms it."""

    sheet = models.ForeignKey(PaperSheet, on_delete=models.PROTECT, related_name="claims")
    request = models.ForeignKey(SignRequest, on_delete=models.PROTECT, related_name="paper_claims")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="paper_claims")
    waiting = models.BooleanField(default=True, help_text="Until the decision; the only field that changes")

    objects = PaperClaimQuerySet.as_manager()

    class Meta:
        ordering = ["person__name_key", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["request"], condition=Q(waiting=True), name="paper_claim_one_waiting_per_request"
            ),
            models.UniqueConstraint(fields=["sheet", "person"], name="paper_claim_person_once_on_a_sheet"),
        ]

    def __str__(self):
        return f"paper claim {self.pk}"


class PaperDecision(models.Model):
    """Whether the signature on the paper counts, by somebody else than who recorded it. Never changed."""

    claim = models.OneToOneField(PaperClaim, on_delete=models.PROTECT, related_name="decision")
    sign_off = models.OneToOneField(SignOff, null=True, on_delete=models.PROTECT, related_name="paper_decision")
    reason = models.CharField(max_length=300, blank=True)
    decided_on = models.DateField()
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(sign_off__isnull=False) | ~Q(reason=""), name="paper_decision_signature_or_reason"
            )
        ]

    def __str__(self):
        return f"decision on paper claim {self.claim_id}"

    @property
    def confirmed(self):
        return self.sign_off_id is not None

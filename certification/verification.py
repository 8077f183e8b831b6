"""What the register answers to whoever checks a certificate: one of five truthful words, never a reason."""

from dataclasses import dataclass, replace
from datetime import date

from django.db import models
from django.db.models import Case, OuterRef, Subquery, Value, When
from django.utils.translation import gettext_lazy as _

from certification.models import CertificateEvent
from conduct_codes.models import Repeal


class Verdict(models.TextChoices):
    VALID = "valid", _("This certificate is valid")
    EXPIRED = "expired", _("This certificate has expired")
    SUSPENDED = "suspended", _("This certificate is suspended")
    REVOKED = "revoked", _("This certificate has been revoked")
    REPLACED = "replaced", _("This certificate has been replaced by a newer one")


SHORT = {
    Verdict.VALID: _("Valid"),
    Verdict.EXPIRED: _("Expired"),
    Verdict.SUSPENDED: _("Suspended"),
    Verdict.REVOKED: _("Revoked"),
    Verdict.REPLACED: _("Replaced"),
}

SHOWS_HOLDER = (Verdict.VALID, Verdict.EXPIRED)


@dataclass(frozen=True)
class Answer:
    """The verdict on a certificate, the day since which it holds (None while valid), and when its code was repealed."""

    verdict: Verdict
    since: date | None = None
    repealed_on: date | None = None

    @property
    def short(self):
        """The verdict in one word."""
        return SHORT[self.verdict]

    @property
    def is_valid(self):
        return self.verdict == Verdict.VALID

    @property
    def shows_holder(self):
        return self.verdict in SHOWS_HOLDER


def repealed_on(certificate, day):
    """The day on which the edition that the certificate names was repealed; None if it was not by the day."""
    repeals = Repeal.objects.ending(certificate.edition).effective_on(day)
    return repeals.values_list("effective_on", flat=True).first()


def answer_with_repeal(certificate, day):
    """The verdict on the day, and that the code was repealed, which changes no verdict: what was issued stands."""
    return replace(answer_for(certificate, day), repealed_on=repealed_on(certificate, day))


def with_verdict(certificates, day):
    """Annotate certificates with verdict: the word that answer_for() gives each of them on the day."""
    events = CertificateEvent.objects.filter(certificate=OuterRef("pk"), on_day__lte=day).order_by("-at", "-pk")
    return certificates.alias(last_event=Subquery(events.values("kind")[:1])).annotate(
        verdict=Case(
            When(last_event=CertificateEvent.Kind.REVOKED, then=Value(Verdict.REVOKED.value)),
            When(replaced_by__isnull=False, then=Value(Verdict.REPLACED.value)),
            When(last_event=CertificateEvent.Kind.SUSPENDED, then=Value(Verdict.SUSPENDED.value)),
            When(valid_until__lt=day, then=Value(Verdict.EXPIRED.value)),
            default=Value(Verdict.VALID.value),
            output_field=models.CharField(),
        )
    )


def answer_for(certificate, day):
    """The verdict on the day. Expects the certificate's events to be loaded."""
    events = sorted(certificate.events.all(), key=lambda event: (event.at, event.pk))
    last = next((event for event in reversed(events) if event.on_day <= day), None)
    if last and last.kind == CertificateEvent.Kind.REVOKED:
        return Answer(Verdict.REVOKED, last.on_day)
    if hasattr(certificate, "replaced_by"):
        return Answer(Verdict.REPLACED, certificate.replaced_by.issued_on)
    if last and last.kind == CertificateEvent.Kind.SUSPENDED:
        return Answer(Verdict.SUSPENDED, last.on_day)
    if day > certificate.valid_until:
        return Answer(Verdict.EXPIRED, certificate.valid_until)
    return Answer(Verdict.VALID)

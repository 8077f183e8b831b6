"""Pure decisions about standing: status words, expiry days, who is asked what next."""

import secrets
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from institutions.days import add_months


class Status(models.TextChoices):
    """The ten words, in the order in which the first that applies wins."""

    EXEMPT = "exempt", _("Exempt")
    REVOKED = "revoked", _("Revoked")
    SUSPENDED = "suspended", _("Suspended")
    RENEWAL_DUE = "renewal-due", _("Renewal due")
    CERTIFIED = "certified", _("Certified")
    IN_GRACE = "in-grace", _("In grace")
    EXPIRED = "expired", _("Expired")
    OVERDUE = "overdue", _("Overdue")
    IN_PROGRESS = "in-progress", _("In progress")
    NOT_STARTED = "not-started", _("Not started")


HOLDS_CERTIFICATE = (Status.CERTIFIED, Status.RENEWAL_DUE)

WORST_FIRST = (
    Status.REVOKED,
    Status.SUSPENDED,
    Status.EXPIRED,
    Status.OVERDUE,
    Status.IN_GRACE,
    Status.NOT_STARTED,
    Status.IN_PROGRESS,
    Status.RENEWAL_DUE,
    Status.CERTIFIED,
    Status.EXEMPT,
)
RANK = {status: rank for rank, status in enumerate(WORST_FIRST)}

NEEDS_DOING = WORST_FIRST[: WORST_FIRST.index(Status.CERTIFIED)]


@dataclass(frozen=True)
class CertificateFacts:
    """The days of the newest certificate and what last happened to it ("" or an event kind)."""

    valid_until: date
    window_from: date
    grace_until: date
    last_event: str = ""


@dataclass(frozen=True)
class PeriodFacts:
    """The days of the current period that a status rests on."""

    due_on: date
    started_on: date | None = None


def status_on(day, *, period, certificate=None, exempt=False):
    """The status word of a person under a requirement on a day: the first that applies.

    certificate is the newest one issued by the day; its last_event counts events up to the day.
    """
    if exempt:
        return Status.EXEMPT
    if certificate:
        return _status_of_certificate(day, certificate)
    if period.due_on < day:
        return Status.OVERDUE
    if period.started_on and period.started_on <= day:
        return Status.IN_PROGRESS
    return Status.NOT_STARTED


def _status_of_certificate(day, certificate):
    if certificate.last_event == "revoked":
        return Status.REVOKED
    if certificate.last_event == "suspended":
        return Status.SUSPENDED
    if day <= certificate.valid_until:
        return Status.RENEWAL_DUE if day >= certificate.window_from else Status.CERTIFIED
    return Status.IN_GRACE if day <= certificate.grace_until else Status.EXPIRED


def worst(statuses):
    """The status that a person's line shows when several requirements bind."""
    return min(statuses, key=RANK.__getitem__)


def next_due(status, *, due_on, valid_until=None, grace_until=None):
    """The day up to which the person has time, or had it; None where no day is set (exempt, suspended, revoked)."""
    if status in HOLDS_CERTIFICATE or status == Status.EXPIRED:
        return valid_until
    if status == Status.IN_GRACE:
        return grace_until
    if status in (Status.OVERDUE, Status.IN_PROGRESS, Status.NOT_STARTED):
        return due_on
    return None


@dataclass(frozen=True)
class Validity:
    """The days of a certificate, all inclusive."""

    valid_until: date
    window_from: date
    grace_until: date


def validity(issued_on, *, months, window_days, grace_days, previous=None):
    """How long a certificate issued on the day is valid.

    previous is the valid_until of the certificate it renews, if validity runs on from there: a renewal inside the
    window loses nothing. A renewal after expiry runs from its own issue.
    """
    basis = previous if previous and previous >= issued_on else issued_on
    valid_until = add_months(basis, months)
    window_from = max(valid_until - timedelta(days=window_days), issued_on)
    return Validity(valid_until, window_from, valid_until + timedelta(days=grace_days))


CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 17


def check_character(body):
    """The last character of a verification code: a weighted sum that shows a wrong or swapped character."""
    total = sum((2 * position + 1) * CODE_ALPHABET.index(character) for position, character in enumerate(body))
    return CODE_ALPHABET[total % 32]


def new_verification_code():
    """A code of 17 characters: 80 random bits and a check character."""
    body = "".join(secrets.choice(CODE_ALPHABET) for _position in range(CODE_LENGTH - 1))
    return body + check_character(body)


def tidy_verification_code(typed):
    """What a person typed, as a code: capitals, no blanks or dashes, O as 0, I and L as 1; "" if it cannot be one."""
    code = "".join(typed.split()).replace("-", "").upper()
    code = code.replace("O", "0").replace("I", "1").replace("L", "1")
    if len(code) != CODE_LENGTH or any(character not in CODE_ALPHABET for character in code):
        return ""
    return code if check_character(code[:-1]) == code[-1] else ""


def grouped(code):
    """A verification code in groups of four, as it is printed."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))

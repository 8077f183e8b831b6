"""Shared devices: HR opens one at an institution, people sign on it one after the other with a personal code."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conduct_codes import rules
from conduct_codes.actions.signing import NewerEdition, SigningRefused, hold_requests, store_sign_off, text_in_force
from conduct_codes.models import Edition, EditionText, Kiosk, SigningPin, SignOff, SignRequest
from conduct_codes.models.kiosks import MOST_TRIES
from conduct_codes.pin_rules import DIGITS, is_easy, numbers_of_birth
from institutions.actions import tidy_staff_number
from institutions.audit import record, record_many
from institutions.khmer import to_ascii_digits
from institutions.models import Institution, Person, Post, StaffNumber

MOST_HOURS = 12


class KioskClosed(SigningRefused):
    """The shared device was closed, or its time is over."""


class NotKnown(SigningRefused):
    """Staff number and personal code do not belong together. The same for a number that nobody has."""


@transaction.atomic
def open_kiosk(*, unit, code, hours, at, by):
    """Open a shared device at the institution for a code, for so many hours."""
    if not 1 <= hours <= MOST_HOURS:
        raise SigningRefused(_("A shared device is open for one hour to twelve."))
    if not Edition.objects.in_force_on(timezone.localdate(at)).of(code).exists():
        raise SigningRefused(_("This code is not in force today. Nothing is to be signed."))
    kiosk = Kiosk.objects.create(unit=unit, code=code, opened_at=at, opened_by=by, ends_at=at + timedelta(hours=hours))
    _record_kiosk("conduct_codes.open_kiosk", kiosk, at=at, by=by, hours=hours)
    return kiosk


@transaction.atomic
def close_kiosk(*, kiosk, at, by=None):
    """Close a shared device; by is nobody where the button on the device was pressed. Closing twice changes nothing."""
    closed = Kiosk.objects.filter(pk=kiosk.pk, closed_at=None).update(closed_at=at, closed_by=by)
    if closed:
        _record_kiosk("conduct_codes.close_kiosk", kiosk, at=at, by=by)
    return bool(closed)


def _record_kiosk(verb, kiosk, *, at, by, **facts):
    subject = f"kiosk:{kiosk.pk}"
    record(verb=verb, subject=subject, at=at, by=by, institution=kiosk.unit, code=kiosk.code.slug, **facts)


# --- personal codes -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class IssuedPin:
    """A personal code in the one moment in which anybody can read it."""

    person: Person
    digits: str


def issue_pins(*, people, institution, at, by, seen_at=None):
    """Give each person a new personal code and revoke the former one. The digits are returned once and kept nowhere.

    seen_at is when the clerk was shown the people: codes issued since then refuse the whole, so that a second click
    does not silently void slips that have just been printed.
    """
    ids = [person.pk for person in people]
    numbers = {}
    for person_id, number in StaffNumber.objects.filter(person__in=ids).values_list("person_id", "number"):
        numbers.setdefault(person_id, []).append(number)
    issued = [
        IssuedPin(person, new_digits(known=(*numbers_of_birth(person.birth_date), *numbers.get(person.pk, ()))))
        for person in people
    ]
    # Hashing takes its time, so it is done before the transaction.
    hashed = {each.person.pk: make_password(each.digits) for each in issued}
    _store_pins(hashed, institution, at, by, seen_at)
    return issued


@transaction.atomic
def _store_pins(hashed, institution, at, by, seen_at):
    # The people are held, so that of two who issue at once the later one revokes what the earlier one gave.
    held = list(Person.objects.select_for_update().filter(pk__in=hashed).order_by("pk"))
    former = SigningPin.objects.live().filter(person__in=held)
    if seen_at is not None and former.filter(issued_at__gte=seen_at).exists():
        raise SigningRefused(
            _("Codes for some of these people were made a moment ago. Use those slips, or tick again to replace them.")
        )
    former.update(revoked_at=at)
    SigningPin.objects.bulk_create(
        SigningPin(person=person, hashed=hashed[person.pk], issued_at=at, issued_by=by) for person in held
    )
    record_many(
        {
            "verb": "conduct_codes.issue_pin",
            "subject": f"person:{person.pk}",
            "at": at,
            "by": by,
            "institution": institution,
        }
        for person in held
    )


def new_digits(*, known=()):
    """Six digits by chance, none that somebody would guess."""
    while True:
        digits = "".join(secrets.choice("0123456789") for _place in range(DIGITS))
        if not is_easy(digits, known=known):
            return digits


def person_with(*, kiosk, number, digits, at):
    """The person of the staff number and the personal code, else NotKnown.

    A try is taken from the code before the digits are looked at, by one statement that the database runs one after the
    other: tries at the same moment cannot be more than five. Never called inside a transaction that may be undone,
    which would give the try back. An unknown number costs as much time as a wrong code.
    """
    digits = to_ascii_digits(digits).strip()
    pin = _pin_of(kiosk, number)
    may_try = pin is not None and bool(
        SigningPin.objects.live().filter(pk=pin.pk, wrong_tries__lt=MOST_TRIES).update(wrong_tries=F("wrong_tries") + 1)
    )
    if not _is_right(pin, digits) or not may_try:
        if may_try:
            _note_lock(pin, kiosk, at)
        raise NotKnown(
            _(
                "The staff number or the personal code is not right. Check both. After five wrong tries a code is "
                "locked, and your HR unit gives you a new one."
            )
        )
    SigningPin.objects.filter(pk=pin.pk).update(wrong_tries=0)
    return pin.person


def _pin_of(kiosk, number):
    register = kiosk.unit.path[: Institution.steplen]
    holders = StaffNumber.objects.filter(register__path=register, number=tidy_staff_number(number))
    return SigningPin.objects.live().filter(person__in=holders.values("person")).select_related("person").first()


def _is_right(pin, digits):
    """Whether the digits are those of the code; without a code, the same work for nothing."""
    if pin is None:
        make_password(digits)
        return False
    return check_password(digits, pin.hashed)


def _note_lock(pin, kiosk, at):
    if SigningPin.objects.filter(pk=pin.pk, wrong_tries=MOST_TRIES).exists():
        subject = f"person:{pin.person_id}"
        record(verb="conduct_codes.lock_pin", subject=subject, at=at, by=None, institution=kiosk.unit, kiosk=kiosk.pk)


# --- signing --------------------------------------------------------------------------------------------------------


def kiosk_text(kiosk, *, language, day):
    """The frozen text that a shared device shows on the day, or None where nothing is law any more."""
    edition = Edition.objects.in_force_on(day).of(kiosk.code).select_related("code").first()
    if edition is None:
        return None
    text = edition.text_in(language)
    text.edition = edition
    return text


def sign_at_kiosk(*, kiosk, number, digits, text_sha256, statements, at):
    """Take a signature on a shared device, exactly once.

    Raises KioskClosed, NotKnown (which counts as a wrong try), NewerEdition where the text that was read is not law any
    more, and SigningRefused with a sentence for the person otherwise. Signing twice returns the first sign-off.
    """
    kiosk.refresh_from_db()
    if not kiosk.is_open_at(at):
        raise KioskClosed(_("This device is not open for signatures any more."))
    if set(statements) != set(rules.STATEMENTS):
        raise SigningRefused(_("Tick every statement before you sign."))
    day = timezone.localdate(at)
    if not EditionText.objects.filter(
        edition__in=Edition.objects.in_force_on(day).of(kiosk.code), sha256=text_sha256
    ).exists():
        raise NewerEdition(_("A newer text has come into force. Read it, then sign."))
    person = person_with(kiosk=kiosk, number=number, digits=digits, at=at)
    return _sign(kiosk, person, text_sha256, sorted(statements), day, at)


@transaction.atomic
def _sign(kiosk, person, text_sha256, statements, day, at):
    posts = Post.objects.of(person).serving_on(day).in_subtree(kiosk.unit).filter(sector=kiosk.code.sector_id)
    post = posts.select_related("institution").order_by("starts_on", "pk").first()
    if post is None:
        raise SigningRefused(_("You hold no post here today that this code binds. Ask your HR unit."))
    hold_requests(SignRequest.objects.of(person).about(kiosk.code))
    requests = SignRequest.objects.of(person).open_on(day).about(kiosk.code).select_related("edition__code", "person")
    request = requests.order_by("due_on", "pk").first()
    if request is None:
        raise SigningRefused(_("You have signed this code already, or you are not asked to sign it."))
    text = text_in_force(request, text_sha256, day)
    method = SignOff.Method.KIOSK
    return store_sign_off(request, text, statements, post, day, at=at, by=None, method=method, kiosk=kiosk)

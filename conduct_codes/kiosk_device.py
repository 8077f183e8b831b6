"""What a shared device carries: a cookie that says which kiosk it is, and one for the person whose turn it is.

Neither is the session of an account. The second one holds what was typed so far, never the personal code, and goes when
the turn ends; pages are shown by GET alone, so that the browser keeps no form that could be sent once more.
"""

from dataclasses import dataclass

from django.conf import settings
from django.core import signing

from conduct_codes.models import Kiosk

DEVICE, TURN = "conduct_kiosk", "conduct_kiosk_turn"
SALT = "conduct_codes.kiosk_device"
TURN_SECONDS = 30 * 60
KEPT_AFTER_END = 24 * 60 * 60
"""For so long a device whose time is over still says so, instead of knowing nothing."""


@dataclass(frozen=True)
class Turn:
    """The person at the device: the staff number as typed, what was ticked, and what went wrong."""

    number: str
    ticked: tuple = ()
    problem: str = ""


def put_kiosk(response, kiosk):
    """Make the browser that gets the response the device of the kiosk."""
    seconds = int((kiosk.ends_at - kiosk.opened_at).total_seconds()) + KEPT_AFTER_END
    _put(response, DEVICE, {"kiosk": kiosk.pk}, seconds)
    clear_turn(response)


def put_turn(response, kiosk, turn):
    """Keep what the person at the device has done so far."""
    facts = {"kiosk": kiosk.pk, "number": turn.number, "ticked": list(turn.ticked), "problem": turn.problem}
    _put(response, TURN, facts, TURN_SECONDS)


def clear_turn(response):
    """Leave nothing of the person who was at the device."""
    response.delete_cookie(TURN, samesite="Strict")


def clear_kiosk(response):
    """Make the device an ordinary browser again."""
    response.delete_cookie(DEVICE, samesite="Strict")
    clear_turn(response)


def kiosk_of(request):
    """The kiosk of this device, open or over; None on any other device."""
    facts = _read(request, DEVICE, None)
    return facts and Kiosk.objects.select_related("unit", "code").filter(pk=facts["kiosk"]).first()


def turn_of(request, kiosk):
    """What the person at the device has done so far, or None where nobody has begun."""
    facts = _read(request, TURN, TURN_SECONDS)
    if not facts or facts["kiosk"] != kiosk.pk:
        return None
    return Turn(facts["number"], tuple(facts["ticked"]), facts["problem"])


def _put(response, name, facts, seconds):
    response.set_cookie(
        name,
        signing.dumps(facts, salt=f"{SALT}.{name}", compress=True),
        max_age=seconds,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def _read(request, name, seconds):
    try:
        return signing.loads(request.COOKIES.get(name, ""), salt=f"{SALT}.{name}", max_age=seconds)
    except signing.BadSignature:
        return None

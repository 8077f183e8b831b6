"""Signatures that are taken for people without an account: on paper and on a shared device."""

from django.utils import timezone

from conduct_codes import actions
from conduct_codes.models import SignRequest
from tests.factories.codes import SCAN
from tests.factories.people import TODAY, make_role, moment


def make_sheet(*people, unit=None, by=None, day=TODAY, at=None, language="km", **facts):
    """A recorded sheet with these people, each with what is asked of them first; nobody is confirmed yet."""
    at = at or moment()
    requests = [
        SignRequest.objects.of(person).open_on(day).select_related("edition__code", "person__user").earliest("due_on")
        for person in people
    ]
    unit = unit or people[0].posts.order_by("pk").last().institution
    text = actions.text_to_sign(requests[0], language=language, day=day)
    facts = {"witness": "កែវ សុភា", "witness_function": "នាយកសាលា", "scan": SCAN, **facts}
    by = by or make_role("hr", unit).user
    return actions.record_sheet(unit=unit, text=text, requests=requests, signed_on=day, at=at, by=by, **facts)


def make_kiosk(unit, code, *, hours=4, at=None, by=None):
    """An open shared device at the institution."""
    return actions.open_kiosk(unit=unit, code=code, hours=hours, at=at or moment(), by=by or make_role("hr", unit).user)


def issue_pin(person, *, at=None, by=None):
    """The digits of a new personal code of the person."""
    unit = person.posts.order_by("pk").last().institution
    by = by or make_role("hr", unit).user
    (issued,) = actions.issue_pins(people=[person], institution=unit, at=at or timezone.now(), by=by)
    return issued.digits

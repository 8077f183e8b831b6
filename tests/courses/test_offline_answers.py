"""What a phone sends is read with care, and judged by the server's clock alone; no database is asked."""

import json
import uuid

import pytest
from django.core import signing

from courses.offline import SALT
from courses.offline_answers import NotReadable, read_parcel
from courses.offline_rules import Verdict, verdict_on
from tests import factories

FACTS = {"attempt": 7, "copy": uuid.uuid4().hex, "at": "2026-01-05T07:00:00+00:00"}
GIVEN = {"id": uuid.uuid4().hex, "position": 1, "fields": {"answer": ["1"]}, "given_at": "2026-01-05T07:00:00.000Z"}


def parcel(*answers, salt=SALT, facts=FACTS):
    return json.dumps({"token": signing.dumps(facts, salt=salt), "answers": answers})


def test_a_parcel_names_its_copy_and_its_answers_in_order():
    copy, (first, second) = read_parcel(parcel(GIVEN, {**GIVEN, "position": 2}))
    assert (copy.attempt_id, copy.copy_id.hex) == (7, FACTS["copy"])
    assert (first.position, second.position, first.fields) == (1, 2, {"answer": ["1"]})
    assert first.given_at.isoformat() == "2026-01-05T07:00:00+00:00"


def test_a_phone_whose_clock_stands_still_is_heard():
    _copy, (given,) = read_parcel(parcel({**GIVEN, "given_at": "1970-01-01T00:00:03.000Z"}))
    assert given.given_at.year == 1970


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "x"},
        {"id": 5},
        {"position": True},
        {"position": 0},
        {"position": 10**30},
        {"position": "1"},
        {"fields": []},
        {"fields": None},
        {"fields": {"answer": "1"}},
        {"fields": {"answer": [1]}},
        {"fields": {"answer": ["\ud800"]}},
        {"fields": {"answer": ["1" * 5000]}},
        {"fields": {"answer": ["1"] * 41}},
        {"fields": {"csrfmiddlewaretoken": ["1"]}},
        {"given_at": None},
        {"given_at": "yesterday"},
        {"given_at": "2026-01-05T07:00:00"},
        {"given_at": "0001-01-01T00:00:00+14:00"},
    ],
)
def test_one_answer_that_cannot_be_read_refuses_the_whole_parcel(wrong):
    with pytest.raises(NotReadable, match=r"^.{10,}$"):
        read_parcel(parcel(GIVEN, {**GIVEN, **wrong}))


@pytest.mark.parametrize("body", ["", "[]", "{}", "null", "[" * 100_000, '{"token": 1}', b"\xff", parcel()])
def test_a_body_that_is_no_parcel_is_refused(body):
    with pytest.raises(NotReadable):
        read_parcel(body)


def test_a_parcel_has_an_end():
    with pytest.raises(NotReadable):
        read_parcel(parcel(*[GIVEN] * 201))


def test_the_moment_of_a_copy_cannot_be_made_up():
    with pytest.raises(NotReadable):
        read_parcel(parcel(GIVEN, salt="another"))
    with pytest.raises(NotReadable):
        read_parcel(parcel(GIVEN).replace('"token": "', '"token": "x'))


@pytest.mark.parametrize(
    ("is_closed", "is_possible", "elsewhere", "verdict"),
    [
        (True, True, None, Verdict.CLOSED),
        (True, False, 13, Verdict.CLOSED),
        (False, False, 13, Verdict.IMPOSSIBLE),
        (False, True, 13, Verdict.OLDER),
        (False, True, 12, Verdict.TAKEN),
        (False, True, 11, Verdict.TAKEN),
        (False, True, None, Verdict.TAKEN),
    ],
)
def test_verdict_on_a_copy_saved_at_twelve(is_closed, is_possible, elsewhere, verdict):
    given = verdict_on(
        is_closed=is_closed,
        is_possible=is_possible,
        answered_elsewhere_at=factories.moment(hour=elsewhere) if elsewhere else None,
        saved_at=factories.moment(hour=12),
    )
    assert given == verdict

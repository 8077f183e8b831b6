"""What comes back from a phone that was without a link: read with care, for anybody can send anything."""

import json
import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

from django.core import signing
from django.http import QueryDict
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from courses.answer_forms import answer_form
from courses.answers import walk
from courses.offline import SALT, offered_in
from courses.question_types import Type, steps

MOST_ANSWERS = 200
MOST_FIELDS = 40
MOST_CHARACTERS = 1000
FIELD = re.compile(r"[a-z]{1,10}[_-]?[0-9]{0,3}")
UNREADABLE = (
    signing.BadSignature,
    *(AttributeError, KeyError, OverflowError, RecursionError, TypeError, ValueError),
)


class NotReadable(ValueError):
    """What a phone sent is not what the offline page sends; str() says so to its learner."""

    def __str__(self):
        return _("These answers could not be read. Open the course with internet and save it again.")


@dataclass(frozen=True)
class Copy:
    """Which attempt was saved, when by the server's clock, and the id of that copy."""

    attempt_id: int
    copy_id: uuid.UUID
    saved_at: datetime


@dataclass(frozen=True)
class Given:
    """One answer as the phone sends it: the fields of the question's form."""

    client_id: uuid.UUID
    position: int
    fields: dict
    given_at: datetime


def read_parcel(body):
    """The copy and the answers, in order, of the JSON that a phone sent; NotReadable unless all of it can be read."""
    try:
        parcel = json.loads(body)
        facts = signing.loads(parcel["token"], salt=SALT)
        copy = Copy(facts["attempt"], uuid.UUID(facts["copy"]), datetime.fromisoformat(facts["at"]))
        answers = parcel["answers"]
        if not isinstance(answers, list) or not 1 <= len(answers) <= MOST_ANSWERS:
            raise ValueError
        return copy, [_given(each) for each in answers]
    except UNREADABLE as fault:
        raise NotReadable from fault


def _given(sent):
    position, fields = sent["position"], sent["fields"]
    if type(position) is not int or not 1 <= position <= 999 or len(fields) > MOST_FIELDS:
        raise ValueError
    for name, values in fields.items():
        if not FIELD.fullmatch(name) or not isinstance(values, list) or len(values) > MOST_FIELDS:
            raise ValueError
        for value in values:
            value.encode()  # half of a surrogate pair is no text
            if len(value) > MOST_CHARACTERS:
                raise ValueError
    given_at = parse_datetime(sent["given_at"])
    if given_at.tzinfo is None:
        raise ValueError
    return Given(uuid.UUID(sent["id"]), position, fields, given_at.astimezone(UTC))


def read_answer(question, fields):
    """The answer, as courses.answers has it, that the fields give to a drawn question; None if they give none."""
    if question.version.type == Type.SCENARIO:
        return _path(question, fields)
    data = QueryDict(mutable=True)
    for name, values in fields.items():
        data.setlist(name, values)
    form = answer_form(data, question=question, partial=True)
    return form.answer() if form.is_valid() else None


def _path(question, fields):
    """The path through a scenario: the field of a step holds the place of the answer chosen in it."""
    places = {step["id"]: f"step-{number}" for number, step in enumerate(steps(question.version))}
    path = []
    while (step := walk(question.version, path)[1]) and fields.get(places[step["id"]]):
        place, offered = fields[places[step["id"]]][0], offered_in(question, step)
        if place not in map(str, range(1, len(offered) + 1)):
            return None
        path.append(offered[int(place) - 1])
    return path or ""

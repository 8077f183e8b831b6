"""What a SCORM 1.2 package may say about a learner; everything else is refused. Pure: values in, values out."""

import re
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

STATUS = ("passed", "completed", "failed", "incomplete", "browsed", "not attempted")
EXIT = ("", "time-out", "suspend", "logout")
DONE = ("completed", "passed")
MAX_ELEMENTS = 500
MAX_SUSPENDED = 64_000  # the standard says 4,096; the authoring tools of the day write more
MAX_BODY = 256 * 1024
MAX_OBJECTIVES = 100

_TIME = re.compile(r"(\d{2,4}):([0-5]\d):([0-5]\d)(?:\.\d{1,2})?", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,3}(\.\d{1,7})?", re.ASCII)
_OBJECTIVE = re.compile(r"cmi\.objectives\.(\d{1,3})\.(id|status|score\.(?:raw|min|max))", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


class ResultRefused(Exception):
    """What was sent is not a result of SCORM 1.2; str() names the element."""


@dataclass(frozen=True)
class Result:
    """A report that was read: the elements to keep, and what follows from them."""

    cmi: dict
    status: str
    score: Decimal | None
    seconds: int

    @property
    def is_done(self):
        return self.status in DONE


def _text(limit):
    return lambda value: len(value) <= limit and not _CONTROL.search(value)


def _one_of(*values):
    return lambda value: value in values


def _score(value):
    return value == "" or bool(_NUMBER.fullmatch(value) and 0 <= Decimal(value) <= 100)


def _whole(lowest, highest):
    return lambda value: bool(re.fullmatch(r"-?\d{1,3}", value, re.ASCII)) and lowest <= int(value) <= highest


def _time(value):
    return bool(_TIME.fullmatch(value))


ELEMENTS = {
    "cmi.core.lesson_location": _text(255),
    "cmi.core.lesson_status": _one_of(*STATUS),
    "cmi.core.exit": _one_of(*EXIT),
    "cmi.core.score.raw": _score,
    "cmi.core.score.min": _score,
    "cmi.core.score.max": _score,
    "cmi.core.session_time": _time,
    "cmi.suspend_data": _text(MAX_SUSPENDED),
    "cmi.student_preference.audio": _whole(-1, 100),
    "cmi.student_preference.language": _text(255),
    "cmi.student_preference.speed": _whole(-100, 100),
    "cmi.student_preference.text": _whole(-1, 1),
}
_OF_OBJECTIVE = {"id": _text(255), "status": _one_of("", *STATUS)}


def _rule(name):
    """The test of an element's value, or None where there is no such element."""
    found = _OBJECTIVE.fullmatch(name)
    if found and int(found[1]) < MAX_OBJECTIVES:
        return _OF_OBJECTIVE.get(found[2], _score)
    return ELEMENTS.get(name)


def read_result(cmi):
    """The Result of a flat dict of elements, all text; ResultRefused names the first that is not allowed."""
    if not isinstance(cmi, dict) or len(cmi) > MAX_ELEMENTS:
        raise ResultRefused(_("A result is a list of at most %(count)s elements.") % {"count": MAX_ELEMENTS})
    for name, value in cmi.items():
        rule = _rule(name)
        if rule is None or not isinstance(value, str) or not rule(value):
            raise ResultRefused(_("The element %(name)s cannot be kept.") % {"name": str(name)[:80]})
    raw = cmi.get("cmi.core.score.raw", "")
    return Result(
        cmi={name: value for name, value in cmi.items() if name != "cmi.core.session_time"},
        status=cmi.get("cmi.core.lesson_status", "incomplete"),
        score=Decimal(raw).quantize(Decimal("0.01")) if raw else None,
        seconds=seconds_of(cmi.get("cmi.core.session_time", "0000:00:00")),
    )


def seconds_of(time):
    """Whole seconds of HHHH:MM:SS.SS."""
    hours, minutes, seconds = map(int, _TIME.fullmatch(time).groups())
    return hours * 3600 + minutes * 60 + seconds


def time_of(seconds):
    """HHHH:MM:SS of whole seconds, at most 9999 hours."""
    minutes, seconds = divmod(min(seconds, 9999 * 3600), 60)
    return f"{minutes // 60:04}:{minutes % 60:02}:{seconds:02}"

"""What a site still needs before its first officer logs in: checks that every app registers, asked on the first day."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

SHOWN = 5


@dataclass(frozen=True)
class Missing:
    """One thing that is wanting: how to call it, and a page that mends it where there is one."""

    label: str
    url: str = ""


@dataclass(frozen=True)
class Answer:
    """What a check found on the day: how many are wanting (0: nothing), a few of them, and what to do."""

    title: object
    wanting: int
    what_to_do: object
    examples: Sequence[Missing] = ()
    url: str = ""
    command: str = ""

    @property
    def is_done(self):
        return self.wanting == 0

    @property
    def more(self):
        return max(0, self.wanting - len(self.examples))


@dataclass(frozen=True)
class Check:
    """A question about the site; `place` orders the page: 10 institutions … 90 settings."""

    name: str
    place: int
    ask: Callable[[date], Answer]


_checks: dict[str, Check] = {}


def register(*checks):
    """Let the page of the first day ask these too; a name registered again replaces the check."""
    _checks.update({check.name: check for check in checks})


def answers(day):
    """What every check finds on the day, in the order of the page."""
    return [check.ask(day) for check in sorted(_checks.values(), key=lambda check: (check.place, check.name))]


def wanting(rows, *, of=str, url=None, **facts):
    """The answer of a check that lists rows of a queryset: their number and the first few."""
    first = list(rows[:SHOWN])
    count = len(first) if len(first) < SHOWN else rows.count()
    examples = [Missing(str(of(row)), url(row) if url else "") for row in first]
    return Answer(wanting=count, examples=examples, **facts)

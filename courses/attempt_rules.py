"""Pure decisions about tries at a quiz: how many, how soon, how long."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

GRACE = timedelta(seconds=30)
"""What a lost link may cost after the time is over."""

LONGEST_DELAY = timedelta(days=7)


@dataclass(frozen=True)
class Limits:
    """How often, how soon after a failed try, and how many minutes; None is without limit."""

    attempts: int | None = None
    delay: timedelta = timedelta(0)
    grows: bool = False
    minutes: int | None = None


@dataclass(frozen=True)
class NextTry:
    """Whether another try may begin: tries left (None: no limit), and the moment until which to wait, if any."""

    left: int | None
    waits_until: datetime | None = None

    @property
    def is_used_up(self):
        return self.left == 0

    @property
    def may_start(self):
        return not self.is_used_up and self.waits_until is None


def with_overrides(limits, overrides):
    """The limits of one person: more tries and minutes add up, and one override without delay is enough."""
    overrides = list(overrides)
    more_attempts = sum(override.extra_attempts for override in overrides)
    more_minutes = sum(override.extra_minutes for override in overrides)
    return replace(
        limits,
        attempts=None if limits.attempts is None else limits.attempts + more_attempts,
        delay=timedelta(0) if any(override.no_delay for override in overrides) else limits.delay,
        minutes=None if limits.minutes is None else limits.minutes + more_minutes,
    )


def delay_after(limits, tries):
    """How long to wait after so many failed tries; a growing delay doubles, up to LONGEST_DELAY."""
    if tries < 1 or not limits.delay:
        return timedelta(0)
    if not limits.grows:
        return limits.delay
    return min(limits.delay * 2 ** min(tries - 1, 16), max(LONGEST_DELAY, limits.delay))


def next_try(limits, *, tries, ended_at, at):
    """What follows after so many closed tries that did not pass, the last of which ended at ended_at."""
    left = None if limits.attempts is None else max(limits.attempts - tries, 0)
    delay = delay_after(limits, tries)
    if not delay or left == 0:
        return NextTry(left)
    opens_at = ended_at + delay
    return NextTry(left, opens_at if opens_at > at else None)


def due_at(limits, opened_at):
    """When a try that begins at opened_at must end, or None."""
    return None if limits.minutes is None else opened_at + timedelta(minutes=limits.minutes)


def is_over(due, at):
    """True once the time and the grace for a lost link are over; the last second of the grace still counts."""
    return due is not None and at > due + GRACE


def may_leave_gaps(due, at):
    """True if an attempt may be handed in with questions unanswered: there is no time left to answer them."""
    return due is not None and at >= due

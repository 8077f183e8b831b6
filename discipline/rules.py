"""Pure decisions about a case: which step may follow, by which day, and what a decision must say."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from discipline.models import Outcome, StageKind

SCREENING_WORKING_DAYS = 3
DEFENCE_DAYS = 15

PRECAUTION_AFTER = (StageKind.SCREENING, StageKind.INQUIRY)
BEFORE_REFERRAL = (StageKind.SCREENING, StageKind.PRECAUTIONARY)
"""All that may be recorded while a referral to the police or the prosecutor is owed: a child is protected at once."""

CLOCKS = {
    StageKind.RECORDED: _("Screening"),
    StageKind.PRECAUTIONARY: _("Precautionary measure ends"),
    StageKind.CHARGES: _("Defence of the person"),
    StageKind.NOTIFIED: _("Term for appeal"),
}
"""What is awaited by the last day of the term that a step begins."""


class Standing(models.TextChoices):
    """What may be said of the person: alleged until the case is final."""

    ALLEGED = "alleged", _("Alleged: no decision yet")
    DECIDED = "decided", _("Alleged: the decision is not final")
    BREACH = "breach", _("Final: breach found")
    UNFOUNDED = "unfounded", _("Final: not founded")


# --- days -----------------------------------------------------------------------------------------------------------


def is_working_day(day):
    """Monday to Friday. Public holidays are fixed year by year and not known here: they count as working days."""
    return day.weekday() < 5


def add_working_days(day, count):
    """The day on which so many working days have passed after the day."""
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


def working_days_between(start, end):
    """How many working days have passed after the start, up to and including the end."""
    return sum(is_working_day(start + timedelta(days=passed)) for passed in range(1, (end - start).days + 1))


def term_of(kind, on_day, *, appeal_days=0, ends_on=None):
    """The last day of the term that a step begins, or None.

    appeal_days are those of the measure imposed; ends_on is the last day of a precautionary measure.
    """
    if kind == StageKind.RECORDED:
        return add_working_days(on_day, SCREENING_WORKING_DAYS)
    if kind == StageKind.PRECAUTIONARY:
        return ends_on
    if kind == StageKind.CHARGES:
        return on_day + timedelta(days=DEFENCE_DAYS)
    if kind == StageKind.NOTIFIED and appeal_days:
        return on_day + timedelta(days=appeal_days)
    return None


@dataclass(frozen=True)
class Clock:
    """A term that runs, or ran out, on a day: what is awaited, until when, and how many days are left."""

    label: str
    due_on: date
    days_left: int

    @property
    def is_overdue(self):
        return self.days_left < 0

    @property
    def days_late(self):
        return -self.days_left


def clock_on(day, kind, due_on):
    """The clock of a case whose latest step is of the kind and began a term until due_on; None where none runs."""
    return Clock(CLOCKS.get(kind, ""), due_on, (due_on - day).days) if due_on else None


def days_allowed(kind, *, latest_on, today, appeal_until=None):
    """The first and the last day with which a step may be recorded; the first lies after the last where none fits yet.

    Steps follow each other in time. appeal_until is the last day for an appeal that was not made: an appeal comes no
    later, and without one nothing is final before the day after.
    """
    if appeal_until and kind == StageKind.APPEAL:
        return latest_on, min(appeal_until, today)
    if appeal_until and kind == StageKind.FINAL:
        return appeal_until + timedelta(days=1), today
    return latest_on, today


# --- steps ----------------------------------------------------------------------------------------------------------


def next_stages(history, *, council_needed=False, appeal_days=0, measure_imposed=False, referral_owed=False):
    """The kinds of step that may follow the history (kinds in their order), the usual one first.

    council_needed: every measure that the article stipulates for such a breach needs the council's opinion.
    appeal_days and measure_imposed speak of the last decision. referral_owed: sexual abuse of a child is alleged and
    neither the police nor the prosecutor has been told.
    """
    history = list(history)
    course = [kind for kind in history if kind != StageKind.PRECAUTIONARY]
    following = _following(course, council_needed, appeal_days, measure_imposed)
    if course[-1] in PRECAUTION_AFTER and history[-1] != StageKind.PRECAUTIONARY:
        following = (*following, StageKind.PRECAUTIONARY)
    if referral_owed:
        following = tuple(kind for kind in following if kind in BEFORE_REFERRAL)
    return following


def _following(course, council_needed, appeal_days, measure_imposed):
    last = course[-1]
    if last == StageKind.DEFENCE:
        return (StageKind.COUNCIL,) if council_needed else (StageKind.DECISION, StageKind.COUNCIL)
    if last == StageKind.NOTIFIED:
        can_appeal = appeal_days and StageKind.APPEAL not in course
        return (StageKind.FINAL, StageKind.APPEAL) if can_appeal else (StageKind.FINAL,)
    if last == StageKind.FINAL:
        return (StageKind.EXECUTED,) if measure_imposed else ()
    return {
        StageKind.RECORDED: (StageKind.SCREENING,),
        StageKind.SCREENING: (StageKind.INQUIRY, StageKind.DECISION),
        StageKind.INQUIRY: (StageKind.CHARGES, StageKind.DECISION),
        StageKind.CHARGES: (StageKind.DEFENCE,),
        StageKind.COUNCIL: (StageKind.OPINION,),
        StageKind.OPINION: (StageKind.DECISION,),
        StageKind.DECISION: (StageKind.NOTIFIED,),
        StageKind.APPEAL: (StageKind.FINAL, StageKind.DECISION),
        StageKind.EXECUTED: (),
    }[last]


def standing(history, outcome=""):
    """What may be said of the person after these steps and with the outcome of the last decision."""
    if StageKind.FINAL in history:
        return Standing.UNFOUNDED if outcome == Outcome.UNFOUNDED else Standing.BREACH
    return Standing.DECIDED if StageKind.DECISION in history else Standing.ALLEGED


# --- decisions ------------------------------------------------------------------------------------------------------


def stipulated(measures, *, seriousness, repetition):
    """Those of the article's measures that it states for a breach so serious, for the first time or repeated."""
    return [m for m in measures if m.seriousness == seriousness and m.repetition == repetition]


def council_always_needed(measures):
    """True if none of the stipulated measures can be imposed without the council's opinion."""
    return bool(measures) and all(measure.council_needed for measure in measures)


def open_outcomes(history):
    """What may be decided after these steps: before the person was heard, only that the allegation is not founded."""
    return tuple(Outcome) if StageKind.DEFENCE in history else (Outcome.UNFOUNDED,)


def departs(outcome, measure, measures):
    """True if the decision is not what the article stipulates for such a breach, so that it must say why."""
    if outcome == Outcome.MEASURE:
        return measure.measure not in {stated.measure for stated in measures}
    return outcome == Outcome.NO_MEASURE and bool(measures)


def decision_refusal(history, *, outcome, measure, measures, departure_reason):
    """Why this decision cannot be taken now, as a field name and a sentence; None if it can.

    measures are the stipulated ones; history holds the kinds of the steps before the decision.
    """
    if outcome not in open_outcomes(history):
        return "outcome", _("Nobody is found in breach before being heard: record the defence first.")
    if outcome == Outcome.MEASURE and measure is None:
        return "measure", _("Choose the measure that is imposed.")
    if outcome != Outcome.MEASURE and measure is not None:
        return "measure", _("Only a decision that imposes a measure names one.")
    if measure is not None and measure.council_needed and StageKind.OPINION not in history:
        return "measure", _("This measure needs the opinion of the disciplinary council first.")
    if departs(outcome, measure, measures):
        if not departure_reason:
            return "departure_reason", _("This is not what the article stipulates for such a breach. Write down why.")
    elif departure_reason:
        return "departure_reason", _("This is what the article stipulates: leave the reason for departing empty.")
    return None

"""A case with everything that belongs to it, read once: what its pages show and its actions decide upon."""

from dataclasses import dataclass
from functools import cached_property

from discipline import rules
from discipline.models import Case, Outcome, StageKind


@dataclass(frozen=True)
class Option:
    """A step that may follow, and the days with which it may be recorded today."""

    kind: StageKind
    earliest: object
    latest: object

    @property
    def is_open(self):
        return self.earliest <= self.latest


@dataclass(frozen=True)
class CaseFile:
    """The steps, stipulated measures, referrals and last decision of a case, and what follows from them."""

    case: Case
    stages: tuple
    measures: tuple
    referrals: tuple

    @cached_property
    def history(self):
        return [stage.kind for stage in self.stages]

    @property
    def latest(self):
        return self.stages[-1]

    @cached_property
    def stipulated(self):
        case = self.case
        return rules.stipulated(self.measures, seriousness=case.seriousness, repetition=case.repetition)

    @cached_property
    def decision(self):
        """The last decision; one taken after an appeal stands in place of the first."""
        taken = [stage.decision for stage in self.stages if stage.kind == StageKind.DECISION]
        return taken[-1] if taken else None

    @property
    def outcome(self):
        return self.decision.outcome if self.decision else ""

    @property
    def measure(self):
        return self.decision.measure if self.decision else None

    @property
    def measure_imposed(self):
        return self.outcome == Outcome.MEASURE

    @property
    def appeal_days(self):
        return self.measure.appeal_days if self.measure else 0

    @property
    def standing(self):
        return rules.standing(self.history, self.outcome)

    @property
    def referral_owed(self):
        return self.case.sexual_abuse and not self.referrals

    @cached_property
    def next_kinds(self):
        """The kinds of step that may follow now."""
        return self._next(self.referral_owed)

    @property
    def waits_for_referral(self):
        """True if a step could follow but for the referral that is owed."""
        return self._next(False) != self.next_kinds

    def _next(self, referral_owed):
        return rules.next_stages(
            self.history,
            council_needed=rules.council_always_needed(self.stipulated),
            appeal_days=self.appeal_days,
            measure_imposed=self.measure_imposed,
            referral_owed=referral_owed,
        )

    def options(self, today):
        """What may be recorded next, with the days that fit; a step whose day has not come yet is not open."""
        until = self.appeal_until
        return [
            Option(kind, *rules.days_allowed(kind, latest_on=self.latest.on_day, today=today, appeal_until=until))
            for kind in self.next_kinds
        ]

    def option(self, kind, today):
        return next((option for option in self.options(today) if option.kind == kind), None)

    @property
    def appeal_until(self):
        """The last day for an appeal, while the decision is notified and none was made."""
        return self.latest.due_on if self.latest.kind == StageKind.NOTIFIED else None

    def clock(self, today):
        return rules.clock_on(today, self.latest.kind, self.latest.due_on)

    def latest_of(self, kind):
        """The last step of the kind, or None."""
        return next((stage for stage in reversed(self.stages) if stage.kind == kind), None)

    def term_of(self, kind, on_day, ends_on=None):
        """The term that a step of this case begins; after an appeal was decided there is no second one."""
        appealed = StageKind.APPEAL in self.history
        return rules.term_of(kind, on_day, appeal_days=0 if appealed else self.appeal_days, ends_on=ends_on)


def open_file(case):
    """Read what belongs to the case, in three queries."""
    stages = case.stages.select_related("by__person", "decision__measure").order_by("number")
    measures = case.article.measures.order_by("pk")
    referrals = case.referrals.select_related("by__person").order_by("referred_on", "pk")
    return CaseFile(case, tuple(stages), tuple(measures), tuple(referrals))

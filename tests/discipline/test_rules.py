"""The table of steps, the clocks and what a decision must say."""

import datetime
from types import SimpleNamespace

import pytest

from discipline import rules
from discipline.models import Outcome, StageKind

FRIDAY = datetime.date(2026, 11, 20)
SATURDAY = datetime.date(2026, 11, 21)
MONDAY = datetime.date(2026, 11, 23)

TO_INQUIRY = ["recorded", "screening", "inquiry"]
TO_DEFENCE = [*TO_INQUIRY, "charges", "defence"]
TO_DECISION = [*TO_DEFENCE, "decision"]
TO_NOTIFIED = [*TO_DECISION, "notified"]
TO_APPEAL = [*TO_NOTIFIED, "appeal"]

TABLE = [
    (["recorded"], {}, {"screening"}),
    (["recorded", "screening"], {}, {"inquiry", "decision", "precautionary"}),
    (["recorded", "screening", "precautionary"], {}, {"inquiry", "decision"}),
    (TO_INQUIRY, {}, {"charges", "decision", "precautionary"}),
    ([*TO_INQUIRY, "precautionary"], {}, {"charges", "decision"}),
    ([*TO_INQUIRY, "charges"], {}, {"defence"}),
    (TO_DEFENCE, {}, {"decision", "council"}),
    (TO_DEFENCE, {"council_needed": True}, {"council"}),
    ([*TO_DEFENCE, "council"], {"council_needed": True}, {"opinion"}),
    ([*TO_DEFENCE, "council", "opinion"], {"council_needed": True}, {"decision"}),
    (TO_DECISION, {"measure_imposed": True, "appeal_days": 30}, {"notified"}),
    (TO_NOTIFIED, {"measure_imposed": True, "appeal_days": 30}, {"final", "appeal"}),
    (TO_NOTIFIED, {"measure_imposed": True}, {"final"}),
    (TO_NOTIFIED, {}, {"final"}),
    (TO_APPEAL, {"measure_imposed": True, "appeal_days": 30}, {"final", "decision"}),
    ([*TO_APPEAL, "decision"], {"measure_imposed": True, "appeal_days": 30}, {"notified"}),
    ([*TO_APPEAL, "decision", "notified"], {"measure_imposed": True, "appeal_days": 30}, {"final"}),
    ([*TO_NOTIFIED, "final"], {"measure_imposed": True}, {"executed"}),
    ([*TO_NOTIFIED, "final"], {}, set()),
    ([*TO_NOTIFIED, "final", "executed"], {"measure_imposed": True}, set()),
    (["recorded"], {"referral_owed": True}, {"screening"}),
    (["recorded", "screening"], {"referral_owed": True}, {"precautionary"}),
    (["recorded", "screening", "precautionary"], {"referral_owed": True}, set()),
]


@pytest.mark.parametrize(("history", "facts", "expected"), TABLE)
def test_next_stages_follow_the_table(history, facts, expected):
    assert set(rules.next_stages(history, **facts)) == expected


def test_every_kind_of_step_can_be_reached_and_left_except_the_first_and_the_last():
    reached = {kind for _history, _facts, following in TABLE for kind in following}
    assert reached == set(StageKind.values) - {"recorded"}
    assert {history[-1] for history, _facts, _following in TABLE} == set(StageKind.values)


@pytest.mark.parametrize(
    ("start", "due"),
    [
        (MONDAY, datetime.date(2026, 11, 26)),
        (FRIDAY, datetime.date(2026, 11, 25)),
        (SATURDAY, datetime.date(2026, 11, 25)),
    ],
)
def test_screening_is_due_within_three_working_days(start, due):
    assert rules.term_of("recorded", start) == due


def test_working_days_between_leaves_out_the_weekend_and_the_first_day():
    assert rules.working_days_between(FRIDAY, MONDAY) == 1
    assert rules.working_days_between(FRIDAY, FRIDAY) == 0
    assert rules.working_days_between(MONDAY, FRIDAY + datetime.timedelta(days=7)) == 4


@pytest.mark.parametrize("kind", StageKind.values)
def test_term_is_begun_only_by_the_steps_that_have_a_clock(kind):
    term = rules.term_of(kind, MONDAY, appeal_days=30, ends_on=MONDAY)
    assert (term is not None) == (kind in rules.CLOCKS)


def test_term_for_appeal_is_that_of_the_measure():
    assert rules.term_of("notified", MONDAY, appeal_days=30) == MONDAY + datetime.timedelta(days=30)
    assert rules.term_of("notified", MONDAY) is None


def test_clock_is_overdue_from_the_day_after_the_last_one():
    on_time = rules.clock_on(MONDAY, "recorded", MONDAY)
    late = rules.clock_on(MONDAY + datetime.timedelta(days=2), "recorded", MONDAY)
    assert (on_time.is_overdue, on_time.days_left) == (False, 0)
    assert (late.is_overdue, late.days_late) == (True, 2)
    assert rules.clock_on(MONDAY, "inquiry", None) is None


def test_nothing_is_final_before_the_term_for_appeal_has_ended():
    until = MONDAY + datetime.timedelta(days=30)
    first, last = rules.days_allowed("final", latest_on=MONDAY, today=until, appeal_until=until)
    assert first > last
    first, last = rules.days_allowed(
        "final", latest_on=MONDAY, today=until + datetime.timedelta(days=1), appeal_until=until
    )
    assert first == last == until + datetime.timedelta(days=1)


def test_appeal_comes_within_its_term():
    until = MONDAY + datetime.timedelta(days=30)
    later = until + datetime.timedelta(days=9)
    assert rules.days_allowed("appeal", latest_on=MONDAY, today=later, appeal_until=until) == (MONDAY, until)


@pytest.mark.parametrize(
    ("history", "outcome", "expected"),
    [
        (TO_DEFENCE, "", rules.Standing.ALLEGED),
        (TO_NOTIFIED, "measure", rules.Standing.DECIDED),
        ([*TO_NOTIFIED, "final"], "measure", rules.Standing.BREACH),
        ([*TO_NOTIFIED, "final"], "no-measure", rules.Standing.BREACH),
        ([*TO_NOTIFIED, "final"], "unfounded", rules.Standing.UNFOUNDED),
    ],
)
def test_person_is_alleged_in_breach_until_the_decision_is_final(history, outcome, expected):
    assert rules.standing(history, outcome) == expected


def measure(slug, council=False, seriousness="minor", repetition="first"):
    return SimpleNamespace(measure=slug, council_needed=council, seriousness=seriousness, repetition=repetition)


REPRIMAND, DISMISSAL = measure("reprimand"), measure("dismissal", council=True, seriousness="grave")
TO_OPINION = [*TO_DEFENCE, "council", "opinion"]


def refused_field(history, outcome, chosen=None, measures=(REPRIMAND,), reason=""):
    refusal = rules.decision_refusal(
        history, outcome=outcome, measure=chosen, measures=list(measures), departure_reason=reason
    )
    return refusal and refusal[0]


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"history": TO_DEFENCE, "outcome": Outcome.MEASURE, "chosen": REPRIMAND}, None),
        ({"history": TO_DEFENCE, "outcome": Outcome.UNFOUNDED}, None),
        ({"history": TO_INQUIRY, "outcome": Outcome.UNFOUNDED}, None),
        ({"history": TO_INQUIRY, "outcome": Outcome.MEASURE, "chosen": REPRIMAND}, "outcome"),
        ({"history": TO_INQUIRY, "outcome": Outcome.NO_MEASURE, "reason": "why"}, "outcome"),
        ({"history": TO_DEFENCE, "outcome": Outcome.MEASURE}, "measure"),
        ({"history": TO_DEFENCE, "outcome": Outcome.UNFOUNDED, "chosen": REPRIMAND}, "measure"),
        ({"history": TO_DEFENCE, "outcome": Outcome.MEASURE, "chosen": DISMISSAL, "reason": "why"}, "measure"),
        ({"history": TO_OPINION, "outcome": Outcome.MEASURE, "chosen": DISMISSAL, "reason": "why"}, None),
        ({"history": TO_OPINION, "outcome": Outcome.MEASURE, "chosen": DISMISSAL}, "departure_reason"),
        ({"history": TO_DEFENCE, "outcome": Outcome.NO_MEASURE}, "departure_reason"),
        ({"history": TO_DEFENCE, "outcome": Outcome.NO_MEASURE, "reason": "why"}, None),
        ({"history": TO_DEFENCE, "outcome": Outcome.NO_MEASURE, "measures": ()}, None),
        ({"history": TO_DEFENCE, "outcome": Outcome.MEASURE, "chosen": REPRIMAND, "reason": "why"}, "departure_reason"),
        ({"history": TO_DEFENCE, "outcome": Outcome.UNFOUNDED, "reason": "why"}, "departure_reason"),
    ],
)
def test_decision_is_taken_or_refused(facts, field):
    assert refused_field(**facts) == field


def test_stipulated_measures_are_those_for_the_seriousness_and_repetition():
    assert rules.stipulated([REPRIMAND, DISMISSAL], seriousness="grave", repetition="first") == [DISMISSAL]
    assert rules.stipulated([REPRIMAND, DISMISSAL], seriousness="grave", repetition="repeated") == []


def test_council_is_always_needed_where_no_lighter_measure_is_stipulated():
    assert rules.council_always_needed([DISMISSAL])
    assert not rules.council_always_needed([REPRIMAND, DISMISSAL])
    assert not rules.council_always_needed([])

import datetime
import random
from collections import Counter
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses import attempt_rules, rules
from courses.attempt_rules import Limits
from tests import factories

AT = factories.moment()
HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)


def given_to(**facts):
    return SimpleNamespace(**{"extra_attempts": 0, "extra_minutes": 0, "no_delay": False, **facts})


@given(st.integers(1, 5), st.integers(0, 8))
def test_tries_left_go_down_to_nothing_and_never_below(allowed, tries):
    following = attempt_rules.next_try(Limits(attempts=allowed), tries=tries, ended_at=AT, at=AT)
    assert following.left == max(allowed - tries, 0)
    assert following.is_used_up == (tries >= allowed)
    assert following.may_start != following.is_used_up


def test_without_a_limit_no_number_of_tries_is_too_many():
    following = attempt_rules.next_try(Limits(), tries=1000, ended_at=AT, at=AT)
    assert following.may_start
    assert following.left is None


@pytest.mark.parametrize(("after", "waits"), [(DAY - HOUR, True), (DAY, False), (DAY + HOUR, False)])
def test_next_try_opens_when_the_delay_is_over_to_the_second(after, waits):
    following = attempt_rules.next_try(Limits(delay=DAY), tries=1, ended_at=AT, at=AT + after)
    assert following.waits_until == (AT + DAY if waits else None)
    assert following.may_start != waits


def test_first_try_never_waits():
    assert attempt_rules.next_try(Limits(delay=DAY), tries=0, ended_at=None, at=AT).may_start


def test_who_has_no_try_left_is_not_told_to_wait():
    following = attempt_rules.next_try(Limits(attempts=1, delay=DAY), tries=1, ended_at=AT, at=AT)
    assert following.is_used_up
    assert following.waits_until is None


def test_growing_delay_doubles_up_to_seven_days():
    limits = Limits(delay=DAY, grows=True)
    assert [attempt_rules.delay_after(limits, tries).days for tries in range(1, 7)] == [1, 2, 4, 7, 7, 7]
    assert attempt_rules.delay_after(limits, 10_000).days == 7
    assert attempt_rules.delay_after(Limits(delay=DAY), 6) == DAY
    assert not attempt_rules.delay_after(limits, 0)


def test_overrides_add_up_and_one_without_delay_is_enough():
    limits = Limits(attempts=2, delay=DAY, minutes=20)
    given = [given_to(extra_attempts=1), given_to(extra_attempts=2, extra_minutes=10), given_to(no_delay=True)]
    own = attempt_rules.with_overrides(limits, given)
    assert (own.attempts, own.minutes, own.delay) == (5, 30, datetime.timedelta(0))
    assert attempt_rules.with_overrides(limits, []) == limits


def test_overrides_add_no_limit_where_the_quiz_has_none():
    own = attempt_rules.with_overrides(Limits(), [given_to(extra_attempts=3, extra_minutes=5)])
    assert (own.attempts, own.minutes) == (None, None)


@pytest.mark.parametrize(("seconds", "over"), [(-1, False), (0, False), (30, False), (31, True)])
def test_time_is_over_after_the_grace_and_its_last_second_counts(seconds, over):
    assert attempt_rules.is_over(AT, AT + datetime.timedelta(seconds=seconds)) is over


def test_without_a_time_limit_nothing_is_ever_over():
    assert attempt_rules.due_at(Limits(), AT) is None
    assert not attempt_rules.is_over(None, AT)
    assert not attempt_rules.may_leave_gaps(None, AT)
    assert attempt_rules.due_at(Limits(minutes=20), AT) == AT + datetime.timedelta(minutes=20)


# --- the draw -------------------------------------------------------------------------------------------------------

# 99.9 % points of chi-square by degrees of freedom: a fair draw goes beyond one of them once in a thousand seeds, and
# the seed is fixed.
BEYOND = {2: 13.82, 3: 16.27, 5: 20.52, 11: 31.26}
BANK = [(number, f"s{number % 6}") for number in range(12)]
FIRST = frozenset({"s0", "s1", "s2"})


def chi_square(counts, cells):
    expected = sum(counts.values()) / len(cells)
    return sum((counts[cell] - expected) ** 2 / expected for cell in cells)


def ten_thousand(count, first=FIRST, bank=BANK):
    rng = random.Random(2026)
    return [rules.draw(bank, count, rng, first=first) for _round in range(10_000)]


def test_what_is_pressing_is_drawn_first():
    subject_of = dict(BANK)
    for drawn in ten_thousand(3)[:500]:
        assert {subject_of[question] for question in drawn} == FIRST
    for drawn in ten_thousand(5)[:500]:
        assert {subject_of[question] for question in drawn} > FIRST
        assert len({subject_of[question] for question in drawn}) == 5


def test_draw_is_fair_among_the_pressing_subjects():
    draws = ten_thousand(2)
    subject_of = dict(BANK)
    subjects = Counter(subject_of[question] for drawn in draws for question in drawn)
    assert chi_square(subjects, sorted(FIRST)) < BEYOND[2]
    questions = Counter(question for drawn in draws for question in drawn)
    pressing = [question for question, subject in BANK if subject in FIRST]
    assert chi_square(questions, pressing) < BEYOND[5]


def test_draw_is_fair_among_the_other_subjects():
    subject_of = dict(BANK)
    others = Counter(s for drawn in ten_thousand(4) for q in drawn if (s := subject_of[q]) not in FIRST)
    assert chi_square(others, ["s3", "s4", "s5"]) < BEYOND[2]


def test_draw_is_fair_in_every_place_of_the_sheet():
    for place in range(4):
        at_place = Counter(drawn[place] for drawn in ten_thousand(4, first=frozenset()))
        assert chi_square(at_place, range(12)) < BEYOND[11]


def test_draw_over_one_round_gives_every_subject_its_second_question_before_a_third():
    bank = [(number, f"s{number % 3}") for number in range(9)]
    subject_of = dict(bank)
    for drawn in ten_thousand(5, first={"s0"}, bank=bank)[:200]:
        times = Counter(subject_of[question] for question in drawn)
        assert times["s0"] == 2
        assert sorted(times.values()) == [1, 2, 2]

"""The statistics of questions against slow definitions, and what they point at."""

from statistics import correlation, mean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courses.item_rules import ENOUGH, ENOUGH_TO_JUDGE, Figures, Finding, Tally, figures, findings, option_figures

LENGTH = 5
# (what the question earned, what the other four earned)
tries = st.lists(
    st.tuples(st.sampled_from([0.0, 0.5, 1.0]), st.integers(0, 8).map(lambda n: n / 2)), min_size=ENOUGH_TO_JUDGE
)


def tallies(rows, length=LENGTH):
    """The same rows counted as the database counts them: equal answers together."""
    found = []
    for earned in sorted({earned for earned, _rest in rows}):
        points = [earned + rest for own, rest in rows if own == earned]
        found.append(Tally(earned, len(points), sum(points), sum(p * p for p in points), length))
    return found


@settings(max_examples=300)
@given(tries)
def test_counted_tallies_give_the_figures_of_the_single_tries(rows):
    found = figures(tallies(rows))
    earned, rest = [own for own, _rest in rows], [other / (LENGTH - 1) for _own, other in rows]
    assert found.count == len(rows)
    assert found.facility == pytest.approx(mean(earned))
    if len(set(earned)) > 1 and len(set(rest)) > 1:
        assert found.discrimination == pytest.approx(correlation(earned, rest), abs=1e-6)
    else:
        assert found.discrimination is None


def test_fewer_answers_than_enough_have_no_figures():
    few = tallies([(1.0, 4.0)] * (ENOUGH - 1))
    assert figures(few) == Figures(ENOUGH - 1)
    assert not figures(few).is_shown
    assert findings(figures(few)) == []
    assert option_figures([(["a"], few[0])], ["a", "b"], ["a"]) == []


def test_too_few_answers_are_not_correlated():
    rows = [(1.0, 4.0), (0.0, 1.0)] * ENOUGH_TO_JUDGE
    assert figures(tallies(rows[: ENOUGH_TO_JUDGE - 1])).discrimination is None
    assert figures(tallies(rows[:ENOUGH_TO_JUDGE])).discrimination == pytest.approx(1)


def test_a_quiz_of_one_question_tells_nothing_apart():
    found = figures(tallies([(1.0, 0.0), (0.0, 0.0)] * ENOUGH_TO_JUDGE, length=1))
    assert (found.facility, found.discrimination) == (0.5, None)


@pytest.mark.parametrize(
    ("facility", "discrimination", "expected"),
    [
        (0.39, 0.4, [Finding.TOO_HARD]),
        (0.40, 0.4, []),
        (0.39, -0.1, [Finding.TOO_HARD, Finding.MISLEADS]),
        (0.6, -0.01, [Finding.MISLEADS]),
        (0.6, 0.0, [Finding.WEAK]),
        (0.6, 0.15, []),
        (0.95, 0.0, [Finding.TOO_EASY]),
        (0.6, None, []),
    ],
)
def test_what_the_figures_point_at(facility, discrimination, expected):
    assert findings(Figures(50, facility, discrimination)) == expected


def group(count, rest, earned=0.0):
    points = earned + rest * (LENGTH - 1)
    return Tally(earned, count, count * points, count * points**2, LENGTH)


def test_a_wrong_answer_of_those_who_know_more_is_named_and_so_is_one_that_nobody_takes():
    chosen = [(["a"], group(40, 0.4, 1.0)), (["b"], group(20, 0.9)), (["c"], group(20, 0.2))]
    found = {each.option_id: each for each in option_figures(chosen, ["a", "b", "c", "d"], ["a"])}
    assert found["a"].share == 0.5
    assert found["a"].rest == pytest.approx(0.4)
    assert (found["b"].is_stronger, found["b"].is_idle) == (True, False)
    assert (found["c"].is_stronger, found["c"].is_idle) == (False, False)
    assert (found["d"].is_stronger, found["d"].is_idle, found["d"].rest) == (False, True, None)
    assert not found["a"].is_idle
    assert found["a"].is_right


def test_several_chosen_answers_count_for_each_of_them():
    found = option_figures([(["a", "b"], group(10, 0.5)), (["a"], group(10, 0.5))], ["a", "b"], ["a"])
    assert [(each.count, each.share) for each in found] == [(20, 1.0), (10, 0.5)]

import random
from collections import Counter
from fractions import Fraction
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from courses import rules

banks = st.lists(st.integers(0, 6), max_size=40).map(lambda subjects: list(enumerate(subjects)))


@given(banks, st.integers(1, 30), st.randoms(use_true_random=False))
def test_draw_gives_as_many_different_questions_as_were_asked_for_or_all_there_are(bank, count, rng):
    drawn = rules.draw(bank, count, rng)
    assert len(drawn) == len(set(drawn)) == min(count, len(bank))
    assert set(drawn) <= {question for question, _subject in bank}


@given(banks, st.integers(1, 30), st.randoms(use_true_random=False))
def test_draw_covers_every_subject_before_one_comes_up_again(bank, count, rng):
    subject_of = dict(bank)
    drawn = Counter(subject_of[question] for question in rules.draw(bank, count, rng))
    available = Counter(subject_of.values())
    most = max(drawn.values(), default=0)
    for subject, there_are in available.items():
        assert drawn[subject] >= min(there_are, most - 1)


@given(banks, st.integers(1, 30), st.integers())
def test_draw_with_the_same_seed_is_the_same_draw_and_leaves_the_bank_alone(bank, count, seed):
    before = list(bank)
    first = rules.draw(bank, count, random.Random(seed))
    assert first == rules.draw(bank, count, random.Random(seed))
    assert bank == before


def test_draw_gives_every_question_its_turn_in_every_place():
    bank = [(question, question % 4) for question in range(8)]
    rng = random.Random(5)
    draws = [rules.draw(bank, 4, rng) for _round in range(2000)]
    for place in range(4):
        times = Counter(draw[place] for draw in draws)
        assert all(190 <= times[question] <= 310 for question in range(8))


worths = st.fractions(0, 1, max_denominator=12)
sheets = st.lists(worths, max_size=30)


@given(sheets, st.integers(1, 100))
def test_mark_counts_right_answers_and_passes_from_the_pass_mark_on(sheet, percent):
    mark = rules.mark(sheet, pass_percent=percent)
    assert mark.total == len(sheet)
    assert mark.right == sheet.count(1)
    assert mark.right <= mark.points <= sum(sheet, Fraction(0)) <= mark.total
    assert mark.passed == (bool(sheet) and sum(sheet) * 100 >= percent * len(sheet))


@given(st.lists(st.sampled_from([Fraction(0), Fraction(1)]), max_size=30), st.integers(1, 100))
def test_whole_answers_pass_from_the_number_that_is_named_as_needed(sheet, percent):
    mark = rules.mark(sheet, pass_percent=percent)
    assert mark.points == mark.right
    assert mark.passed == (bool(sheet) and mark.right >= rules.right_needed(len(sheet), pass_percent=percent))


@given(sheets, st.integers(1, 100))
def test_mark_never_falls_when_one_more_answer_is_right(sheet, percent):
    before = rules.mark(sheet, pass_percent=percent)
    for place in range(len(sheet)):
        after = rules.mark([*sheet[:place], Fraction(1), *sheet[place + 1 :]], pass_percent=percent)
        assert after.points >= before.points
        assert after.passed >= before.passed


@given(st.integers(1, 100), st.integers(1, 100))
def test_right_needed_is_the_smallest_number_that_passes(total, percent):
    needed = rules.right_needed(total, pass_percent=percent)
    sheet = [Fraction(1)] * needed + [Fraction(0)] * (total - needed)
    assert rules.mark(sheet, pass_percent=percent).passed
    assert not rules.mark([Fraction(0), *sheet[1:]], pass_percent=percent).passed


def test_mark_of_an_empty_sheet_never_passes():
    assert not rules.mark([], pass_percent=1).passed


def test_points_are_cut_and_never_rounded_up_to_the_pass_mark():
    mark = rules.mark([Fraction(2, 3)] * 3, pass_percent=67)
    assert (mark.right, str(mark.points), mark.passed) == (0, "2.00", False)
    assert str(rules.mark([Fraction(2, 3)], pass_percent=67).points) == "0.66"


def test_a_question_is_not_drawn_for_each_reason_that_is_there():
    gaps = partial(rules.question_gaps, competence="report", languages=["km", "en"])
    assert gaps(article_key="k", topic="", written_in=["en", "km"]) == []
    assert gaps(article_key=None, topic="t", written_in=["en", "km"]) == []
    assert gaps(article_key=None, topic="", written_in=["en"]) == ["untied", "language:km"]
    assert gaps(article_key=None, topic="", written_in=None) == ["untied", "unwritten"]
    assert gaps(article_key="k", topic="", competence="", written_in=["en", "km"]) == ["competence"]


def test_next_lesson_is_the_first_open_one():
    assert rules.next_lesson([3, 1, 2], {3}) == 1
    assert rules.next_lesson([3, 1, 2], {1, 2, 3}) is None
    assert rules.next_lesson([], set()) is None


def test_next_lesson_after_one_goes_on_and_then_takes_what_was_left_out():
    assert rules.next_lesson([1, 2, 3], set(), after=1) == 2
    assert rules.next_lesson([1, 2, 3], {2}, after=1) == 3
    assert rules.next_lesson([1, 2, 3], {2}, after=3) == 1
    assert rules.next_lesson([1, 2, 3], {1, 2}, after=3) is None


def test_next_unanswered_counts_from_one():
    assert rules.next_unanswered([True, False, True, False]) == 2
    assert rules.next_unanswered([True]) is None

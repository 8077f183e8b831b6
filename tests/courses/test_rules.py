import random
from collections import Counter

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


keys = st.lists(st.sampled_from("abcd"), min_size=1, max_size=2, unique=True)
sheets = st.lists(st.tuples(st.sampled_from(["", "a", "b", "c", "d"]), keys), max_size=30)


@given(sheets, st.integers(1, 100))
def test_mark_counts_right_answers_and_passes_from_the_pass_mark_on(sheet, percent):
    mark = rules.mark(sheet, pass_percent=percent)
    assert mark.total == len(sheet)
    assert mark.right == len([1 for answer, key in sheet if answer != "" and answer in key])
    assert mark.passed == (bool(sheet) and mark.right >= rules.right_needed(len(sheet), pass_percent=percent))


@given(sheets, st.integers(1, 100))
def test_mark_never_falls_when_one_more_answer_is_right(sheet, percent):
    before = rules.mark(sheet, pass_percent=percent)
    for place, (_answer, key) in enumerate(sheet):
        better = [*sheet[:place], (key[0], key), *sheet[place + 1 :]]
        after = rules.mark(better, pass_percent=percent)
        assert after.right >= before.right
        assert after.passed >= before.passed


@given(st.integers(1, 100), st.integers(1, 100))
def test_right_needed_is_the_smallest_number_that_passes(total, percent):
    needed = rules.right_needed(total, pass_percent=percent)
    sheet = [("a", ["a"])] * needed + [("b", ["a"])] * (total - needed)
    assert rules.mark(sheet, pass_percent=percent).passed
    assert not rules.mark([("b", ["a"]), *sheet[1:]], pass_percent=percent).passed


def test_mark_of_an_empty_sheet_never_passes():
    assert not rules.mark([], pass_percent=1).passed


def test_mark_takes_no_part_of_an_id_for_the_id():
    assert rules.mark([("a", ["ab"])], pass_percent=50).right == 0
    assert rules.mark([("a", "ba")], pass_percent=50).right == 1


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
    assert rules.next_unanswered(["a", "", "b", ""]) == 2
    assert rules.next_unanswered(["a"]) is None

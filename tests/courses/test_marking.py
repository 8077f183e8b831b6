"""What answers are worth, type by type, as tables; and how typed answers are read."""

from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.answers import is_complete, is_possible, read_number, text_key, write_number
from courses.marking import credit, is_right, shortest_right_way
from courses.question_types import Type, decimal_of
from courses.review import right_answer
from tests.factories.questions import RIGHT, WRONG, content_of_type

TABLE = {
    "single": [("a", 1), ("b", 0), ("z", 0)],
    "multiple": [
        *((["a", "c"], 1), (["c", "a"], 1), (["a"], F(1, 2)), (["a", "b"], 0), (["a", "b", "c"], F(1, 2))),
        *((["b", "d"], 0), (["a", "b", "c", "d"], 0)),
    ],
    "truefalse": [("true", 1), ("false", 0)],
    "matching": [
        ({"1": "x", "2": "y", "3": "z"}, 1),
        ({"1": "x", "2": "z", "3": "y"}, F(1, 3)),
        ({"1": "x"}, F(1, 3)),
        ({"1": "w", "2": "x", "3": "x"}, 0),
    ],
    "ordering": [
        (["c", "a", "d", "b"], 1),
        (["b", "c", "a", "d"], F(2, 3)),
        (["a", "c", "d", "b"], F(1, 3)),
        (["b", "d", "a", "c"], 0),
    ],
    "numeric": [("1.5", 1), ("1", 1), ("2", 1), ("2.01", 0), ("0.99", 0), ("15", F(1, 2)), ("-1.5", 0)],
    "short": [
        ("hotline", 1),
        ("  The  HOTLINE. ", 1),
        ("ខ្សែទូរស័ព្ទបន្ទាន់។", 1),
        ("ខ្សែ\u200bទូរស័ព្ទ\u200bបន្ទាន់", 1),
        ("phone", F(1, 2)),
        ("hot line", 0),
        ("...", 0),
    ],
    "scenario": [
        (["a", "e"], 1),
        (["b", "c", "e"], F(2, 3)),
        (["b", "c", "f"], F(1, 3)),
        (["b", "d"], 0),
        (["a", "f"], F(1, 2)),
        (["a"], F(1, 2)),
        (["b", "c"], F(1, 3)),
    ],
}
ROWS = [(kind, answer, worth) for kind, rows in TABLE.items() for answer, worth in rows]


@pytest.mark.parametrize(("kind", "answer", "worth"), ROWS)
def test_an_answer_is_worth_what_the_table_says(kind, answer, worth):
    content = content_of_type(kind)
    assert credit(content, answer) == worth
    assert is_right(content, answer) == (worth == 1)


@pytest.mark.parametrize("kind", Type.values)
def test_no_answer_is_worth_nothing_the_right_one_all(kind):
    content = content_of_type(kind)
    assert [credit(content, nothing) for nothing in ("", [], {})] == [0, 0, 0]
    assert credit(content, RIGHT[kind]) == credit(content, right_answer_of(content)) == 1
    assert credit(content, WRONG[kind]) == 0


def right_answer_of(content):
    from courses.models import QuestionVersion

    return right_answer(QuestionVersion(**vars(content)))


@pytest.mark.parametrize("kind", Type.values)
def test_right_and_wrong_answers_are_possible_and_complete_strange_ones_are_neither(kind):
    content = content_of_type(kind)
    for answer in (RIGHT[kind], WRONG[kind]):
        assert is_possible(content, answer) and is_complete(content, answer)
    assert is_possible(content, "") == (kind not in ("single", "truefalse"))
    assert not is_complete(content, "")
    strange = {"numeric": "many", "short": "x" * 201, "matching": {"1": "v"}, "scenario": ["e"]}
    assert not is_possible(content, strange.get(kind, ["z"]))


def test_half_an_answer_is_possible_and_not_complete():
    for kind, half in (("matching", {"1": "x"}), ("ordering", ["a"]), ("scenario", ["b", "c"])):
        assert is_possible(content_of_type(kind), half)
        assert not is_complete(content_of_type(kind), half)


def test_the_shortest_right_way_is_what_a_perfect_answer_takes():
    assert shortest_right_way(content_of_type("scenario")) == 2


@given(st.data(), st.sampled_from(["multiple", "matching", "ordering"]))
def test_every_answer_is_worth_from_nothing_to_all(data, kind):
    content = content_of_type(kind)
    ids = [option["id"] for option in content.options]
    if kind == "matching":
        answer = data.draw(st.dictionaries(st.sampled_from(ids), st.sampled_from("xyzw")))
    else:
        answer = data.draw(st.lists(st.sampled_from(ids), unique=True))
    assert 0 <= credit(content, answer) <= 1


NUMBERS = [
    *(("1.5", "en", "1.5"), ("1,5", "km", "1.5"), ("១,៥", "km", "1.5"), ("១២", "en", "12"), ("1.5", "km", "1.5")),
    *(("1.500", "km", "1500"), ("1,500", "en", "1500"), ("1.500", "en", "1.5"), ("1,500", "km", "1.5")),
    *(("1.234.567,8", "km", "1234567.8"), ("1,234,567.8", "en", "1234567.8"), ("១២ ០០០", "km", "12000")),
    *((" - 3 ", "en", "-3"), ("−3", "km", "-3"), ("+3", "en", "3"), (".5", "en", "0.5"), ("5.", "en", "5")),
    *(("", "en", None), (".", "en", None), ("1.2.3", "en", None), ("1,2,3", "en", None), ("x", "km", None)),
    *(("1e3", "en", None), ("9" * 20, "en", None), ("1.500.00", "km", None)),
]


@pytest.mark.parametrize(("typed", "language", "number"), NUMBERS)
def test_numbers_are_read_as_each_language_writes_them(typed, language, number):
    assert read_number(typed, language) == number


@given(st.integers(-(10**12), 10**12), st.integers(0, 4), st.sampled_from(["km", "en"]))
def test_a_number_that_is_written_is_read_again_unless_it_looks_grouped(whole, places, language):
    number = read_number(str(whole / 10**places if places else whole), "en")
    if number and decimal_of(number) is not None:
        assert read_number(write_number(number, language), language) == number


@given(st.text(max_size=40), st.sampled_from(["km", "en"]))
def test_reading_a_number_never_fails(text, language):
    number = read_number(text, language)
    assert number is None or decimal_of(number) is not None


@pytest.mark.parametrize(("one", "other"), [("ស្រ្តី", "ស្ត្រី"), ("១២៨០", "1280"), ("Child  Line", "child line!")])
def test_spellings_that_read_the_same_have_the_same_key(one, other):
    assert text_key(one) == text_key(other)

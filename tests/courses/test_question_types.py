"""What a question of each type must hold, in which languages it is whole."""

from dataclasses import replace

import pytest

from courses.question_types import Type, canonical, decimal_of, languages, problems, shuffled_ids, tidy
from tests.factories.questions import CONTENTS, content_of_type


@pytest.mark.parametrize("kind", Type.values)
def test_a_question_of_each_type_holds_together_in_both_languages(kind):
    content = content_of_type(kind)
    assert problems(content) == []
    assert languages(content) == ["en", "km"]


def test_there_is_a_sample_of_every_type():
    assert set(CONTENTS) == set(Type.values)


def broken():
    """(what is wrong, the content)."""
    single, multiple = content_of_type("single"), content_of_type("multiple")
    matching, ordering = content_of_type("matching"), content_of_type("ordering")
    numeric, short, scenario = content_of_type("numeric"), content_of_type("short"), content_of_type("scenario")
    yield "unknown type", replace(single, type="essay")
    yield "no key", replace(single, key=[])
    yield "all right", replace(single, key=["a", "b", "c", "d"])
    yield "key elsewhere", replace(multiple, key=["a", "z"])
    yield "key twice", replace(multiple, key=["a", "a"])
    yield "one answer", replace(single, options=single.options[:1])
    yield "an id twice", replace(single, options=[single.options[0], *single.options])
    yield "a bad id", replace(single, options=[{**single.options[0], "id": "A b"}, *single.options[1:]])
    yield "words that are no text", replace(single, stem={"en": 3})
    yield "the same words", replace(single, options=[{**each, "text": {"en": "x"}} for each in single.options])
    yield "credit of a right one", replace(single, options=[{**single.options[0], "credit": 50}, *single.options[1:]])
    yield "credit too high", replace(single, options=[single.options[0], {**single.options[1], "credit": 100}])
    yield "credit of several", replace(multiple, options=[{**each, "credit": 5} for each in multiple.options])
    yield "too long", replace(single, stem={"en": "x" * 2001})
    yield "true and perhaps", replace(content_of_type("truefalse"), key=["perhaps"])
    yield "an item without a match", replace(matching, key={"1": "x", "2": "y"})
    yield "a match that is not there", replace(matching, key={"1": "x", "2": "y", "3": "v"})
    yield "an order with a gap", replace(ordering, key=["a", "b", "c"])
    yield "no number", replace(numeric, options=[{"id": "a", "value": "many"}])
    yield "a margin below nothing", replace(numeric, options=[{"id": "a", "value": "1", "tolerance": "-1"}])
    yield "everything else is right", replace(numeric, key=["c"])
    yield "nothing accepted", replace(short, options=[{"id": "a", "accepted": {}}])
    yield "a scenario without steps", replace(scenario, details={})
    back = [{**each, "next": "s1"} if each["id"] == "e" else each for each in scenario.options]
    yield "a circle", replace(scenario, options=back)
    nowhere = [{**each, "next": None} for each in scenario.options]
    yield "a step that nothing leads to", replace(scenario, options=nowhere)
    yield "a step without a right answer", replace(scenario, key=["a", "e"])
    yield "no language with every text", replace(single, stem={"en": "x"}, options=[
        {"id": each, "text": {"km": each}} for each in "ab"
    ])  # fmt: skip


@pytest.mark.parametrize(("what", "content"), list(broken()))
def test_what_is_wrong_with_a_question_is_said(what, content):
    found = problems(content)
    assert found and all(found), what


def test_a_text_missing_in_one_language_leaves_the_other_whole():
    single = content_of_type("single")
    options = [*single.options[:3], {**single.options[3], "feedback": {"en": "only English"}}]
    assert languages(replace(single, options=options)) == ["en"]
    assert languages(replace(single, stem={"km": "ខ្មែរ"})) == ["km"]
    assert problems(replace(single, stem={"km": "ខ្មែរ"})) == []


def test_nothing_is_shuffled_where_nothing_is_chosen():
    assert shuffled_ids(content_of_type("numeric")) == shuffled_ids(content_of_type("short")) == []
    assert shuffled_ids(content_of_type("matching")) == ["x", "y", "z", "w"]
    assert len(shuffled_ids(content_of_type("scenario"))) == 6


def test_texts_are_tidied_and_khmer_signs_that_nobody_sees_stay():
    assert tidy("  a \r\n b\t\x00c \r d ") == "a\n b c\n d"
    assert tidy("ក\u200bខ") == "ក\u200bខ"


@pytest.mark.parametrize(("text", "kept"), [("1.50", "1.5"), ("-0", "0"), ("100", "100"), ("0.10", "0.1")])
def test_numbers_have_one_form(text, kept):
    assert canonical(decimal_of(text)) == kept


@pytest.mark.parametrize("text", ["1e5", "NaN", "", "1,5", "١", None, 5, "9" * 30])
def test_other_forms_are_no_numbers(text):
    assert decimal_of(text) is None

"""A question of every type on the learner's pages: answered as one form, shown back, marked, and nothing given away."""

import re

import pytest

from courses.models import AttemptQuestion, Question
from courses.question_types import Type
from tests import factories
from tests.factories.questions import RIGHT, WRONG, content_of_type, make_question

from .conftest import Quiz, make_learner, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def one(client, clock):
    """A function: the quiz of a course whose only question is of the type, just begun."""

    def begin(kind, language="en"):
        world = factories.make_bound_world()
        Question.objects.all().update(retired_on=factories.TODAY)
        make_question(world["course"].banks.get(), content_of_type(kind))
        learner = make_learner(world).finish_lessons()
        client.force_login(learner.user)
        return Quiz(client, learner, language).start()

    return begin


def drawn(quiz):
    return AttemptQuestion.objects.select_related("version").get(attempt__enrolment=quiz.enrolment)


def sent(quiz, answer):
    """The answer as the page of its type sends it: places, never ids."""
    row = drawn(quiz)
    kind, order = row.version.type, row.option_order
    if kind == "truefalse":
        return {"answer": ["true", "false"].index(answer) + 1}
    if kind == "single":
        return {"answer": order.index(answer) + 1}
    if kind == "multiple":
        return {"answer": [order.index(each) + 1 for each in answer]}
    if kind == "matching":
        items = [option["id"] for option in row.version.options]
        return {f"answer_{n}": order.index(answer[item]) + 1 for n, item in enumerate(items, 1) if item in answer}
    if kind == "ordering":
        return {f"answer_{n}": answer.index(each) + 1 for n, each in enumerate(order, 1)}
    return {"answer": answer}


def give(quiz, answer, **more):
    """Send the answer; a scenario step by step."""
    row = drawn(quiz)
    if row.version.type != "scenario":
        return quiz.post(1, attempt=1, **sent(quiz, answer), **more)
    for number, option_id in enumerate(answer):
        step = next(step for step in row.version.details["steps"] if option_id in step["options"])
        offered = [each for each in row.option_order if each in step["options"]]
        response = quiz.post(1, attempt=1, step=number, answer=offered.index(option_id) + 1, **more)
    return response


@pytest.mark.parametrize("kind", Type.values)
@pytest.mark.parametrize("is_right", [True, False])
def test_an_answer_of_each_type_is_kept_handed_in_and_marked(one, kind, is_right):
    quiz = one(kind)
    answer = (RIGHT if is_right else WRONG)[kind]
    assert give(quiz, answer)["Location"] == quiz.url("check")
    kept = drawn(quiz).answer
    assert (set(kept) == set(answer)) if kind == "multiple" else (kept == answer)
    result = quiz.post("check", attempt=1)
    page = words(quiz.client.get(result["Location"]))
    assert ("You have passed the quiz" in page) == is_right
    assert ('st-ok">Right<' in page) == is_right


@pytest.mark.parametrize("kind", Type.values)
def test_the_page_shows_what_was_kept_in_the_other_language(one, kind):
    quiz = one(kind)
    give(quiz, RIGHT[kind])
    page = words(quiz.client.get(f"/km/quiz/{quiz.enrolment.pk}/1/"))
    kept = {"numeric": 'value="1,5"', "short": 'value="Hotline"', "scenario": "ខ្មែរ Do a", "matching": " selected"}
    assert kept.get(kind, " selected" if kind == "ordering" else " checked") in page
    assert content_of_type(kind).stem["km"] in page


@pytest.mark.parametrize("kind", Type.values)
def test_no_page_before_the_end_holds_feedback_an_id_or_what_is_right(one, kind):
    quiz = one(kind)
    quiz.get(1)
    give(quiz, WRONG[kind])
    quiz.get(1)
    quiz.get("check")
    body = "".join(quiz.seen)
    assert "Feedback" not in body and "General" not in body
    if kind in ("numeric", "short"):
        assert "hotline" not in body.lower() and "1.5" not in body
        return
    assert not re.search(r'value="[a-z]\w*"', re.sub(r'name="(csrfmiddlewaretoken|step|undo)"[^>]*', "", body))


@pytest.mark.parametrize("kind", Type.values)
def test_an_empty_form_is_refused_with_a_sentence_beside_the_field(one, kind):
    quiz = one(kind)
    page = quiz.post(1, attempt=1, step=0)
    assert page.status_code == 200
    assert 'role="alert"' in words(page)
    target = re.search(r'href="#(id_answer[^"]*)"', words(page)).group(1)
    assert f'id="{target}"' in words(page)
    assert drawn(quiz).answer == ""


@pytest.mark.parametrize("kind", ["multiple", "matching"])
def test_htmx_keeps_an_answer_that_is_only_begun_and_the_check_page_says_so(one, kind):
    quiz = one(kind)
    begun = {"multiple": ["a"], "matching": {"2": "y"}}[kind]
    response = give(quiz, begun, headers={"HX-Request": "true"})
    assert "Saved at" in words(response)
    assert drawn(quiz).answer == begun
    assert ("Not answered" in words(quiz.get("check"))) == (kind == "matching")


def test_lines_with_the_same_number_are_refused(one):
    quiz = one("ordering")
    page = quiz.post(1, attempt=1, answer_1=1, answer_2=1, answer_3=2, answer_4=3)
    assert "Two lines have the same number" in words(page)


@pytest.mark.parametrize(
    ("language", "typed", "kept"), [("km", "១,៥", "1.5"), ("en", "1.5", "1.5"), ("km", "១៥", "15")]
)
def test_a_number_is_typed_as_the_page_writes_it(one, language, typed, kept):
    quiz = one("numeric", language)
    quiz.post(1, attempt=1, answer=typed)
    assert drawn(quiz).answer == kept
    assert "1e3" in words(quiz.post(1, attempt=1, answer="1e3"))
    assert drawn(quiz).answer == kept


def test_a_story_is_told_step_by_step_and_can_go_back(one):
    quiz = one("scenario")
    assert "First" in words(quiz.get(1)) and "Last" not in words(quiz.get(1))
    give(quiz, ["b"])
    page = words(quiz.get(1))
    assert "Detour" in page and "You chose:" in page and "Last" not in page
    quiz.post(1, attempt=1, undo="1")
    assert drawn(quiz).answer == ""
    give(quiz, ["b", "c"])
    give(quiz, ["a"])  # the first page again, from the browser's history
    assert drawn(quiz).answer == ["a"]
    assert "has not come that far" in words(quiz.post(1, attempt=1, step=5, answer=1))


def test_part_of_the_mark_is_shown_as_points(one):
    quiz = one("matching")
    give(quiz, {"1": "x", "2": "z", "3": "y"})
    page = words(quiz.client.get(quiz.post("check", attempt=1)["Location"]))
    assert "0.33 of 1 points (33%)" in page and "Partly right" in page
    assert "Feedback 2" in page and "Feedback 1" not in page

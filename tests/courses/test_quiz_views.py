"""The quiz over HTTP: nothing lost, nothing given away, one attempt and one mark."""

import datetime
import re

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from courses.models import Attempt, AttemptMark, Question
from tests import factories

from .conftest import Quiz, make_learner, words

pytestmark = pytest.mark.django_db


def test_start_page_says_what_how_many_and_how_long(quiz):
    page = words(quiz.get())
    assert "<dt>Questions</dt><dd>3</dd>" in page
    assert "2 of 3 right (60%)" in page
    assert "No time limit" in page
    assert "Start the quiz" in page
    assert not Attempt.objects.exists()


def test_start_before_the_lessons_names_the_part_that_is_missing(browser, learner):
    quiz = Quiz(browser, learner)
    assert "Next part: Lesson l1" in words(quiz.get())
    assert browser.post(quiz.url(), follow=True).redirect_chain[-1][0] == quiz.url()
    assert not Attempt.objects.exists()


def test_start_of_a_quiz_without_questions_says_whom_to_tell(quiz):
    Question.objects.update(retired_on=factories.TODAY)
    assert "no questions yet" in words(quiz.get())
    assert "no questions yet" in words(quiz.client.post(quiz.url(), follow=True))


def test_every_next_saves_and_goes_on_until_the_check(quiz):
    quiz.start()
    assert quiz.answer(1)["Location"] == quiz.url(2)
    assert quiz.attempt.questions.get(position=1).answer == "a"
    assert "Saved at 14:00" in words(quiz.get(1))
    assert quiz.answer(2)["Location"] == quiz.url(3)
    assert quiz.answer(3)["Location"] == quiz.url("check")
    assert "Hand in my answers" in words(quiz.get("check"))


def test_answer_changed_from_the_check_page_returns_to_it(quiz):
    quiz.start()
    for position in (1, 2, 3):
        quiz.answer(position)
    assert quiz.answer(1, "b")["Location"] == quiz.url("check")


def test_question_page_works_as_one_form_without_javascript(quiz):
    page = words(quiz.start().get(1))
    assert page.count('type="radio"') == 3
    assert page.count("btn-primary") == 1
    assert "Previous question" not in page
    assert f'href="{quiz.url(1)}"' in words(quiz.get(2))
    assert "<nav" not in page


def test_chosen_option_saved_by_htmx_leaves_the_page_and_says_so(quiz):
    quiz.start()
    answer = quiz.answer(1, "c", headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert words(answer).strip() == '<span class="st st-ok">Saved at 14:00</span>'
    assert quiz.attempt.questions.get(position=1).answer == "c"


@pytest.mark.parametrize("wrong", [{"answer": "9"}, {"answer": "x"}, {"answer": ""}, {}])
def test_option_that_is_not_offered_gets_a_message_and_loses_nothing(quiz, wrong):
    quiz.start()
    quiz.answer(1, "b")
    page = quiz.post(1, attempt=1, **wrong)
    assert page.status_code == 200
    assert 'role="alert"' in words(page)
    assert 'href="#id_answer_0"' in words(page)
    assert quiz.attempt.questions.get(position=1).answer == "b"
    fragment = words(quiz.post(1, attempt=1, **wrong, headers={"HX-Request": "true"}))
    assert fragment.startswith('<span class="st st-late">')


def test_question_out_of_range_is_not_there(quiz):
    quiz.start()
    assert quiz.get(4).status_code == 404
    assert quiz.get(0).status_code == 404
    assert quiz.post(4, attempt=1, answer=1).status_code == 404


def test_check_page_lists_gaps_and_leads_to_the_first(quiz):
    quiz.start()
    quiz.answer(1)
    page = words(quiz.get("check"))
    assert page.count("Not answered") == 2
    assert f'href="{quiz.url(2)}">Go to question 2' in page
    assert "Hand in my answers" not in page
    refused = quiz.client.post(quiz.url("check"), {"attempt": 1}, follow=True)
    assert "Answer every question" in words(refused)
    assert not AttemptMark.objects.exists()


def test_attempt_goes_on_on_another_device_in_the_other_language(quiz, learner):
    quiz.start()
    quiz.answer(1, "b")
    quiz.answer(2, "c")
    before = [(q.version_id, q.option_order, q.answer) for q in quiz.attempt.questions.all()]
    other = Client()
    other.force_login(learner.user)
    there = Quiz(other, learner, language="km")
    assert "ចម្លើយ" in words(there.get(1))
    assert there.post()["Location"] == there.url(3)
    assert [(q.version_id, q.option_order, q.answer) for q in quiz.attempt.questions.all()] == before
    for language in ("en", "km"):
        page = words(Quiz(other, learner, language).get(2))
        chosen = re.search(r'value="(\d)" checked', page)
        assert int(chosen.group(1)) == there.place(2, "c")


def test_options_stand_in_the_order_that_was_drawn(quiz):
    quiz.start()
    drawn = quiz.attempt.questions.select_related("version").get(position=1)
    shown = re.findall(r"\. (Option \w) ", words(quiz.get(1)))
    assert shown == [f"Option {option}" for option in drawn.option_order]


def test_hand_in_twice_and_from_two_tabs_is_one_attempt_and_one_mark(quiz):
    quiz.start()
    for position in (1, 2, 3):
        quiz.answer(position)
    attempt = quiz.attempt
    first = quiz.post("check", attempt=1)
    second = quiz.post("check", attempt=1)
    assert first["Location"] == second["Location"] == f"/en/quiz/results/{attempt.pk}/"
    assert AttemptMark.objects.count() == Attempt.objects.count() == 1


def test_start_pressed_twice_is_one_attempt(quiz):
    quiz.start()
    assert quiz.post()["Location"] == quiz.url(1)
    assert Attempt.objects.count() == 1


def test_back_button_after_hand_in_shows_the_result_and_changes_nothing(quiz):
    quiz.start().hand_in("b")
    closed = Attempt.objects.get()
    result = f"/en/quiz/results/{closed.pk}/"
    assert quiz.get(1)["Location"] == quiz.get("check")["Location"] == result
    late = quiz.client.post(quiz.url(1), {"attempt": 1, "answer": 1}, follow=True)
    assert "Nothing was changed" in words(late)
    assert late.redirect_chain[-1][0] == result
    assert {question.answer for question in closed.questions.all()} == {"b"}


def test_page_of_an_earlier_attempt_never_answers_the_new_one(quiz):
    quiz.start().hand_in("b")
    quiz.start()
    late = quiz.post(1, attempt=1, answer=1)
    assert late["Location"] == quiz.url()
    assert "Nothing was changed" in words(quiz.post(1, attempt=1, answer=1, headers={"HX-Request": "true"}))
    assert quiz.post("check", attempt=1)["Location"] == quiz.url()
    assert quiz.attempt.number == 2
    assert {question.answer for question in quiz.attempt.questions.all()} == {""}


def test_strangers_enrolment_and_attempt_are_not_there(quiz, learner):
    quiz.start().hand_in("b")
    closed = Attempt.objects.get()
    stranger = make_learner(learner.world)
    client = Client()
    client.force_login(stranger.user)
    other = Quiz(client, learner)
    for rest in ((), (1,), ("check",)):
        assert other.get(*rest).status_code == 404
        assert other.post(*rest, attempt=1, answer=1).status_code == 404
    assert client.get(f"/en/quiz/results/{closed.pk}/").status_code == 404
    assert Attempt.objects.count() == 1


def test_start_page_after_passing_shows_the_result(quiz):
    quiz.start().hand_in()
    assert quiz.get()["Location"] == f"/en/quiz/results/{Attempt.objects.get().pk}/"
    assert quiz.client.post(quiz.url(), follow=True).status_code == 200
    assert Attempt.objects.count() == 1


def end_session(client):
    Session.objects.filter(pk=client.session.session_key).update(
        expire_date=factories.moment() - datetime.timedelta(hours=2)
    )


def test_answer_sent_after_the_session_ended_is_there_after_the_login(quiz, learner):
    quiz.start()
    place = quiz.place(1, "c")
    end_session(quiz.client)
    refused = quiz.post(1, attempt=1, answer=place)
    assert refused.status_code == 302
    assert quiz.attempt.questions.get(position=1).answer == ""
    login = quiz.client.post(
        refused["Location"],
        {"login": learner.user.username, "password": factories.PASSWORD, "next": "/en/account/kept/"},
    )
    page = words(quiz.client.get(login["Location"]))
    assert f'action="{quiz.url(1)}"' in page
    sent = dict(re.findall(r'<input type="hidden" name="(attempt|answer)" value="(\d)">', page))
    assert sent == {"attempt": "1", "answer": str(place)}
    assert quiz.post(1, **sent)["Location"] == quiz.url(2)
    assert quiz.attempt.questions.get(position=1).answer == "c"


def test_choice_saved_by_htmx_after_the_session_ended_says_that_it_is_not_saved(quiz):
    quiz.start()
    place = quiz.place(1, "c")
    end_session(quiz.client)
    fragment = quiz.post(1, attempt=1, answer=place, headers={"HX-Request": "true"})
    assert fragment.status_code == 200
    assert "Not saved" in words(fragment)
    assert "<html" not in words(fragment)
    assert quiz.attempt.questions.get(position=1).answer == ""


def test_logged_out_pages_ask_for_a_login(client, quiz):
    quiz.start()
    for rest in ((), (1,), ("check",)):
        assert Client().get(quiz.url(*rest))["Location"].startswith("/en/account/login/")
    assert Client().get(f"/en/quiz/results/{quiz.attempt.pk}/")["Location"].startswith("/en/account/login/")


def test_quiz_pages_are_kept_by_no_cache(quiz):
    quiz.start()
    for rest in ((), (1,), ("check",)):
        assert "no-store" in quiz.get(*rest)["Cache-Control"]


def test_pages_take_the_same_queries_for_three_questions_and_for_ten(client, learner, django_assert_num_queries):
    counts = {}
    for size in (3, 10):
        world = dict(learner.world)
        world["course"] = factories.make_course(questions=12, draw=size)
        factories.make_requirement(world["code"], [world["course"]])
        long = make_learner(world).finish_lessons()
        client.force_login(long.user)
        quiz = Quiz(client, long).start()
        counts[size] = measure(client, quiz, size)
    assert counts[3] == counts[10]
    assert counts[3] == {"start": 12, "question": 8, "save": 14, "check": 8, "hand in": 13, "result": 18}


def measure(client, quiz, size):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = {}

    def count(name, work):
        with CaptureQueriesContext(connection) as queries:
            work()
            counts[name] = len(queries)

    quiz.get(1)
    count("start", lambda: quiz.get())
    count("question", lambda: quiz.get(1))
    count("save", lambda: quiz.answer(1, "b", headers={"HX-Request": "true"}))
    for position in range(1, size + 1):
        quiz.answer(position, "b")
    count("check", lambda: quiz.get("check"))
    attempt = quiz.attempt
    count("hand in", lambda: quiz.post("check", attempt=1))
    count("result", lambda: client.get(f"/en/quiz/results/{attempt.pk}/"))
    return counts

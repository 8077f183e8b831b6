"""The trainer's list and the page on which one person is given more; and what a learner reads of limits."""

import datetime

import pytest
from django.urls import reverse

from courses.models import AttemptOverride, LateAnswer, Quiz
from institutions.models import Person
from tests import factories

from .conftest import make_learner, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def limited(quiz, learner):
    """A quiz with one try, a day's wait and twenty minutes."""
    Quiz.objects.filter(course=learner.enrolment.course_id).update(
        attempts_allowed=1, delay_hours=24, minutes_allowed=20
    )
    return quiz


@pytest.fixture
def trainer(learner):
    return factories.make_role("trainer", learner.world["school"]).user


def override_page(learner):
    return f"/en/tries/{learner.enrolment.pk}/"


def test_start_page_says_every_limit_before_the_first_question(limited):
    page = words(limited.get())
    assert "You may try 1 time." in page
    assert "You have 20 minutes" in page
    assert "<dt>Time</dt><dd>20 minutes</dd>" in page
    assert "<dt>Tries left</dt><dd>1</dd>" in page


def test_question_page_shows_calmly_how_long_there_is_without_javascript(limited, clock):
    page = words(limited.start().get(1))
    assert "Until 14:20 (20 min left)" in page
    assert "There is no time limit" not in page
    clock.pass_by(minutes=5, seconds=10)
    assert "Until 14:20 (15 min left)" in words(limited.get(1))


def test_after_the_time_the_check_page_hands_in_what_was_saved(limited, clock):
    limited.start().answer(1)
    clock.pass_by(minutes=21)
    assert limited.get(2)["Location"] == limited.url("check")
    page = words(limited.get("check"))
    assert "The time is over" in page
    assert "Hand in my answers" in page
    place = limited.place(2, "a")
    fragment = limited.post(2, attempt=1, answer=place, headers={"HX-Request": "true"})
    assert "came too late to count" in words(fragment)
    assert LateAnswer.objects.count() == 1
    attempt = limited.attempt
    result = limited.post("check", attempt=1)
    page = words(limited.client.get(result["Location"]))
    assert "1 of 3 right" in page
    assert "Not answered" in page
    attempt.refresh_from_db()
    assert attempt.was_late


def test_who_waits_is_told_until_when_and_what_to_read_again(quiz, learner, clock):
    Quiz.objects.filter(course=learner.enrolment.course_id).update(delay_hours=24)
    quiz.start().hand_in("b")
    page = words(quiz.get())
    assert "The next try opens on 24 November 2026, 14:00" in page
    assert "Read these lessons again" in page
    assert f"/en/learn/{learner.enrolment.pk}/l1/" in page
    assert "Try again with new questions" not in page
    assert quiz.post()["Location"] == quiz.url()
    clock.pass_by(hours=24)
    quiz.client.force_login(learner.user)
    assert "Try again with new questions" in words(quiz.get())


def test_right_answers_stay_hidden_until_the_last_try_is_used(quiz, learner):
    Quiz.objects.filter(course=learner.enrolment.course_id).update(attempts_allowed=2)
    quiz.start().hand_in("b")
    assert "Right answer" not in quiz.seen[-1]
    assert "Try again with new questions" in quiz.seen[-1]
    quiz.start().hand_in("b")
    assert "Right answer" in quiz.seen[-1]
    assert "All your tries are used" in quiz.seen[-1]
    assert "Try again with new questions" not in quiz.seen[-1]


def test_my_training_names_no_next_step_that_cannot_be_taken(quiz, learner):
    Quiz.objects.filter(course=learner.enrolment.course_id).update(delay_hours=24)
    quiz.start().hand_in("b")
    page = words(quiz.client.get("/en/training/"))
    assert "The next try opens on" in page
    assert quiz.url() in page


def test_trainer_finds_who_used_up_tries_and_opens_one_more_with_a_reason(client, limited, learner, trainer):
    limited.start().hand_in("b")
    client.force_login(trainer)
    assert client.get(reverse("start"))["Location"] == "/en/tries/"
    assert learner.person.name_latin in words(client.get("/en/tries/"))
    assert client.post(override_page(learner), {"extra_attempts": 1, "reason": ""}).status_code == 400
    assert client.post(override_page(learner), {"reason": "Talked about it"}).status_code == 400
    sent = client.post(override_page(learner), {"extra_attempts": 1, "no_delay": "on", "reason": "Talked about it"})
    assert sent["Location"] == "/en/tries/"
    override = AttemptOverride.objects.get()
    assert (override.extra_attempts, override.no_delay, override.granted_by) == (1, True, trainer)
    page = words(client.get("/en/tries/"))
    assert "Nobody waits" in page
    assert "Talked about it" in page
    client.force_login(learner.user)
    assert limited.post()["Location"] == limited.url(1)


def test_hr_finds_the_list_on_the_to_do_page_and_a_way_from_the_person(client, limited, learner):
    limited.start().hand_in("b")
    client.force_login(factories.make_role("hr", learner.world["school"]).user)
    assert 'href="/en/tries/"' in words(client.get("/en/to-do/"))
    assert override_page(learner) in words(client.get(f"/en/people/{learner.person.pk}/"))
    sent = client.post(override_page(learner), {"extra_minutes": 10, "reason": "Reads slowly"})
    assert sent["Location"] == f"/en/people/{learner.person.pk}/"


def test_another_last_day_lies_in_the_future(client, limited, learner, trainer):
    client.force_login(trainer)
    for day in ("2020-01-01", "2099-01-01", "x"):
        assert client.post(override_page(learner), {"due_on": day, "reason": "r"}).status_code == 400
    later = factories.TODAY + datetime.timedelta(days=40)
    assert client.post(override_page(learner), {"due_on": later.isoformat(), "reason": "r"}).status_code == 302


def test_nobody_gives_themselves_more_and_no_trainer_reaches_beyond_the_own_institutions(client, limited, learner):
    limited.start().hand_in("b")
    own = factories.make_role("trainer", learner.world["school"], user=learner.user).user
    client.force_login(own)
    assert client.get(override_page(learner)).status_code == 404
    assert learner.person.name_latin not in words(client.get("/en/tries/")).split("<main", 1)[1]
    elsewhere = factories.make_role("trainer", factories.make_institution()).user
    client.force_login(elsewhere)
    assert client.get(override_page(learner)).status_code == 404
    assert client.post(override_page(learner), {"extra_attempts": 1, "reason": "r"}).status_code == 404
    assert not AttemptOverride.objects.exists()


def test_form_offers_only_what_the_quiz_limits(client, quiz, learner, trainer):
    client.force_login(trainer)
    page = words(client.get(override_page(learner)))
    assert 'name="extra_attempts"' not in page
    assert 'name="extra_minutes"' not in page
    assert 'name="due_on"' in page


def test_list_takes_the_same_queries_for_one_person_and_for_three(client, learner, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    Quiz.objects.filter(course=learner.enrolment.course_id).update(attempts_allowed=1)
    client.force_login(factories.make_role("trainer", learner.world["school"]).user)
    counts = []
    for someone in (learner, make_learner(learner.world), make_learner(learner.world)):
        factories.learn(someone.enrolment, right=False)
        client.get("/en/tries/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/en/tries/")
        counts.append(len(queries))
    assert len(set(counts)) == 1
    assert Person.objects.count() >= 3

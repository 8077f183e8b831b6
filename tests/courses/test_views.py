"""Lessons as their learner sees them, over HTTP."""

import pytest
from django.urls import reverse

from courses.models import Enrolment, Lesson, LessonPage, LessonProgress
from tests import factories

from .conftest import make_learner

pytestmark = pytest.mark.django_db


def address(learner, slug="l1", language="en"):
    return f"/{language}/learn/{learner.enrolment.pk}/{slug}/"


def words(response):
    return response.content.decode()


def test_learning_leads_to_the_first_open_lesson_then_to_the_quiz(browser, learner):
    assert browser.get("/en/learn/")["Location"] == address(learner, "l1")
    browser.post(address(learner, "l1"))
    assert browser.get("/en/learn/")["Location"] == address(learner, "l2")
    learner.finish_lessons()
    assert browser.get("/en/learn/")["Location"] == f"/en/quiz/{learner.enrolment.pk}/"


def test_learning_takes_the_course_that_was_begun_first(browser, learner):
    other = factories.make_course()
    begun = Enrolment.objects.create(
        person=learner.person,
        course=other,
        lesson_ids=list(other.lessons.values_list("pk", flat=True)),
        enrolled_on=factories.TODAY,
        started_on=factories.TODAY,
    )
    assert browser.get("/en/learn/")["Location"] == f"/en/learn/{begun.pk}/l1/"


def test_learning_says_when_nothing_is_open(browser, learner):
    factories.learn(learner.enrolment)
    page = browser.get("/en/learn/")
    assert page.status_code == 200
    assert "Nothing to learn now" in words(page)
    assert learner.world["course"].name_latin in words(page)


def test_learning_of_a_person_without_courses_says_whom_to_ask(client, db):
    person = factories.make_person()
    client.force_login(factories.give_account(person))
    assert "ask your HR unit" in words(client.get("/en/learn/"))


def test_lesson_shows_its_text_its_place_and_the_next_part_by_name(browser, learner):
    page = words(browser.get(address(learner)))
    assert "Lesson text" in page
    assert "<h1>Lesson l1</h1>" in page
    assert "Lesson 1 of 2" in page
    assert "Next part: Lesson l2" in page
    assert page.count("btn-primary") == 1
    assert "Previous part" not in page


def test_lesson_in_khmer_has_khmer_words_and_digits(browser, learner):
    page = words(browser.get(address(learner, language="km")))
    assert "អត្ថបទមេរៀន" in page
    assert "មេរៀន l2" in page
    assert "១" in page


def test_lesson_is_opened_by_looking_and_completed_by_its_button(browser, learner, clock):
    browser.get(address(learner))
    progress = LessonProgress.objects.get()
    assert (progress.opened_at, progress.completed_at) == (clock.now, None)
    assert Enrolment.objects.get(pk=learner.enrolment.pk).started_on == factories.TODAY
    clock.pass_by(minutes=8)
    assert browser.post(address(learner))["Location"] == address(learner, "l2")
    assert LessonProgress.objects.get().completed_at == clock.now


def test_last_lesson_leads_to_the_quiz_and_says_so(browser, learner):
    browser.post(address(learner, "l1"))
    assert "Next part: the quiz" in words(browser.get(address(learner, "l2")))
    assert browser.post(address(learner, "l2"))["Location"] == f"/en/quiz/{learner.enrolment.pk}/"
    assert Enrolment.objects.get(pk=learner.enrolment.pk).trained_on == factories.TODAY


def test_lesson_left_out_comes_after_the_last(browser, learner):
    browser.post(address(learner, "l2"))
    assert "Next part: Lesson l1" in words(browser.get(address(learner, "l2")))


def test_lesson_sent_twice_is_completed_once(browser, learner, clock):
    browser.post(address(learner))
    first = LessonProgress.objects.get().completed_at
    clock.pass_by(minutes=1)
    assert browser.post(address(learner))["Location"] == address(learner, "l2")
    assert LessonProgress.objects.get().completed_at == first


def test_lesson_read_again_after_passing_asks_for_nothing(browser, learner):
    factories.learn(learner.enrolment)
    page = words(browser.get(address(learner)))
    assert "Back to my training" in page
    assert "<form" not in page


def test_lesson_shows_the_other_language_marked_where_its_own_is_missing(browser, learner):
    for page in LessonPage.objects.filter(locale__language_code="en"):
        page.unpublish()
    page = words(browser.get(address(learner)))
    assert '<h1 lang="km">មេរៀន l1</h1>' in page
    assert '<div class="stack" lang="km">' in page
    assert 'Next part: <span lang="km">មេរៀន l2</span>' in page
    assert "<title>មេរៀន l1 –" in page


def test_lesson_without_words_cannot_be_completed(browser, learner):
    for page in LessonPage.objects.filter(lesson__slug="l1"):
        page.unpublish()
    page = words(browser.get(address(learner)))
    assert "is being revised" in page
    assert f'href="{address(learner, "l2")}"' in page
    browser.post(address(learner))
    assert not LessonProgress.objects.exists()


def test_lesson_of_a_stranger_is_not_there(browser, learner):
    stranger = make_learner(learner.world)
    assert browser.get(address(stranger)).status_code == 404
    assert browser.post(address(stranger)).status_code == 404
    assert not LessonProgress.objects.exists()


def test_lesson_of_a_subordinate_is_not_there_for_hr_either(client, learner):
    role = factories.make_role(institution=learner.world["ministry"])
    factories.give_account(factories.make_person())
    client.force_login(role.user)
    assert client.get(address(learner)).status_code == 404


def test_lesson_that_is_not_in_the_enrolment_is_not_there(browser, learner):
    Lesson.objects.create(course=learner.world["course"], slug="later", order=9)
    assert browser.get(address(learner, "later")).status_code == 404
    assert browser.get(address(learner, "no-such")).status_code == 404


def test_lesson_logged_out_asks_for_a_login_and_comes_back(client, learner):
    answer = client.post(address(learner))
    assert answer["Location"] == f"{reverse('account_login').replace('/km/', '/en/')}?next={address(learner)}"
    assert not LessonProgress.objects.exists()


def test_lesson_is_kept_by_no_cache_and_names_the_hr_unit(browser, learner):
    learner.world["school"].hr_unit = learner.world["school"].hr_unit_latin = "Staff office"
    learner.world["school"].save()
    page = browser.get(address(learner))
    assert "no-store" in page["Cache-Control"]
    assert "Staff office" in words(page)


def test_lesson_takes_the_same_queries_for_two_lessons_and_for_six(client, learner, django_assert_num_queries):
    client.force_login(learner.user)
    client.get(address(learner))
    with django_assert_num_queries(13):
        client.get(address(learner))
    world = dict(learner.world)
    world["course"] = factories.make_course(lessons=6)
    factories.make_requirement(world["code"], [world["course"]])
    longer = make_learner(world)
    client.force_login(longer.user)
    client.get(address(longer))
    with django_assert_num_queries(13):
        client.get(address(longer))

"""Limits of quizzes in the Wagtail admin: an editor's own section only, with a preview in words."""

import pytest
from django.urls import reverse

from conduct_codes.actions import open_section
from courses.models import Quiz
from tests import factories

from .conftest import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def sections(db):
    """Two codes of two ministries, each with a course of its sector."""
    made = []
    for slug in ("education", "police"):
        code = factories.make_code(factories.make_sector(slug))
        open_section(code=code, at=factories.moment())
        course = factories.make_course(f"course-{slug}")
        course.sector = code.sector
        course.save()
        made.append((code, course))
    return made


@pytest.fixture
def editor(client, sections):
    client.force_login(factories.make_role("editor", sections[0][0].owner).user)
    return client


def sent(**changed):
    return {"draw": 8, "pass_percent": 75, "attempts_allowed": 3, "delay_hours": 24, "minutes_allowed": 20, **changed}


def test_editor_lists_and_changes_the_quizzes_of_the_own_section(editor, sections):
    own = sections[0][1].quiz
    page = words(editor.get(reverse("quizzes:index")))
    assert "course-education" in page
    assert "course-police" not in page
    address = reverse("quizzes:edit", args=[own.pk])
    assert editor.post(address, sent(delay_grows="on")).status_code == 302
    own.refresh_from_db()
    assert (own.draw, own.attempts_allowed, own.delay_hours, own.delay_grows) == (8, 3, 24, True)
    assert "You may try 3 times." in words(editor.get(address)) or "៣" in words(editor.get(address))


def test_quiz_of_another_section_is_not_there(editor, sections):
    foreign = sections[1][1].quiz
    for view in ("edit", "inspect", "history", "usage"):
        assert editor.get(reverse(f"quizzes:{view}", args=[foreign.pk])).status_code == 404
    assert editor.post(reverse("quizzes:edit", args=[foreign.pk]), sent()).status_code == 404
    foreign.refresh_from_db()
    assert foreign.draw == 3


@pytest.mark.parametrize("wrong", [{"pass_percent": 0}, {"pass_percent": 101}, {"draw": 0}, {"attempts_allowed": 0}])
def test_limits_that_make_no_sense_are_refused_with_words(editor, sections, wrong):
    own = sections[0][1].quiz
    assert editor.post(reverse("quizzes:edit", args=[own.pk]), sent(**wrong)).status_code == 200
    assert Quiz.objects.get(pk=own.pk).draw == 3


def test_nobody_adds_or_deletes_a_quiz_here(client, sections):
    client.force_login(factories.make_user(is_superuser=True))
    assert client.get(reverse("quizzes:add")).status_code == 302
    assert client.post(reverse("quizzes:delete", args=[sections[0][1].quiz.pk])).status_code == 404
    assert Quiz.objects.count() == 2


def test_owner_reads_what_the_limits_mean(client, sections):
    quiz = sections[0][1].quiz
    Quiz.objects.filter(pk=quiz.pk).update(attempts_allowed=3, delay_hours=1)
    client.force_login(factories.make_user(is_superuser=True))
    page = words(client.get(reverse("quizzes:edit", args=[quiz.pk])))
    assert "What an officer reads now" in page or "quiz" in page
    assert Quiz.objects.get(pk=quiz.pk).limits.attempts == 3

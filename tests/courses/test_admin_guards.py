"""The Wagtail admin may take the words of a course out of sight, never away from who takes it."""

import pytest
from django.urls import reverse

from courses.models import CourseIndexPage, CoursePage, Enrolment, LessonPage
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client, learner):
    user = factories.make_user(is_superuser=True)
    client.force_login(user)
    return client


def page_of(course, model):
    if model is CourseIndexPage:
        return CourseIndexPage.objects.get(locale__language_code="en")
    if model is CoursePage:
        return course.pages.get(locale__language_code="en")
    return LessonPage.objects.get(lesson__course=course, lesson__slug="l1", locale__language_code="en")


@pytest.mark.parametrize("model", [CourseIndexPage, CoursePage, LessonPage])
def test_page_of_a_taken_course_is_not_deleted(editor, learner, model):
    page = page_of(learner.world["course"], model)
    answer = editor.post(reverse("wagtailadmin_pages:delete", args=[page.pk]))
    assert answer["Location"] == reverse("wagtailadmin_explore", args=[page.get_parent().pk])
    bulk = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"])
    editor.post(f"{bulk}?id={page.pk}&next=/admin/")
    assert model.objects.filter(pk=page.pk).exists()


def test_page_of_a_course_that_nobody_takes_can_be_deleted(editor, learner):
    course = factories.make_course()
    page = page_of(course, CoursePage)
    editor.post(reverse("wagtailadmin_pages:delete", args=[page.pk]))
    assert not CoursePage.objects.filter(pk=page.pk).exists()
    assert Enrolment.objects.count() == 1


def test_page_of_a_taken_course_can_be_unpublished(editor, learner):
    page = page_of(learner.world["course"], LessonPage)
    editor.post(reverse("wagtailadmin_pages:unpublish", args=[page.pk]))
    page.refresh_from_db()
    assert not page.live

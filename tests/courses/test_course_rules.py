"""How a course is taken, as an editor sets it: the own section only, and no course before itself."""

import pytest
from django.urls import reverse
from django.utils.translation import override

from courses.actions.catalogue import CourseRulesRefused, set_course_rules
from courses.models import Course, PrerequisiteCourse
from courses.rules import leads_back
from institutions.models import AuditEntry
from tests import factories

from .test_quiz_admin import editor, sections  # noqa: F401

pytestmark = pytest.mark.django_db


def rules_of(course, *, sets=(), is_ordered=True):
    lessons = {lesson.pk: (True, None) for lesson in course.lessons.all()}
    facts = {"is_ordered": is_ordered, "lessons": lessons, "sets": sets, "at": factories.moment(), "by": None}
    return set_course_rules(course=course, **facts)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({1: {2}}, False),
        ({1: {1}}, True),
        ({1: {2}, 2: {1}}, True),
        ({1: {2}, 2: {3}, 3: {1}}, True),
        ({2: {2}}, False),
    ],
)
def test_course_that_asks_for_itself_is_found_on_whatever_way(asked, found):
    assert leads_back(asked, 1) is found


def test_course_is_never_asked_for_before_itself(db):
    first, second, third = (factories.make_course() for _number in range(3))
    rules_of(first, sets=[(None, [second])])
    rules_of(second, sets=[(1, [third, factories.make_course()])])
    with pytest.raises(CourseRulesRefused):
        rules_of(third, sets=[(None, [first])], is_ordered=True)
    assert not Course.objects.get(pk=third.pk).is_ordered
    rules_of(first)  # and once nothing is asked for any more, it may be
    rules_of(third, sets=[(None, [first])])


def test_editor_sets_order_parts_times_and_what_comes_first(editor, sections):  # noqa: F811
    course, other = sections[0][1], sections[1][1]
    first, second = course.lessons.order_by("order")
    url = reverse("course_rules:edit", args=[course.slug])
    sent = {"is_ordered": "on", f"required_{first.pk}": "on", f"minutes_{first.pk}": 5, "courses_1": other.pk}
    assert editor.post(url, sent).status_code == 302
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.is_required, first.min_minutes, second.is_required, second.min_minutes) == (True, 5, False, None)
    assert Course.objects.get(pk=course.pk).is_ordered
    assert PrerequisiteCourse.objects.in_sets(course.pk) == [(None, [other])]
    assert AuditEntry.objects.filter(verb="courses.set_rules").count() == 1
    page = editor.get(url).content.decode()
    assert f'value="{other.pk}" selected' in page
    assert 'value="5"' in page


def test_what_an_editor_typed_wrongly_is_said_and_kept(editor, sections):  # noqa: F811
    course, other = sections[0][1], sections[1][1]
    url = reverse("course_rules:edit", args=[course.slug])
    with override("en"):
        page = editor.post(url, {"courses_1": other.pk, "need_1": 3}).content.decode()
    assert "More are asked for than are chosen" in page
    assert f'value="{other.pk}" selected' in page
    rules_of(other, sets=[(None, [course])])
    assert "Nobody could begin either" in editor.post(url, {"courses_1": other.pk}).content.decode()
    assert not PrerequisiteCourse.objects.filter(group__course=course).exists()


def test_course_of_another_section_is_not_there(editor, sections):  # noqa: F811
    theirs = sections[1][1]
    url = reverse("course_rules:edit", args=[theirs.slug])
    assert editor.get(url).status_code == 404
    assert editor.post(url, {"is_ordered": "on"}).status_code == 404
    listed = editor.get(reverse("course_rules:index")).content.decode()
    assert sections[0][1].slug in listed
    assert theirs.slug not in listed
    assert not Course.objects.filter(is_ordered=True).exists()

import pytest
from django.utils import translation

from courses.models import LessonPage
from courses.models.catalogue import in_language, language_of
from courses.templatetags.course_words import option_letter, page_text, page_words
from courses.words import lesson_page, lesson_titles
from tests import factories


@pytest.mark.parametrize(
    ("texts", "asked", "shown"),
    [
        ({"en": "one", "km": "មួយ"}, "en", "one"),
        ({"en": "one", "km": "មួយ"}, "fr", "មួយ"),
        ({"en": "", "km": "មួយ"}, "en", "មួយ"),
        ({"fr": "un"}, "km", "un"),
        ({}, "km", ""),
    ],
)
def test_words_in_a_language_fall_back_to_the_first_that_there_is(texts, asked, shown):
    assert in_language(texts, asked) == shown
    if shown:
        assert texts[language_of(texts, asked)] == shown


def test_words_of_the_other_language_are_marked_and_escaped():
    with translation.override("en"):
        assert page_words({"en": "one <b>"}) == "one <b>"
        assert page_words({"km": "<b>"}) == '<span lang="km">&lt;b&gt;</span>'
        assert page_text({"km": "<b>"}) == "<b>"


def test_option_letters_do_not_run_out():
    with translation.override("en"):
        assert [option_letter(place) for place in (1, 4, 8, 9)] == ["A", "D", "H", "9"]


@pytest.mark.django_db
def test_lesson_titles_come_in_one_query_without_drafts(django_assert_num_queries):
    course = factories.make_course(lessons=3)
    ids = list(course.lessons.values_list("pk", flat=True))
    LessonPage.objects.get(lesson=ids[0], locale__language_code="en").unpublish()
    with django_assert_num_queries(1):
        titles = lesson_titles(ids)
    assert titles[ids[0]] == {"km": "មេរៀន l1"}
    assert titles[ids[1]] == {"km": "មេរៀន l2", "en": "Lesson l2"}


@pytest.mark.django_db
def test_lesson_page_falls_back_and_is_none_without_a_live_page():
    lesson = factories.make_course().lessons.first()
    with translation.override("en"):
        assert lesson_page(lesson).title == "Lesson l1"
        lesson.pages.get(locale__language_code="en").unpublish()
        assert lesson_page(lesson).title == "មេរៀន l1"
        lesson.pages.get(locale__language_code="km").unpublish()
        assert lesson_page(lesson) is None

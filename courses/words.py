"""The words of lessons in the language of the page, with the other language where one is missing."""

from courses.models import LessonPage
from courses.models.catalogue import language_of


def lesson_titles(lesson_ids):
    """Lesson id → {language: title} of the pages that are live, in one query; catalogue.in_language picks one."""
    pages = LessonPage.objects.live().filter(lesson__in=lesson_ids)
    titles = {}
    for lesson_id, language, title in pages.values_list("lesson_id", "locale__language_code", "title"):
        titles.setdefault(lesson_id, {})[language] = title
    return titles


def lesson_page(lesson):
    """The live page of the lesson in the language of the page, else in one that there is, else None."""
    pages = {page.locale.language_code: page for page in lesson.pages.live().select_related("locale")}
    return pages.get(language_of(pages))

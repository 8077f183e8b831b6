"""What of a course is missing in which language: pages, newer words of the other language, questions."""

from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings

from courses.models import CoursePage, Lesson, LessonPage, Question
from courses.models.catalogue import latest_versions


class PageState(StrEnum):
    """Where the words of a lesson stand in one language."""

    MISSING = "missing"
    DRAFT = "draft"
    BEHIND = "behind"
    CHANGED = "changed"
    LIVE = "live"


def page_state(page, source=None):
    """The state of a page (None: there is none), beside the page of the authoritative language.

    BEHIND: the other language was published after it. CHANGED: it has changes that are not published.
    """
    if page is None:
        return PageState.MISSING
    if not page.live:
        return PageState.DRAFT
    if source is not None and source.pk != page.pk and _published(source) > _published(page):
        return PageState.BEHIND
    return PageState.CHANGED if page.has_unpublished_changes else PageState.LIVE


def _published(page):
    return page.last_published_at.timestamp() if page.last_published_at else 0


@dataclass(frozen=True)
class Words:
    """The words of a course or lesson in one language."""

    language: str
    page: object
    state: PageState

    @property
    def is_missing(self):
        return self.state in (PageState.MISSING, PageState.DRAFT, PageState.BEHIND)


@dataclass(frozen=True)
class LessonRow:
    """A lesson with its words in every language of the site."""

    lesson: Lesson
    words: list[Words]


@dataclass
class CourseWords:
    """Everything that an editor keeps of a course, in the order in which it is read."""

    course: object
    pages: list[Words]
    lessons: list[LessonRow]
    one_language: int = 0

    @property
    def missing(self):
        """How many pages are missing, drafts or behind, and how many questions lack a language."""
        rows = [self.pages, *(row.words for row in self.lessons)]
        return sum(words.is_missing for row in rows for words in row) + self.one_language


def languages():
    """The languages of the site, the authoritative one first."""
    return [code for code, _name in settings.WAGTAIL_CONTENT_LANGUAGES]


def words_of_courses(courses, day):
    """CourseWords of each of the courses, in five queries."""
    courses = list(courses)
    pages = _by_language(CoursePage.objects.filter(course__in=courses), "course_id")
    lesson_pages = _by_language(LessonPage.objects.filter(lesson__course__in=courses).defer("body"), "lesson_id")
    lessons = {course.pk: [] for course in courses}
    for lesson in Lesson.objects.filter(course__in=courses).order_by("course", "order"):
        lessons[lesson.course_id].append(LessonRow(lesson, _row(lesson_pages.get(lesson.pk, {}))))
    one_language = _one_language(courses, day)
    return [
        CourseWords(
            course,
            _row(pages.get(course.pk, {})),
            lessons[course.pk],
            one_language=one_language.get(course.pk, 0),
        )
        for course in courses
    ]


def _by_language(pages, owner):
    found = {}
    for page in pages.select_related("locale"):
        found.setdefault(getattr(page, owner), {})[page.locale.language_code] = page
    return found


def _row(pages):
    source = pages.get(languages()[0])
    return [Words(code, pages.get(code), page_state(pages.get(code), source)) for code in languages()]


def _one_language(courses, day):
    """Course id → how many questions in use are not written in every language."""
    questions = Question.objects.filter(bank__course__in=courses).in_use_on(day).select_related("bank")
    course_of = {question.pk: question.bank.course_id for question in questions}
    counts = {}
    for version in latest_versions(list(course_of)):
        if any(f",{code}," not in version.languages for code in languages()):
            counts[course_of[version.question_id]] = counts.get(course_of[version.question_id], 0) + 1
    return counts

"""Courses as their editors keep them: new ones, lessons, translations, sections, retirement."""

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail.models import Locale

from courses.actions.sections import open_course_section
from courses.models import (
    Course,
    CourseIndexPage,
    CoursePage,
    CourseRetirement,
    Lesson,
    LessonPage,
    QuestionBank,
    Quiz,
)
from courses.signals import retirement_proposed
from institutions.audit import record


class EditingRefused(Exception):
    """The course cannot be changed so; str() says why."""


@transaction.atomic
def create_course(*, slug, name, name_latin, sector, at, by):
    """A course with its quiz, its bank and a draft page in every language in which there is a library."""
    if Course.objects.filter(slug=slug).exists():
        raise EditingRefused(_("There is a course of this short name already. Choose another one."))
    order = (Course.objects.aggregate(last=Max("order"))["last"] or 0) + 1
    course = Course.objects.create(slug=slug, name=name, name_latin=name_latin, sector=sector, order=order)
    Quiz.objects.create(course=course)
    QuestionBank.objects.create(slug=slug, course=course)
    key = None
    for library in CourseIndexPage.objects.select_related("locale").order_by("locale__pk"):
        title = name if library.locale.language_code == "km" else name_latin
        page = CoursePage(course=course, title=title, slug=slug, locale=library.locale, live=False)
        page.translation_key = key or page.translation_key
        key = page.translation_key
        library.add_child(instance=page)
        page.save_revision(user=by, log_action="wagtail.create")
    open_course_section(course=course, at=at, by=by)
    record(verb="courses.create_course", subject=f"course:{slug}", at=at, by=by)
    return course


@transaction.atomic
def add_lesson(*, course, slug, titles, minutes, at, by):
    """A lesson at the end of the course with a draft page in each language in which the course has a page.

    titles is language → title. People who are inside the course keep the lessons they began with.
    """
    Course.objects.select_for_update().get(pk=course.pk)
    slug = slug or slugify(titles.get("en", ""))
    if not slug or Lesson.objects.filter(course=course, slug=slug).exists():
        raise EditingRefused(_("There is a lesson of this short name already. Choose another one."))
    order = (course.lessons.aggregate(last=Max("order"))["last"] or 0) + 1
    lesson = Lesson.objects.create(course=course, slug=slug, order=order, minutes=minutes)
    key = None
    for parent in CoursePage.objects.filter(course=course).select_related("locale").order_by("locale__pk"):
        title = titles.get(parent.locale.language_code)
        if not title:
            continue
        page = LessonPage(lesson=lesson, title=title, slug=slug, locale=parent.locale, live=False)
        page.translation_key = key or page.translation_key
        key = page.translation_key
        parent.add_child(instance=page)
        page.save_revision(user=by, log_action="wagtail.create")
    record(verb="courses.add_lesson", subject=f"course:{course.slug}", at=at, by=by, lesson=slug)
    return lesson


@transaction.atomic
def change_lesson(*, lesson, facts, at, by):
    """Change what holds for a lesson in every language; who is inside the course keeps what held at the start."""
    for name, value in facts.items():
        setattr(lesson, name, value)
    lesson.save(update_fields=list(facts))
    record(verb="courses.change_lesson", subject=f"course:{lesson.course.slug}", at=at, by=by, lesson=lesson.slug)
    return lesson


@transaction.atomic
def move_lesson(*, lesson, up, at, by):
    """Change places with the lesson before (or after); for everybody who begins the course from now on."""
    Course.objects.select_for_update().get(pk=lesson.course_id)
    lesson.refresh_from_db()
    others = Lesson.objects.filter(course=lesson.course_id)
    if up:
        other = others.filter(order__lt=lesson.order).order_by("-order").first()
    else:
        other = others.filter(order__gt=lesson.order).order_by("order").first()
    if other is None:
        return lesson
    mine, theirs = lesson.order, other.order
    free = (others.aggregate(last=Max("order"))["last"] or 0) + 1  # the order is unique in every moment
    for row, order in ((lesson, free), (other, mine), (lesson, theirs)):
        row.order = order
        row.save(update_fields=["order"])
    record(verb="courses.move_lesson", subject=f"course:{lesson.course.slug}", at=at, by=by, lesson=lesson.slug)
    return lesson


def course_of(page):
    """The course of a course page or a lesson page."""
    return page.course if isinstance(page, CoursePage) else page.lesson.course


@transaction.atomic
def start_translation(*, page, language, at, by):
    """A draft in the other language that begins as a copy of the page; the one that there is, if there is one.

    The page of the course comes first where that is missing too. Raises EditingRefused where the library has no page in
    the language.
    """
    course = course_of(page)
    Course.objects.select_for_update().get(pk=course.pk)
    locale = Locale.objects.get(language_code=language)
    courses = CoursePage.objects.filter(course=course)
    parent = courses.filter(locale=locale).first()
    if parent is None:
        library = CourseIndexPage.objects.filter(locale=locale).first()
        if library is None:
            raise EditingRefused(_("There is no library of courses in this language yet."))
        parent = _copy_as_draft(courses.exclude(locale=locale).first(), library, locale, by)
        open_course_section(course=course, at=at, by=by)
    if isinstance(page, CoursePage):
        return parent
    found = LessonPage.objects.filter(lesson=page.lesson_id, locale=locale).first()
    return found or _copy_as_draft(page, parent, locale, by)


def _copy_as_draft(page, parent, locale, by):
    return page.copy(
        to=parent,
        update_attrs={"locale": locale},
        copy_revisions=False,
        keep_live=False,
        reset_translation_key=False,
        user=by,
        log_action="wagtail.copy_for_translation",
    )


def objections_to_retiring(course, day):
    """Sentences of the apps above that speak against retiring the course on the day."""
    answers = retirement_proposed.send(Course, course=course, day=day)
    return [sentence for _receiver, sentences in answers for sentence in sentences]


@transaction.atomic
def retire_course(*, course, retired_on, reason, at, by):
    """From the day on nobody begins the course; whoever is inside may finish, and what was learned stays.

    Raises EditingRefused while something asks people to take it, or if no reason is given.
    """
    if not reason.strip():
        raise EditingRefused(_("Enter the reason. It stays in the record."))
    if objections := objections_to_retiring(course, retired_on):
        raise EditingRefused(" ".join(objections))
    retirement, _made = CourseRetirement.objects.get_or_create(
        course=course,
        defaults={"retired_on": retired_on, "reason": reason.strip(), "retired_at": at, "retired_by": by},
    )
    record(verb="courses.retire_course", subject=f"course:{course.slug}", at=at, by=by)
    return retirement

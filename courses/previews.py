"""A draft as its learner will meet it: the private page of a lesson, for somebody who does not exist."""

from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from wagtail.models import PreviewableMixin

from courses.models import Enrolment
from courses.path import CoursePath
from courses.terms import terms_of

OFFICER = "officer"
MODES = [("", _("As everybody reads it")), (OFFICER, _("As an officer who is learning"))]
PHONE_WIDTH = 360
SIZES = [
    {**size, "device_width": PHONE_WIDTH} if size["name"] == "mobile" else size
    for size in PreviewableMixin.DEFAULT_PREVIEW_SIZES
]


def as_officer(page, request):
    """The draft inside the course of a learner at the beginning; nothing is written and nobody is enrolled."""
    course, lesson = page.lesson.course, page.lesson
    learner = Enrolment(pk=0, course=course, **terms_of([course])[course.pk])
    if lesson.pk not in learner.lesson_ids:
        learner.lesson_ids = [*learner.lesson_ids, lesson.pk]
    path = CoursePath(learner)
    context = {
        "enrolment": learner,
        "lesson": path.lesson(lesson.slug),
        "words": page,
        "parts": page.parts(person=None, day=getattr(request, "today", None) or timezone.localdate()),
        "ticks": [],
        "number": path.number(path.lesson(lesson.slug)),
        "total": len(path.lessons),
        "done": 0,
        "is_done": False,
        "is_optional": lesson.pk in learner.optional_ids,
        "previous": path.before(path.lesson(lesson.slug)),
        "following": path.after(path.lesson(lesson.slug)),
    }
    with translation.override(page.locale.language_code):
        return render(request, "courses/lesson.html", context)

"""Courses in the Wagtail admin: what is missing in which language, new lessons, their order, retirement.

Like the banks these are views of our own: each begins with a course that the viewer edits.
"""

from functools import wraps

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.admin import messages

from courses import actions
from courses.admin_frame import show_in_admin
from courses.bank_views import may_enter
from courses.course_forms import CourseForm, LessonForm, NewLessonForm, RetireForm
from courses.missing import words_of_courses
from courses.models import Course, CoursePage, Enrolment, Lesson, LessonPage
from institutions.models import Role, Sector

READ_OR_SEND = require_http_methods(["GET", "HEAD", "POST"])


def course_view(view):
    """A view of one course that the viewer edits; others are told that there is no such page."""

    @wraps(view)
    def guarded(request, course, *args, **kwargs):
        courses = Course.objects.editable_by(request.scope).select_related("sector", "retirement")
        return view(request, get_object_or_404(courses, slug=course), *args, **kwargs)

    return guarded


def show(request, template, course, title, context, status=200):
    crumbs = [(reverse("kept_courses:index"), _("Courses"))]
    if course:
        crumbs.append((reverse("kept_courses:course", args=[course.slug]), course.label))
    context = {"course": course, **context}
    return show_in_admin(request, template, title, context, icon="doc-full", crumbs=crumbs, status=status)


@require_safe
def index(request):
    """The courses that the viewer edits, with how much of each is missing."""
    if not may_enter(request):
        raise Http404
    courses = Course.objects.editable_by(request.scope).select_related("sector", "retirement")
    rows = words_of_courses(courses.order_by("order", "slug"), request.today)
    return show(request, "course_index", None, _("Courses"), {"rows": rows})


@READ_OR_SEND
def add(request):
    """A new course in a section of the viewer's."""
    if not may_enter(request):
        raise Http404
    form = CourseForm(request.POST or None, sectors=_sectors(request), may_serve_all=request.user.is_superuser)
    if request.method == "POST" and form.is_valid():
        try:
            course = actions.create_course(**form.cleaned_data, at=request.now, by=request.user)
        except actions.EditingRefused as refusal:
            form.add_error("slug", str(refusal))
        else:
            messages.success(request, _("The course is there as a draft. Add its lessons, then have them reviewed."))
            return redirect("kept_courses:course", course.slug)
    return show(request, "course_form", None, _("New course"), {"form": form}, 400 if form.errors else 200)


def _sectors(request):
    if request.user.is_superuser:
        return Sector.objects.all()
    editors = request.scope.acting_as(Role.Kind.EDITOR)
    return Sector.objects.filter(editors.names_condition("code__owner__path"))


@course_view
@require_safe
def course(request, course):
    """A course: its pages by language with what is missing, its lessons in order, its quiz and bank."""
    return _course_page(request, course)


def _course_page(request, course):
    (words,) = words_of_courses([course], request.today)
    context = {"words": words, "languages": settings.WAGTAIL_CONTENT_LANGUAGES, "today": request.today}
    return show(request, "course", course, course.label, context)


@course_view
@READ_OR_SEND
def lesson_add(request, course):
    """A new lesson at the end of the course."""
    form = NewLessonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        facts = {name: form.cleaned_data[name] for name in ("slug", "minutes")}
        try:
            actions.add_lesson(course=course, titles=form.titles(), **facts, at=request.now, by=request.user)
        except actions.EditingRefused as refusal:
            form.add_error("slug", str(refusal))
        else:
            messages.success(request, _("The lesson is there as a draft. Whoever is inside does not get it."))
            return redirect("kept_courses:course", course.slug)
    return show(request, "course_form", course, _("New lesson"), {"form": form}, 400 if form.errors else 200)


@course_view
@READ_OR_SEND
def lesson(request, course, pk):
    """What holds for a lesson in every language."""
    lesson = get_object_or_404(Lesson, course=course, pk=pk)
    form = LessonForm(request.POST or None, instance=lesson)
    if request.method == "POST" and form.is_valid():
        actions.change_lesson(lesson=lesson, facts=form.cleaned_data, at=request.now, by=request.user)
        messages.success(request, _("Saved."))
        return redirect("kept_courses:course", course.slug)
    return show(request, "course_form", course, _("Lesson"), {"form": form}, 400 if form.errors else 200)


@course_view
@READ_OR_SEND
def lesson_move(request, course, pk):
    """A lesson changes places with the one before or after it; the button stands on the page of the course."""
    lesson = get_object_or_404(Lesson, course=course, pk=pk)
    if request.method != "POST":
        return _course_page(request, course)
    actions.move_lesson(lesson=lesson, up=request.POST.get("way") == "up", at=request.now, by=request.user)
    return redirect("kept_courses:course", course.slug)


@course_view
@READ_OR_SEND
def translate(request, course, pk):
    """Begin the page in the other language as a copy of this one, and open it in the editor."""
    page = CoursePage.objects.filter(course=course, pk=pk).first()
    page = page or get_object_or_404(LessonPage, lesson__course=course, pk=pk)
    if request.method != "POST":
        return _course_page(request, course)
    if not page.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    language = request.POST.get("language")
    if language not in dict(settings.WAGTAIL_CONTENT_LANGUAGES):
        raise Http404
    try:
        made = actions.start_translation(page=page, language=language, at=request.now, by=request.user)
    except actions.EditingRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("kept_courses:course", course.slug)
    return redirect("wagtailadmin_pages:edit", made.pk)


@course_view
@READ_OR_SEND
def retire(request, course):
    """Who is inside and what speaks against it, then the day and the reason."""
    form = RetireForm(request.POST or None, today=request.today)
    if request.method == "POST" and form.is_valid():
        try:
            actions.retire_course(course=course, **form.cleaned_data, at=request.now, by=request.user)
        except actions.EditingRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The course is retired. What was learned in it stays."))
            return redirect("kept_courses:course", course.slug)
    context = {
        "form": form,
        "objections": actions.objections_to_retiring(course, request.today),
        "inside": Enrolment.objects.filter(course=course).open().count(),
        "completed": Enrolment.objects.filter(course=course, completed_on__isnull=False).count(),
    }
    return show(request, "course_retire", course, _("Retire the course"), context, 400 if form.errors else 200)

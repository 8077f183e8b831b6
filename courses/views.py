"""Lessons as their learner sees them: private, with progress and one button that leads on."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from courses import rules
from courses.actions import NotOpenYet, complete_lesson, enrol, open_lesson, tick_lines
from courses.lesson_parts import checklists
from courses.models import Course, Enrolment
from courses.opening import missing_first
from courses.path import CoursePath
from courses.words import lesson_page
from institutions.permissions import person_required
from institutions.templatetags.conduct import localnum


def own_enrolment(request, pk):
    """The viewer's own enrolment; anybody else's is not there."""
    enrolments = Enrolment.objects.of(request.scope.person).select_related("course__quiz")
    return get_object_or_404(enrolments, pk=pk)


@person_required
@require_http_methods(["GET", "HEAD"])
def learning(request):
    """To where the learner left off, in the course that is most urgent; says so if nothing is open."""
    enrolments = Enrolment.objects.of(request.scope.person)
    enrolment = enrolments.open().most_urgent_first().first()
    if enrolment is None:
        return render(request, "courses/learning.html", {"completed": enrolments.select_related("course")})
    return _onward(enrolment, None if enrolment.trained_on else CoursePath(enrolment).resume())


def _onward(enrolment, part):
    if part is None:
        return redirect("courses:quiz", enrolment.pk)
    return redirect("courses:lesson", enrolment.pk, part.slug)


@person_required
@require_http_methods(["GET", "HEAD", "POST"])
def lesson(request, pk, slug):
    """One lesson; its button completes it and opens the next part."""
    enrolment = own_enrolment(request, pk)
    path = CoursePath(enrolment)
    this = _lesson_of(path, slug)
    page = lesson_page(this)
    try:
        if page and request.method == "POST":
            return _complete(request, path, this)
        if page and this.pk not in path.done and path.at != this.pk:
            open_lesson(enrolment=enrolment, lesson=this, at=request.now, by=request.user)
    except NotOpenYet:
        return _not_open(request, path, this)
    progress = path.progress.get(this.pk)
    context = {
        "enrolment": enrolment,
        "lesson": this,
        "words": page,
        "parts": page.parts(person=request.scope.person, day=request.today) if page else [],
        "ticks": progress.ticks if progress else [],
        "number": path.number(this),
        "total": len(path.lessons),
        "done": len(path.done),
        "is_done": this.pk in path.done,
        "is_optional": path.is_optional(this),
        "previous": path.before(this),
        "following": path.after(this),
    }
    return render(request, "courses/lesson.html", context)


def _lesson_of(path, slug):
    found = path.lesson(slug)
    if found is None:
        raise Http404
    return found


def _complete(request, path, this):
    progress = complete_lesson(enrolment=path.enrolment, lesson=this, at=request.now, by=request.user)
    if progress.completed_at == request.now and rules.is_far_below(progress.seconds, this.min_minutes):
        sentence = ngettext(
            "You went through this lesson very fast; it needs about %(shown)s minute. Read it again if you like: "
            "the quiz asks about it.",
            "You went through this lesson very fast; it needs about %(shown)s minutes. Read it again if you like: "
            "the quiz asks about it.",
            this.min_minutes,
        )
        messages.warning(request, sentence % {"shown": localnum(this.min_minutes)})
    return _onward(path.enrolment, path.after(this))


def _not_open(request, path, this):
    """What comes before this lesson: an earlier lesson of the order, or another course."""
    context = {
        "enrolment": path.enrolment,
        "title": path.title(this),
        "first": path.opens_after(this),
        "missing": missing_first(path.enrolment),
    }
    return render(request, "courses/not_open.html", context)


@person_required
@require_http_methods(["POST"])
def lesson_ticks(request, pk, slug):
    """Keep which lines of one checklist of the lesson are ticked, and go back to it."""
    enrolment = own_enrolment(request, pk)
    path = CoursePath(enrolment)
    this = _lesson_of(path, slug)
    lists = checklists(lesson_page(this))
    offered = lists.get(request.POST.get("list"))
    if offered is None:
        raise Http404
    try:
        tick_lines(
            enrolment=enrolment,
            lesson=this,
            offered=offered,
            chosen=set(request.POST.getlist("line")),
            at=request.now,
            by=request.user,
        )
    except NotOpenYet:
        return _not_open(request, path, this)
    messages.success(request, _("Your ticks are kept."))
    address = reverse("courses:lesson", args=[enrolment.pk, this.slug])
    return redirect(f"{address}#list-{list(lists).index(request.POST['list']) + 1}")


@person_required
@require_http_methods(["POST"])
def take_first(request, pk, course):
    """Begin a course that another one asks for first."""
    enrolment = own_enrolment(request, pk)
    asked = {each for group in enrolment.asks_first for each in group["courses"]}
    found = get_object_or_404(Course, pk__in=asked, slug=course)
    taken = enrol(person=request.scope.person, course=found, day=request.today)
    return _onward(taken, None if taken.trained_on else CoursePath(taken).resume())

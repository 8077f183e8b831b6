"""Lessons as their learner sees them: private, with progress and one button that leads on."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from courses.actions import complete_lesson, open_lesson
from courses.models import Enrolment
from courses.path import CoursePath
from courses.words import lesson_page
from institutions.permissions import person_required


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
    return _onward(enrolment, None if enrolment.trained_on else CoursePath(enrolment).after())


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
    this = path.lesson(slug)
    if this is None:
        raise Http404
    page = lesson_page(this)
    if page and request.method == "POST":
        complete_lesson(enrolment=enrolment, lesson=this, at=request.now, by=request.user)
        return _onward(enrolment, path.after(this))
    if page and this.pk not in path.progress:
        open_lesson(enrolment=enrolment, lesson=this, at=request.now, by=request.user)
    context = {
        "enrolment": enrolment,
        "lesson": this,
        "words": page,
        "number": path.number(this),
        "total": len(path.lessons),
        "done": len(path.done),
        "is_done": this.pk in path.done,
        "previous": path.before(this),
        "following": path.after(this),
    }
    return render(request, "courses/lesson.html", context)

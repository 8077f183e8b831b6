"""The trainer's pages: who has used up their tries, and what one person is given beyond the limits."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from courses.actions import LearningRefused, grant_override
from courses.models import AttemptOverride, Enrolment
from courses.models.learning import OPEN_TRIES
from courses.quiz_words import limits_in_words
from courses.trainer_forms import OverrideForm
from courses.tries import Tries
from institutions.models import Institution, Person, Post
from institutions.permissions import can_see_people, role_required

A_PAGE, LATELY = 50, 10


@role_required(*OPEN_TRIES)
@require_http_methods(["GET", "HEAD"])
def tries(request):
    """Those who may start no further try, longest waiting first, and what was given lately."""
    waiting = Enrolment.objects.answerable_by(request.scope).with_tries_used_up().with_fast_lessons()
    waiting = waiting.select_related("person", "course").order_by("ended_at", "pk")
    page = Paginator(waiting, A_PAGE).get_page(request.GET.get("page"))
    places = _places_of(request.scope, [enrolment.person_id for enrolment in page])
    for enrolment in page:
        enrolment.place = places.get(enrolment.person_id)
    given = AttemptOverride.objects.answerable_by(request.scope)
    context = {
        "page_obj": page,
        "given": given.select_related("enrolment__person", "enrolment__course")[:LATELY],
    }
    return render(request, "courses/tries.html", context)


def _places_of(scope, people):
    """Person id → the institution in the viewer's scope where the person serves today; two queries."""
    acting = scope.acting_as(*OPEN_TRIES)
    posts = Post.objects.visible_to(acting).serving_on(scope.today).filter(person__in=people).order_by("-pk")
    held = dict(posts.values_list("person", "institution"))
    institutions = Institution.objects.in_bulk(held.values())
    return {person: institutions[institution] for person, institution in held.items()}


@role_required(*OPEN_TRIES)
@require_http_methods(["GET", "HEAD", "POST"])
def override_new(request, pk):
    """Give one person more under one enrolment, for a reason that stays."""
    enrolments = Enrolment.objects.answerable_by(request.scope).with_fast_lessons()
    enrolments = enrolments.select_related("person", "course__quiz")
    enrolment = get_object_or_404(enrolments, pk=pk)
    current = Tries(enrolment, request.now, enrolment.course.quiz)
    form = OverrideForm(request.POST or None, limits=enrolment.course.quiz.limits, today=request.today)
    place = _places_of(request.scope, [enrolment.person_id])[enrolment.person_id]
    if request.method == "POST" and form.is_valid():
        return _grant(request, enrolment, place, form.cleaned_data)
    context = {
        "enrolment": enrolment,
        "place": place,
        "form": form,
        "in_words": limits_in_words(current.limits),
        "attempts": enrolment.attempts.with_mark().order_by("number"),
        "given": enrolment.overrides.all(),
        "next_try": current.next,
    }
    return render(request, "courses/override.html", context, status=400 if form.errors else 200)


def _grant(request, enrolment, place, given):
    try:
        grant_override(enrolment=enrolment, at=request.now, by=request.user, institution=place, **given)
    except LearningRefused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("It is in the register and holds from now on."))
    if can_see_people(request.scope) and Person.objects.visible_to(request.scope).filter(pk=enrolment.person_id):
        return redirect("certification:person", enrolment.person_id)
    return redirect("courses:tries")

"""The page that plays a package, the files that go into its sandbox, and the door for what it reports."""

import json

from csp.decorators import csp_update
from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from courses.actions import LearningRefused
from courses.actions.scorm import LaunchSuperseded, launch_package, save_result
from courses.path import CoursePath
from courses.scorm import serving
from courses.scorm.data_model import MAX_BODY, ResultRefused, read_result
from courses.views import own_enrolment
from institutions.permissions import person_required


def _own_lesson(request, pk, slug):
    enrolment = own_enrolment(request, pk)
    path = CoursePath(enrolment)
    lesson = path.lesson(slug)
    if lesson is None:
        raise Http404
    return enrolment, path, lesson


@person_required
@require_safe
@csp_update({"frame-src": ["'self'"]})
def package(request, pk, slug):
    """The package of one's own lesson, where it was left; the newest page opened is the one that saves."""
    enrolment, path, lesson = _own_lesson(request, pk, slug)
    try:
        state = launch_package(enrolment=enrolment, lesson=lesson, at=request.now, by=request.user)
    except LearningRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("courses:lesson", enrolment.pk, slug)
    if state is None:
        raise Http404
    context = {
        "enrolment": enrolment,
        "lesson": lesson,
        "title": path.title(lesson),
        "package": state.package,
        "state": state,
        "address": serving.launch_address(state.package, request.now),
        "given": json.dumps(serving.given(state)),
        "sandbox": serving.SANDBOX,
    }
    return render(request, "courses/package.html", context)


@person_required
@require_POST
def package_state(request, pk, slug):
    """Take in a report of one's own package: {launch, cmi}; says in JSON whether it is kept."""
    enrolment, _path, lesson = _own_lesson(request, pk, slug)
    try:
        launch, cmi = _sent(request)
        state = save_result(
            enrolment=enrolment,
            lesson=lesson,
            launch_key=launch,
            result=read_result(cmi),
            at=request.now,
            by=request.user,
        )
    except ResultRefused as refusal:
        return JsonResponse({"error": str(refusal)}, status=400)
    except LaunchSuperseded as refusal:
        return JsonResponse({"error": str(refusal), "over": True}, status=409)
    except LearningRefused as refusal:
        return JsonResponse({"error": str(refusal)}, status=409)
    return JsonResponse({"status": state.status, "is_done": state.is_done})


def _sent(request):
    """(launch key, elements) of the body; anything else is refused before it is read far."""
    if int(request.headers.get("Content-Length") or 0) > MAX_BODY:
        raise ResultRefused(_("The result is too large to be kept."))
    try:
        sent = json.loads(request.body)
        return str(sent["launch"]), sent["cmi"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ResultRefused(_("The result cannot be read.")) from error


@require_safe
def package_file(request, token, path):
    """A file of a package, for whoever holds an address that is still good; no cookie is read and none is set."""
    found = serving.package_of(token, request.now)
    place = serving.file_of(found, path) if found else None
    if place is None:
        raise Http404
    return serving.answer(request, place, token)

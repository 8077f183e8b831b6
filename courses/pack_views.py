"""Courses on paper: the pack for everybody, the one with questions and the sheet with the answers for trainers."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from courses.pack import course_pack, course_page, trainer_sheet
from courses.permissions import may_see_key
from institutions.audit import record
from institutions.models import Role
from institutions.permissions import role_required


def _page_or_404(slug):
    page = course_page(slug)
    if page is None:
        raise Http404
    return page


def _options(request):
    return {
        "day": request.today,
        "address": request.build_absolute_uri,
        "demonstration": settings.CONDUCT_DEMO,
    }


def _answer(pack, name):
    response = HttpResponse(pack.pdf(), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response


@require_safe
def pack(request, slug):
    """The lessons of a course and the articles they cite; public and kept by caches, as the lessons are."""
    request.public_page = True
    page = _page_or_404(slug)
    made = course_pack(page, **_options(request))
    etag = f'"{made.digest}"'
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponse(status=304, headers={"Cache-Control": "public, max-age=300"})
    else:
        response = _answer(made, slug)
    response["ETag"] = etag
    return response


def _trained_page(request, slug):
    page = _page_or_404(slug)
    if not may_see_key(request.scope, page.course):
        raise Http404
    return page


@role_required(Role.Kind.TRAINER)
@require_safe
def pack_with_questions(request, slug):
    """The pack with the questions at its end, without their answers."""
    page = _trained_page(request, slug)
    return _answer(course_pack(page, with_questions=True, **_options(request)), f"{slug}-questions")


@role_required(Role.Kind.TRAINER)
@require_safe
def pack_key(request, slug):
    """The right answers, for the trainer alone; who took them stays in the record."""
    page = _trained_page(request, slug)
    record(verb="courses.print_key", subject=f"course:{page.course_id}", at=request.now, by=request.user)
    return _answer(trainer_sheet(page, **_options(request)), f"{slug}-answers")

"""The transcript of a person's learning: one's own, and that of the people of an HR unit."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from courses.transcript import transcript_of, transcript_pdf
from institutions.audit import record
from institutions.models import Person, Role
from institutions.permissions import person_required, role_required


def _answer(request, person):
    made = transcript_of(request.scope, person)
    content = transcript_pdf(made, at=request.now, demonstration=settings.CONDUCT_DEMO)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="transcript-{person.pk}.pdf"'
    return response


@person_required
@require_safe
def own_transcript(request):
    """What the viewer has learned."""
    return _answer(request, request.scope.person)


@role_required(Role.Kind.HR, Role.Kind.REGISTRAR)
@require_safe
def transcript(request, pk):
    """What a person of the viewer's institutions has learned; who looked stays in the record."""
    person = get_object_or_404(Person.objects.visible_to(request.scope), pk=pk)
    record(verb="courses.print_transcript", subject=f"person:{person.pk}", at=request.now, by=request.user)
    return _answer(request, person)

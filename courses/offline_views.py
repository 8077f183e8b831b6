"""A course without a link: its copy for the phone, the page that shows it, and the answers that come back."""

from django.http import JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from courses.actions import LearningRefused, take_offline_answers
from courses.models import Attempt
from courses.offline import copy_of, owner_key
from courses.offline_answers import NotReadable, read_parcel
from courses.views import own_enrolment
from institutions.permissions import person_required


@require_http_methods(["GET", "HEAD"])
def offline(request):
    """The page that shows what a phone has saved: the same for everybody, filled by its script."""
    request.public_page = True
    return render(request, "courses/offline.html")


@person_required
@require_http_methods(["GET", "HEAD"])
def offline_contact(request):
    """Whose copies may be shown and sent now, and the token that sending needs."""
    return JsonResponse({"owner": owner_key(request.user), "csrf": get_token(request)})


@person_required
@require_http_methods(["GET", "HEAD"])
def offline_copy(request, pk):
    """The lessons of the viewer's own enrolment, with the open attempt where it has no time limit."""
    return JsonResponse(copy_of(own_enrolment(request, pk), owner=owner_key(request.user), at=request.now))


@person_required
@require_http_methods(["POST"])
def offline_answers(request, pk):
    """Answers given without a link; says of each what became of it."""
    enrolment = own_enrolment(request, pk)
    try:
        copy, given = read_parcel(request.body)
        attempts = Attempt.objects.visible_to(request.scope).filter(enrolment=enrolment)
        attempt = get_object_or_404(attempts, pk=copy.attempt_id)
        judged = take_offline_answers(attempt=attempt, copy=copy, given=given, at=request.now)
    except (NotReadable, LearningRefused) as refusal:
        return JsonResponse({"error": str(refusal)}, status=400)
    answers = [
        {
            "id": row.client_id.hex,
            "position": row.position,
            "verdict": row.verdict,
            "words": str(row.get_verdict_display()),
        }
        for row in judged
    ]
    return JsonResponse({"answers": answers})

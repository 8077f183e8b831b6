"""Learning that happened elsewhere: evidence brought in by one person, decided on by another."""

from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from courses.actions import LearningRefused
from courses.models import PriorLearning
from courses.models.sessions import PLANNERS
from courses.seating import people_named
from courses.session_actions import claim_prior_learning, decide_prior_learning
from courses.session_forms import PriorDecisionForm, PriorLearningForm
from institutions.permissions import role_required
from institutions.uploads import SCAN_TYPES

SHOWN = 100


def _claims(request):
    claims = PriorLearning.objects.visible_to(request.scope)
    return claims.select_related("person", "enrolment__course", "decision", "claimed_by")


@role_required(*PLANNERS)
def prior_list(request):
    """What waits for a decision, and what was decided."""
    claims = _claims(request)
    context = {
        "waiting": claims.undecided(),
        "decided": claims.filter(decision__isnull=False).order_by("-decision__decided_at")[:SHOWN],
    }
    return render(request, "courses/prior_list.html", context)


@role_required(*PLANNERS)
def prior_new(request):
    """Bring in evidence for one person and one course."""
    form = PriorLearningForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and _claim(request, form):
        messages.success(request, _("The evidence is kept. Somebody else decides on it now."))
        return redirect("courses:prior_list")
    return render(request, "courses/prior_new.html", {"form": form})


def _claim(request, form):
    data = form.cleaned_data
    named = people_named(request.scope, [data["number"]])
    if len(named.people) != 1:
        sentence = _("No person of your institutions has this staff number: %(numbers)s")
        form.add_error("number", sentence % {"numbers": data["number"]})
        return False
    try:
        claim_prior_learning(
            person=named.people[0],
            course=data["course"],
            learned_on=data["learned_on"],
            what=data["what"],
            evidence=data["evidence"],
            at=request.now,
            by=request.user,
        )
    except LearningRefused as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


@role_required(*PLANNERS)
def prior(request, pk):
    """One piece of evidence, and the decision of somebody who did not bring it in."""
    claim = get_object_or_404(_claims(request), pk=pk)
    form = PriorDecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            decide_prior_learning(claim=claim, at=request.now, by=request.user, **form.cleaned_data)
            messages.success(request, _("The decision is recorded."))
            return redirect("courses:prior_list")
        except LearningRefused as refusal:
            form.add_error(None, str(refusal))
    may_decide = claim.claimed_by_id != request.user.pk and claim.person.user_id != request.user.pk
    return render(request, "courses/prior.html", {"claim": claim, "form": form, "may_decide": may_decide})


@role_required(*PLANNERS)
def prior_evidence(request, pk):
    """The scan itself, for those who may see the claim."""
    claim = get_object_or_404(_claims(request), pk=pk)
    kind = claim.evidence.name.rsplit(".", 1)[-1]
    if kind not in SCAN_TYPES or not claim.evidence.storage.exists(claim.evidence.name):
        raise Http404
    response = FileResponse(claim.evidence.open("rb"), content_type=SCAN_TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="evidence-{claim.pk}.{kind}"'
    return response

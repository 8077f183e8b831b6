"""Moving a case: the next step, the decision, the end, a referral."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from discipline.actions import CaseRefused, add_stage, decide, finalise, record_view, refer
from discipline.articles import measure_line, other_measures
from discipline.casefile import open_file
from discipline.forms import DecisionForm, FinalForm, ReferralForm, StageForm
from discipline.models import StageKind
from discipline.permissions import can_make_final
from discipline.views.cases import visible_case
from institutions.models import Role
from institutions.permissions import role_required

ACTIONS = {StageKind.DECISION: decide, StageKind.FINAL: finalise}


@role_required(Role.Kind.DISCIPLINE)
@require_safe
def stage_new(request, reference):
    """Which step comes next; straight to it where there is only one."""
    case = visible_case(request, reference)
    record_view(case=case, at=request.now, by=request.user, page="steps")
    file = open_file(case)
    options = file.options(request.today)
    if len(options) == 1 and options[0].is_open:
        return redirect("discipline:stage", case.reference, options[0].kind)
    return render(request, "discipline/stage_new.html", {"case": case, "file": file, "options": options})


@role_required(Role.Kind.DISCIPLINE)
@require_http_methods(["GET", "HEAD", "POST"])
def stage(request, reference, kind):
    """Record one step."""
    case = visible_case(request, reference)
    if kind not in StageKind.values or kind == StageKind.RECORDED:
        raise Http404
    file = open_file(case)
    if request.method == "POST":
        form = _form(request, file, kind, request.POST)
        if form.is_valid() and _record(request, case, kind, form):
            return redirect("discipline:case", case.reference)
    else:
        option = file.option(kind, request.today)
        if option is None or not option.is_open:
            return redirect("discipline:stage_new", case.reference)
        form = _form(request, file, kind, None)
    record_view(case=case, at=request.now, by=request.user, page="step")
    return render(request, f"discipline/{_template(kind)}.html", _facts(request, file, kind, form))


def _template(kind):
    return "decision_new" if kind == StageKind.DECISION else "stage_form"


def _form(request, file, kind, data):
    initial = {"on_day": request.today}
    if kind == StageKind.DECISION:
        others = other_measures(file)
        return DecisionForm(data, initial=initial, kind=kind, request=request, file=file, others=others)
    if kind == StageKind.FINAL:
        return FinalForm(data, initial=initial, kind=kind, request=request)
    return StageForm(data, initial=initial, kind=kind)


def _facts(request, file, kind, form):
    return {
        "case": file.case,
        "file": file,
        "kind": StageKind(kind),
        "form": form,
        "stipulated": [measure_line(measure) for measure in file.stipulated],
        "is_final": kind == StageKind.FINAL,
        "needs_second_officer": kind == StageKind.FINAL and not can_make_final(request.user, file.decision),
    }


def _record(request, case, kind, form):
    """True if the step was recorded; else the form says why not."""
    facts = {name: value for name, value in form.cleaned_data.items() if name != "password"}
    if kind not in ACTIONS:
        facts["kind"] = kind
    try:
        ACTIONS.get(kind, add_stage)(case=case, **facts, at=request.now, by=request.user)
    except CaseRefused as refusal:
        form.refuse(refusal)
        return False
    messages.success(request, _("The step is recorded."))
    return True


@role_required(Role.Kind.DISCIPLINE)
@require_http_methods(["GET", "HEAD", "POST"])
def referral_new(request, reference):
    """Record that the police or the prosecutor was told."""
    case = visible_case(request, reference)
    form = ReferralForm(request.POST or None, initial={"referred_on": request.today})
    if request.method == "POST" and form.is_valid():
        try:
            refer(case=case, **form.cleaned_data, at=request.now, by=request.user)
        except CaseRefused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The referral is recorded."))
            return redirect("discipline:case", case.reference)
    record_view(case=case, at=request.now, by=request.user, page="referral")
    return render(request, "discipline/referral_new.html", {"case": case, "form": form})

"""The list of cases, a case, and who looked at it."""

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from discipline import rules
from discipline.access import viewings_of
from discipline.actions import record_list_view, record_view
from discipline.articles import measure_line, words_of
from discipline.casefile import open_file
from discipline.forms import CaseFilterForm
from discipline.models import Case, StageKind
from institutions.models import Post, Role
from institutions.permissions import role_required

CASES_A_PAGE = 20
VIEWINGS_BESIDE = 5
VIEWINGS_A_PAGE = 50

STANDING_SHAPES = {
    rules.Standing.ALLEGED: "st-go",
    rules.Standing.DECIDED: "st-due",
    rules.Standing.BREACH: "st-end",
    rules.Standing.UNFOUNDED: "st-ok",
}


def visible_case(request, reference):
    """The case, if it is inside the officer's subtree and not the officer's own; else there is no such page."""
    cases = Case.objects.visible_to(request.scope).select_related(
        "person", "institution", "article__edition__code__sector", "opened_by__person"
    )
    return get_object_or_404(cases, reference=reference)


@role_required(Role.Kind.DISCIPLINE)
@require_safe
def case_list(request):
    """Cases of the officer's subtree, by step and sector; with ?show=overdue those whose term ran out."""
    form = CaseFilterForm(request.GET)
    stage, sector = form.chosen("stage"), form.chosen("sector")
    overdue = request.GET.get("show") == "overdue"
    cases = Case.objects.visible_to(request.scope).with_latest_stage()
    if stage:
        cases = cases.at_stage(stage)
    if sector:
        cases = cases.in_sector(sector)
    if overdue:
        cases = cases.overdue_on(request.today)
    cases = cases.select_related("person", "institution", "article__edition__code__sector")
    page = Paginator(cases, CASES_A_PAGE).get_page(request.GET.get("page"))
    rows = [_row(case, request.today) for case in page.object_list]
    record_list_view(
        cases=[row["case"] for row in rows],
        at=request.now,
        by=request.user,
        show="overdue" if overdue else "all",
        stage=stage,
        sector=sector,
    )
    facts = {"form": form, "page_obj": page, "rows": rows, "overdue": overdue, "filtered": stage or sector or overdue}
    return render(request, "discipline/case_list.html", facts)


def _row(case, today):
    return {
        "case": case,
        "step": StageKind(case.stage_kind).label,
        "clock": rules.clock_on(today, case.stage_kind, case.due_on),
    }


@role_required(Role.Kind.DISCIPLINE)
@require_safe
def case(request, reference):
    """A case with its steps, referrals, the rights of the person and who looked at it."""
    found = visible_case(request, reference)
    record_view(case=found, at=request.now, by=request.user)
    file = open_file(found)
    posts = Post.objects.visible_to(request.scope.acting_as(Role.Kind.DISCIPLINE)).of(found.person)
    viewings = viewings_of(found)
    options = file.options(request.today)
    return render(
        request,
        "discipline/case.html",
        {
            "case": found,
            "file": file,
            "shape": STANDING_SHAPES[file.standing],
            "clock": file.clock(request.today),
            "day_number": (request.today - file.stages[0].on_day).days + 1,
            "posts": posts.serving_on(found.incident_on).select_related("position", "institution", "staff_number"),
            "words": words_of([found.article.edition_id]).get((found.article.edition_id, str(found.article.key))),
            "stipulated": [measure_line(measure) for measure in file.stipulated],
            "steps": _steps(file),
            "options": options,
            "can_move": any(option.is_open for option in options),
            "precaution": file.latest_of(StageKind.PRECAUTIONARY),
            "rights": _rights(file),
            "viewings": viewings[:VIEWINGS_BESIDE],
            "viewings_count": viewings.count(),
        },
    )


def _steps(file):
    """The steps that were taken, with the working days that the screening took."""
    recorded = file.stages[0].on_day
    return [
        {
            "stage": stage,
            "label": StageKind(stage.kind).label,
            "is_latest": stage == file.latest,
            "working_days": rules.working_days_between(recorded, stage.on_day)
            if stage.kind == StageKind.SCREENING
            else None,
            "decision": stage.decision if stage.kind == StageKind.DECISION else None,
        }
        for stage in file.stages
    ]


def _rights(file):
    """Which guarantees of the person the steps have met so far."""
    met = set(file.history)
    return {
        "told": StageKind.CHARGES in met,
        "heard": StageKind.DEFENCE in met,
        "notified": StageKind.NOTIFIED in met,
        "final": StageKind.FINAL in met,
    }


@role_required(Role.Kind.DISCIPLINE)
@require_safe
def case_access(request, reference):
    """Everybody who looked at the case, newest first."""
    found = visible_case(request, reference)
    record_view(case=found, at=request.now, by=request.user, page="access")
    page = Paginator(viewings_of(found), VIEWINGS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "discipline/case_access.html", {"case": found, "page_obj": page})

"""Hand-over when an HR clerk has gone: units without one, and what waits in a unit."""

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render

from certification.todo import tasks_of
from institutions.handover import narrowed
from institutions.models import Institution
from institutions.permissions import SEES_PEOPLE, role_required
from institutions.vacancies import units_without_clerk

A_PAGE = 50


@role_required(*SEES_PEOPLE)
def vacancy_list(request):
    """Units below the viewer whose last HR clerk has gone."""
    here = narrowed(request)
    page = Paginator(units_without_clerk(here.scope), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "certification/vacancy_list.html", {"page_obj": page, "unit": here.unit})


@role_required(*SEES_PEOPLE)
def unit_todo(request, code):
    """What waits in one unit, for whoever stands in for its HR clerk."""
    units = Institution.objects.visible_to(request.scope.acting_as(*request.scope.names_kinds))
    unit = get_object_or_404(units, code=code)
    tasks = tasks_of(request.scope.within(unit), unit)
    return render(request, "certification/unit_todo.html", {"unit": unit, "tasks": tasks})

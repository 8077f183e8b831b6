"""HR's list of institutions where nobody has a required duty, the same as a workbook, and the way to give the duty."""

import io

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from institutions.actions import RegisterRefused, designate_person, end_designation
from institutions.audit import record
from institutions.by_hand_views import person_or_404
from institutions.duties import candidates, institutions_without, posts_of_today, required_of
from institutions.duty_forms import DutyEndForm, DutyFilter, DutyForm, PersonDutyForm
from institutions.import_views import as_file
from institutions.models import Designation, Institution
from institutions.permissions import SEES_PEOPLE, role_required
from institutions.workbooks import Column, write_workbook

A_PAGE = 50


@role_required(*SEES_PEOPLE)
def duty_list(request):
    """Institutions without somebody for the duty that theirs asks for, by their place in the tree."""
    form = DutyFilter(request.GET, scope=request.scope)
    if not form.is_valid():
        return render(request, "institutions/duty_list.html", {"form": form}, status=400)
    found = institutions_without(request.scope, form.unit_chosen)
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page_obj": page, "rows": [(place, _duty_of(place)) for place in page]}
    return render(request, "institutions/duty_list.html", context)


def _duty_of(place):
    return Designation.Kind(required_of(place).duty).label


@role_required(*SEES_PEOPLE)
def duty_workbook(request):
    """The list as .xlsx, of the same institution, in the language of the page."""
    form = DutyFilter(request.GET, scope=request.scope)
    if not form.is_valid():
        return redirect("institutions:duty_list")
    found = list(institutions_without(request.scope, form.unit_chosen))
    facts = {"institution": form.unit_chosen, "rows": len(found)}
    record(verb="institutions.export_duties", subject="duties", at=request.now, by=request.user, **facts)
    file = io.BytesIO()
    write_workbook(
        file,
        columns=_columns(),
        rows=map(_cells, found),
        title=_("Institutions without a designated person"),
        sheet_title=_("Duties"),
        notes=[(_("As of"), request.today)],
        demonstration=settings.CONDUCT_DEMO,
        language=get_language(),
    )
    return as_file(file.getvalue(), f"duties-{request.today.isoformat()}.xlsx")


def _cells(place):
    area = place.area.code if place.area else ""
    return place.code, place.name, place.name_latin, area, str(_duty_of(place)), place.serving


def _columns():
    return (
        Column(key="code", heading=_("Code")),
        Column(key="name", heading=_("Institution"), width=40),
        Column(key="name_latin", heading=_("Name in Latin letters"), width=40),
        Column(key="area", heading=_("Code of the area"), width=12),
        Column(key="duty", heading=_("Designation"), width=36),
        Column(key="serving", heading=_("People who serve there"), kind="integer", width=12),
    )


@role_required(*SEES_PEOPLE)
def duty_give(request, code):
    """Give somebody who serves at the institution the duty that it asks for."""
    places = Institution.objects.visible_to(request.scope.acting_as(*SEES_PEOPLE)).open_on(request.today)
    place = get_object_or_404(places, code=code)
    if required_of(place) is None:
        raise Http404
    posts = candidates(request.scope, place)
    form = DutyForm(request.POST or None, posts=posts, today=request.today)
    if request.method == "POST" and form.is_valid():
        facts = {"kind": required_of(place).duty, "starts_on": form.cleaned_data["starts_on"]}
        try:
            designate_person(person=form.chosen.person, institution=place, at=request.now, by=request.user, **facts)
        except RegisterRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The duty is given and on record."))
            return redirect("institutions:duty_list")
    context = {"place": place, "duty": _duty_of(place), "sex": required_of(place).sex, "form": form, "posts": posts}
    return render(request, "institutions/duty_give.html", context, status=400 if form.errors else 200)


@role_required(*SEES_PEOPLE)
def person_duty(request, pk):
    """Give somebody a duty in an institution of the viewer's where the person serves today."""
    person = person_or_404(request, pk)
    posts = posts_of_today(request.scope, person)
    if not posts:
        raise Http404
    form = PersonDutyForm(request.POST if request.method == "POST" else None, posts=posts, today=request.today)
    if request.method == "POST" and form.is_valid():
        facts = {key: form.cleaned_data[key] for key in ("kind", "starts_on")}
        try:
            designate_person(person=person, institution=form.institution, at=request.now, by=request.user, **facts)
        except RegisterRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The duty is given and on record."))
            return redirect("certification:person", pk=person.pk)
    context = {"person": person, "form": form}
    return render(request, "institutions/person_duty.html", context, status=400 if form.errors else 200)


@role_required(*SEES_PEOPLE)
def duty_end(request, pk):
    """End a duty that goes on; the post beside which it is carried stays."""
    duties = Designation.objects.visible_to(request.scope).filter(ends_on__isnull=True)
    duty = get_object_or_404(duties.select_related("person", "institution"), pk=pk)
    person_or_404(request, duty.person_id)
    form = DutyEndForm(request.POST if request.method == "POST" else None, duty=duty, today=request.today)
    if request.method == "POST" and form.is_valid():
        facts = {"ends_on": form.cleaned_data["ends_on"], "at": request.now, "by": request.user}
        try:
            end_designation(designation=duty, **facts)
        except RegisterRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The end of the duty is on record."))
            return redirect("certification:person", pk=duty.person_id)
    context = {"duty": duty, "form": form}
    return render(request, "institutions/duty_end.html", context, status=400 if form.errors else 200)

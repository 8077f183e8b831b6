"""HR's pages: the list of people, one person, an exemption, what waits to be done."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from certification.actions import exempt_person
from certification.filters import EVERYBODY, PersonFilter
from certification.forms import ExemptionForm
from certification.models import Certificate
from certification.people import A_PAGE, Selection, tops_of, waiting
from certification.permissions import may_exempt
from certification.personfile import file_of
from certification.timeline import timeline_of
from certification.todo import tasks_of
from courses.models import Enrolment
from institutions.audit import record
from institutions.models import Person, Role
from institutions.permissions import SEES_PEOPLE, own_rows, role_required


@role_required(*SEES_PEOPLE)
def person_list(request):
    """The people of the viewer's institutions, those that need something first; as many queries for 3 as for 3,000."""
    form = PersonFilter(request.GET, scope=request.scope)
    context = {"form": form, "tops": tops_of(request.scope)}
    if not form.is_valid():
        return render(request, "certification/person_list.html", context, status=400)
    chosen = form.chosen
    selection = Selection(request.scope, chosen)
    counts = selection.counts()
    page = selection.page(request.GET.get("page"))
    context |= {
        "chosen": chosen,
        "is_past": chosen.on < request.today,
        "chips": chips(chosen, counts),
        "in_use": filters_in_use(request, form, chosen),
        "waiting": waiting(counts),
        "everybody": sum(counts.values()),
        "page_obj": page,
        "lines": selection.lines(page.object_list),
    }
    return render(request, "certification/person_list.html", context)


def chips(chosen, counts):
    """One chip for what needs doing, one for each status that somebody has, one for everybody."""
    rows = [{"value": None, "label": _("Needs doing"), "count": waiting(counts), "current": not chosen.status}]
    rows += [
        {"value": status.value, "status": status, "count": count, "current": chosen.status == status}
        for status, count in counts.items()
        if count or chosen.status == status
    ]
    everybody = {"value": EVERYBODY, "label": _("Everybody"), "count": sum(counts.values())}
    return [*rows, everybody | {"current": chosen.status == EVERYBODY}]


def filters_in_use(request, form, chosen):
    """The filters that narrow the list beside the status, each with the address of the list without it."""
    data = form.cleaned_data
    shown = [
        ("q", _("Search"), chosen.q),
        ("sector", _("Sector"), data["sector"].label if data["sector"] else ""),
        ("unit", _("Institution"), form.unit_chosen.label if form.unit_chosen else ""),
        ("area", _("Area"), form.area_chosen.label if form.area_chosen else ""),
        ("contact", "", _("Without an HR contact") if chosen.contact else ""),
        ("on", _("As of the day"), chosen.on if chosen.on < request.today else ""),
    ]
    return [
        {"name": name, "label": label, "value": value, "url": _without(request, name)}
        for name, label, value in shown
        if value
    ]


def _without(request, name):
    query = request.GET.copy()
    for key in (name, "page", *(["unit_name"] if name == "unit" else [])):
        query.pop(key, None)
    return f"?{query.urlencode()}"


@role_required(*SEES_PEOPLE)
def person(request, pk):
    """One person, as far as the viewer may know; who looked stays in the record."""
    found = get_object_or_404(Person.objects.visible_to(request.scope), pk=pk)
    file = file_of(request.scope, found)
    record(
        verb="certification.view_person",
        subject=f"person:{found.pk}",
        at=request.now,
        by=request.user,
        institution=file.institution,
    )
    context = {"file": file, "may_exempt": may_exempt(request.scope, found), "merged_rows": found.merged_rows.all()}
    context["may_change"] = found.pk not in own_rows(request.scope)
    taken = Enrolment.objects.answerable_by(request.scope, SEES_PEOPLE).of(found).with_fast_lessons()
    taken = list(taken.select_related("course"))
    context["taking"] = [enrolment for enrolment in taken if enrolment.passed_on is None]
    context["hurried"] = [enrolment for enrolment in taken if enrolment.passed_on and enrolment.fast]
    return render(request, "certification/person_detail.html", context)


@role_required(*SEES_PEOPLE)
def person_timeline(request, pk):
    """The same facts in one list by day, to read or to print; who looked stays in the record."""
    found = get_object_or_404(Person.objects.visible_to(request.scope), pk=pk)
    file, days = timeline_of(request.scope, found)
    record(
        verb="certification.view_person",
        subject=f"person:{found.pk}",
        at=request.now,
        by=request.user,
        institution=file.institution,
    )
    return render(request, "certification/person_timeline.html", {"file": file, "days": days})


@role_required(Role.Kind.REGISTRAR)
def person_exempt(request, pk):
    """A registrar exempts a person of the ministry from a requirement for a while."""
    scope = request.scope.acting_as(Role.Kind.REGISTRAR)
    found = get_object_or_404(Person.objects.visible_to(scope), pk=pk)
    if not may_exempt(request.scope, found):
        raise Http404
    file = file_of(scope, found)
    form = ExemptionForm(
        request.POST or None, person=found, requirements=file.binding, initial={"starts_on": request.today}
    )
    if request.method == "POST" and form.is_valid():
        exempt_person(person=found, at=request.now, by=request.user, **form.cleaned_data)
        messages.success(request, _("The exemption is in the register. It holds from its first day."))
        return redirect("certification:person", pk=found.pk)
    context = {"file": file, "form": form}
    return render(request, "certification/person_exempt.html", context, status=400 if form.errors else 200)


@role_required(Role.Kind.REGISTRAR)
def proposed(request):
    """Certificates that rest on a pass which marking again took away; a registrar looks at each and decides."""
    certificates = Certificate.objects.visible_to(request.scope.acting_as(Role.Kind.REGISTRAR))
    found = certificates.proposed_for_revocation_on(request.today).exclude(person=request.scope.person)
    page = Paginator(found.select_related("person", "requirement"), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "certification/proposed.html", {"page_obj": page})


@role_required(*SEES_PEOPLE)
def todo(request):
    """Filtered lists of what waits, computed now."""
    return render(
        request, "certification/todo.html", {"tasks": tasks_of(request.scope), "tops": tops_of(request.scope)}
    )

"""HR's pages for giving access: one person, everybody of a unit, the slips themselves."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from institutions.access import access_to, without_access
from institutions.access_actions import issue_activations, revoke_activation
from institutions.access_forms import MOST_SLIPS, SlipsForm, WithoutAccessFilter
from institutions.access_slips import slips_pdf
from institutions.actions import RegisterRefused
from institutions.login_links import links_of
from institutions.models import Activation, Person
from institutions.permissions import SEES_PEOPLE, role_required

A_PAGE = 50


@role_required(*SEES_PEOPLE)
def access_list(request):
    """People of the viewer's who have never set a password; as many queries for 3 as for 3,000."""
    form = WithoutAccessFilter(request.GET, scope=request.scope)
    if not form.is_valid():
        return render(request, "institutions/access_list.html", {"form": form}, status=400)
    people = without_access(request.scope, form.unit_chosen).order_by("name_key", "pk")
    page = Paginator(people, A_PAGE).get_page(request.GET.get("page"))
    accesses = access_to(request.scope, page.object_list)
    context = {
        "form": form,
        "page_obj": page,
        "rows": list(zip(accesses, _open_slips(accesses), strict=True)),
        "most": MOST_SLIPS,
        "now": request.now,
    }
    return render(request, "institutions/access_list.html", context)


def _open_slips(accesses):
    """The open slip of each, or None."""
    people = [access.person for access in accesses]
    found = {slip.person_id: slip for slip in Activation.objects.open_of(people)}
    return [found.get(person.pk) for person in people]


@role_required(*SEES_PEOPLE)
@require_POST
def access_check(request):
    """Who gets a slip, who does not and why, before any slip is made."""
    people = _asked_for(request)
    if people is None:
        return redirect("institutions:access_list")
    accesses = access_to(request.scope, people)
    slips = dict(zip([access.person.pk for access in accesses], _open_slips(accesses), strict=True))
    given = [access for access in accesses if not access.refusal]
    context = {
        "given": given,
        "refused": [access for access in accesses if access.refusal],
        "replaced": sum(1 for access in given if slips[access.person.pk]),
        "seen": SlipsForm.seen_at(request.now),
    }
    return render(request, "institutions/access_check.html", context)


def _asked_for(request):
    """Those who were ticked, or everybody of the list; None, with a sentence, where that makes no sense."""
    if "everybody" in request.POST:
        form = WithoutAccessFilter(request.POST, scope=request.scope)
        people = without_access(request.scope, form.unit_chosen if form.is_valid() else None)
    else:
        keys = [key for key in request.POST.getlist("people") if key.isascii() and key.isdigit() and len(key) < 16]
        people = Person.objects.visible_to(request.scope).filter(pk__in=keys)
    people = list(people.order_by("name_key", "pk")[: MOST_SLIPS + 1])
    if not people:
        messages.error(request, _("Tick at least one person."))
        return None
    if len(people) > MOST_SLIPS:
        messages.error(request, _("Too many people at once. Choose a smaller institution."))
        return None
    return people


@role_required(*SEES_PEOPLE)
@require_POST
def access_slips(request):
    """The slips on paper, once; what could not be made is said on the page one came from."""
    form = SlipsForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Nothing was made. Choose the people again."))
        return redirect("institutions:access_list")
    keys = form.cleaned_data["people"]
    people = list(Person.objects.visible_to(request.scope).filter(pk__in=keys))
    try:
        if len(people) < len(set(keys)):
            raise RegisterRefused(_("You cannot give access to everybody of these. Look at the list again."))
        slips = issue_activations(
            scope=request.scope,
            people=people,
            seen_at=form.cleaned_data["seen"],
            ends_second_step=form.cleaned_data["ends_second_step"],
            at=request.now,
            by=request.user,
        )
    except RegisterRefused as refusal:
        messages.error(request, str(refusal))
        if len(keys) == 1 and people:
            return redirect("institutions:access_person", pk=people[0].pk)
        return redirect("institutions:access_list")
    return paper_of(request, slips)


def paper_of(request, slips):
    """The slips as a PDF, shown this once."""

    def address_of(token):
        return request.build_absolute_uri(reverse("institutions:activate_by_qr", args=[token]))

    content = slips_pdf(
        sorted(slips, key=lambda slip: slip.access.person.name_key),
        address=request.build_absolute_uri(reverse("institutions:activate")),
        address_of=address_of,
        at=request.now,
        demonstration=settings.CONDUCT_DEMO,
    )
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="access-slips.pdf"'
    return response


@role_required(*SEES_PEOPLE)
def access_person(request, pk):
    """Whether one person can log in, and the way to a slip, or who else can give one; sent, it takes a slip back."""
    found = get_object_or_404(Person.objects.visible_to(request.scope), pk=pk)
    access = access_to(request.scope, [found])[0]
    if request.method == "POST":
        return _take_back(request, access)
    context = {
        "access": access,
        "slip": _open_slips([access])[0],
        "links": links_of(found.user) if found.user and not access.refusal else [],
        "now": request.now,
        "form": SlipsForm(),
        "seen": SlipsForm.seen_at(request.now),
    }
    return render(request, "institutions/access_person.html", context)


def _take_back(request, access):
    """End the open slip of a person, where the viewer might issue one."""
    if access.refusal or not revoke_activation(access=access, at=request.now, by=request.user):
        messages.error(request, _("There is no slip of this person that you can take back."))
    else:
        messages.success(request, _("The slip can no longer be used."))
    return redirect("institutions:access_person", pk=access.person.pk)

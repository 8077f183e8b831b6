"""Personal codes for shared devices: HR chooses people and gets one slip for each, once."""

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from conduct_codes.actions import SigningRefused, issue_pins
from conduct_codes.pin_slips import pin_slips_pdf
from conduct_codes.pins import people_of, posts_shown
from conduct_codes.place_forms import UnitForm
from institutions.access_forms import SlipsForm
from institutions.models import Role
from institutions.permissions import role_required

A_PAGE = 40
"""As many at once as one request hashes in a few seconds."""


@role_required(Role.Kind.HR)
def pin_list(request):
    """The people of an institution and since when each has a code; the ticked ones get a new one on a printed slip."""
    form = UnitForm(request.GET, scope=request.scope)
    if not form.is_valid():
        asked = {"unit", "unit_name"} & set(request.GET)
        if not asked:
            form.errors.clear()
        return render(request, "conduct_codes/pin_list.html", {"form": form}, status=400 if asked else 200)
    scope = request.scope.acting_as(Role.Kind.HR)
    page = Paginator(people_of(scope, form.unit_chosen), A_PAGE).get_page(request.GET.get("page"))
    posts = posts_shown(scope, form.unit_chosen, page.object_list)
    problem = ""
    if request.method == "POST":
        ticked = set(request.POST.getlist("people"))
        chosen = [person for person in page.object_list if str(person.pk) in ticked]
        try:
            if chosen:
                return _slips(request, form.unit_chosen, chosen, posts)
            problem = _("Tick at least one person.")
        except SigningRefused as refusal:
            problem = str(refusal)
    lines = [(person, posts[person.pk]) for person in page.object_list]
    seen = SlipsForm.seen_at(request.now)
    context = {"form": form, "page_obj": page, "lines": lines, "problem": problem, "seen": seen}
    return render(request, "conduct_codes/pin_list.html", context, status=400 if problem else 200)


def _slips(request, unit, people, posts):
    """The slips as a file: the only place in which the digits ever stand."""
    seen_at = SlipsForm.moment_of(request.POST.get("seen", ""))
    issued = issue_pins(people=people, institution=unit, at=request.now, by=request.user, seen_at=seen_at)
    slips = [(each, posts[each.person.pk]) for each in issued]
    content = pin_slips_pdf(slips, at=request.now, demonstration=settings.CONDUCT_DEMO)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="personal-codes-{unit.code}.pdf"'
    return response

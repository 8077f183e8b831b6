"""Signatures on paper: HR records a scanned sheet, somebody else confirms or rejects each person on it."""

from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from conduct_codes.actions import PaperRefused, confirm_paper, record_sheet, reject_paper
from conduct_codes.models import PaperSheet
from conduct_codes.paper import MOST_ON_A_SHEET, Candidates, claims_of, sheets_of
from conduct_codes.paper_forms import DecisionForm, SheetForm
from conduct_codes.paper_sheet import paper_sheet_pdf
from conduct_codes.permissions import can_confirm, paper_is_allowed
from conduct_codes.place_forms import SheetPlaceForm
from institutions.audit import record
from institutions.models import Role
from institutions.permissions import role_required
from institutions.uploads import SCAN_TYPES

A_PAGE = 50


def paper_page(*kinds):
    """A page for these roles, which is not there on a site without signatures on paper."""

    def decorate(view):
        entered = role_required(*kinds)(view)

        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not paper_is_allowed():
                raise Http404
            return entered(request, *args, **kwargs)

        return guarded

    return decorate


@paper_page(Role.Kind.HR, Role.Kind.REGISTRAR)
def paper_list(request):
    """The sheets of the viewer's institutions, those that wait first; as many queries for 1 as for 1,000."""
    page = Paginator(sheets_of(request.scope), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "conduct_codes/paper_list.html", {"page_obj": page})


@paper_page(Role.Kind.HR)
def paper_new(request):
    """Where and when a sheet was signed; then who is on it, the witness and the scan."""
    place = SheetPlaceForm(request.GET, scope=request.scope)
    begun = "on" in request.GET
    context = {"place": place, "begun": begun}
    if not place.is_valid():
        if not begun:
            place.errors.clear()
        return render(request, "conduct_codes/paper_new.html", context, status=400 if begun else 200)
    candidates = _candidates(request, place)
    people = candidates.count()
    context |= {"people": people, "too_many": people > MOST_ON_A_SHEET, "most": MOST_ON_A_SHEET}
    if people and not context["too_many"]:
        texts = _texts(place.edition)
        form = SheetForm(request.POST or None, request.FILES or None, texts=texts, candidates=candidates.rows())
        if request.method == "POST" and form.is_valid():
            sheet = _record(request, place, form)
            if sheet:
                messages.success(request, _("The sheet is recorded. Somebody else confirms it now."))
                return redirect("conduct_codes:paper_sheet", sheet.pk)
        context["form"] = form
    return render(request, "conduct_codes/paper_new.html", context)


def _candidates(request, place):
    scope = request.scope.acting_as(Role.Kind.HR)
    return Candidates(scope, place.unit_chosen, place.edition, place.cleaned_data["on"])


def _texts(edition):
    """The newest text of each language, the authoritative one first."""
    newest = {text.language: text for text in edition.texts.order_by("revision")}
    for text in newest.values():
        text.edition = edition
    return sorted(newest.values(), key=lambda text: not text.is_authoritative)


def _record(request, place, form):
    """The sheet, or nothing and a sentence on the form."""
    facts = form.facts | {"unit": place.unit_chosen, "signed_on": place.cleaned_data["on"]}
    try:
        return record_sheet(at=request.now, by=request.user, **facts)
    except PaperRefused as refusal:
        form.add_error(None, str(refusal))


@paper_page(Role.Kind.HR)
def paper_print(request):
    """The sheet to sign by hand, with everybody of the institution who can be on it, or with empty lines."""
    place = SheetPlaceForm(request.GET, scope=request.scope)
    if not place.is_valid():
        return redirect(f"{reverse('conduct_codes:paper_new')}?{request.GET.urlencode()}")
    rows = _candidates(request, place).rows()[:MOST_ON_A_SHEET]
    record(
        verb="conduct_codes.print_paper",
        subject=f"code:{place.edition.code.slug}",
        at=request.now,
        by=request.user,
        institution=place.unit_chosen,
        people=len(rows),
    )
    text = place.edition.text_in(get_language())
    text.edition = place.edition
    facts = {"unit": place.unit_chosen, "at": request.now, "demonstration": settings.CONDUCT_DEMO}
    response = HttpResponse(paper_sheet_pdf(text, rows, **facts), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{place.edition.code.slug}-{place.unit_chosen.code}.pdf"'
    return response


@paper_page(Role.Kind.HR, Role.Kind.REGISTRAR)
def paper_sheet(request, pk):
    """One sheet: its scan, everybody on it, and the decision of somebody who did not record it."""
    sheet = get_object_or_404(sheets_of(request.scope), pk=pk)
    claims = list(claims_of(request.scope, sheet))
    mine = [claim for claim in claims if claim.waiting and can_confirm(request.scope, claim)]
    form = DecisionForm(request.POST or None, claims=mine) if mine else None
    if request.method == "POST" and form and form.is_valid() and _decide(request, form):
        messages.success(request, _("The decision is recorded."))
        return redirect("conduct_codes:paper_sheet", sheet.pk)
    context = {"sheet": sheet, "claims": claims, "form": form}
    return render(request, "conduct_codes/paper_sheet.html", context)


def _decide(request, form):
    """True, or a sentence on the form."""
    facts = {"claims": form.chosen, "at": request.now, "by": request.user}
    try:
        if form.cleaned_data["decision"] == "confirm":
            confirm_paper(**facts)
        else:
            reject_paper(reason=form.cleaned_data["reason"], **facts)
    except PaperRefused as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


@paper_page(Role.Kind.HR, Role.Kind.REGISTRAR)
def paper_scan(request, pk):
    """The scan itself, for those who may see the sheet; that it was opened is in the record."""
    sheet = get_object_or_404(PaperSheet.objects.visible_to(request.scope).select_related("unit"), pk=pk)
    if sheet.kind not in SCAN_TYPES or not sheet.scan.storage.exists(sheet.scan.name):
        raise Http404
    subject = f"paper-sheet:{sheet.pk}"
    record(verb="conduct_codes.open_scan", subject=subject, at=request.now, by=request.user, institution=sheet.unit)
    response = FileResponse(sheet.scan.open("rb"), content_type=SCAN_TYPES[sheet.kind])
    response["Content-Disposition"] = f'attachment; filename="sheet-{sheet.pk}.{sheet.kind}"'
    return response

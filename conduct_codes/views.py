"""Signing a code, the receipt, the permanent addresses of editions, and adoption."""

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from conduct_codes import adoption, confirming
from conduct_codes.actions import (
    AdoptionRefused,
    NewerEdition,
    SigningRefused,
    adopt_edition,
    sign_edition,
    text_to_sign,
)
from conduct_codes.confirming import Way
from conduct_codes.forms import AdoptionForm, SignForm, StatementsForm
from conduct_codes.models import Code, Edition, Repeal, SignOff, SignRequest
from conduct_codes.public_addresses import open_to_all
from conduct_codes.receipt_views import check_address
from conduct_codes.receipts import grouped
from conduct_codes.register import reviews_due
from conduct_codes.rules import STATEMENTS
from institutions.models import Role
from institutions.models.merges import is_of
from institutions.permissions import person_required, role_required


@person_required
def sign(request, pk):
    """The text in force, the statements and the confirmation of who signs: one's own request only."""
    person = request.scope.person
    requests = SignRequest.objects.of(person).select_related("edition__code__sector", "person")
    asked = get_object_or_404(requests, pk=pk)
    signed = SignOff.objects.of(person).filter(request=asked).first()
    if signed:
        return redirect("conduct_codes:receipt", signed.receipt)
    open_now = list(requests.open_on(request.today).about(asked.edition.code_id).order_by("due_on", "pk"))
    if not open_now:
        return render(request, "conduct_codes/sign_nothing.html", {"code": asked.edition.code})
    if asked not in open_now:
        messages.error(request, _("A newer text has come into force. Read it, then sign."))
        return redirect("conduct_codes:sign", open_now[0].pk)
    text = text_to_sign(asked, language=get_language(), day=request.today)
    newer = request.method == "POST" and not text.edition.texts.filter(sha256=_shown_hash(request)).exists()
    way = confirming.way_of(request)
    form = _newer_form(text) if newer else _sign_form(request, asked, text, way)
    if not newer and form.is_bound and form.is_valid():
        answer = _take_signature(request, asked, form, way)
        if answer:
            return answer
    confirmed = way == Way.AGAIN and confirming.has_confirmed(request, asked, text.sha256)
    context = {"asked": asked, "text": text, "form": form, "newer": newer, "way": way, "confirmed": confirmed}
    return render(request, "conduct_codes/sign.html", context)


def _take_signature(request, asked, form, way):
    """Where the signer goes next: to the receipt, to confirm first, or to the newer text; None with what is wrong."""
    facts = {name: form.cleaned_data[name] for name in ("text_sha256", "statements")}
    method = SignOff.Method.ONLINE
    if way == Way.AGAIN:
        if not confirming.has_confirmed(request, asked, facts["text_sha256"]):
            return confirming.ask_again(request, asked, **facts)
        method = SignOff.Method.CONFIRMED
    try:
        sign_off = sign_edition(request=asked, at=request.now, by=request.user, method=method, **facts)
        confirming.forget(request)
        return redirect("conduct_codes:receipt", sign_off.receipt)
    except NewerEdition as refusal:
        messages.error(request, str(refusal))
        return redirect("conduct_codes:sign", asked.pk)
    except SigningRefused as refusal:
        form.add_error(None, str(refusal))


def _shown_hash(request):
    return request.POST.get("text_sha256", "")


def _newer_form(text):
    """An empty form that says why it is empty: nobody confirms a text that was not on the page."""
    form = SignForm({"text_sha256": text.sha256})
    form.errors.clear()
    form.add_error(None, _("A newer text has come into force. Read it, then sign."))
    return form


def _sign_form(request, asked, text, way):
    """The form as it was sent; without a password, as after a login in between, its ticks come back."""
    if way == Way.AGAIN and request.method == "POST":
        return StatementsForm(request.POST)
    if way == Way.AGAIN:
        ticked = confirming.kept_statements(request, asked, text.sha256)
        return StatementsForm(initial={"text_sha256": text.sha256, "statements": ticked})
    if "password" not in request.POST:
        return SignForm(initial={"text_sha256": text.sha256, "statements": request.POST.getlist("statements")})
    return SignForm(
        request.POST,
        user=request.user,
        may_try=lambda: ratelimit.consume(request, action="reauthenticate", user=request.user),
    )


@login_required
def receipt(request, receipt):
    """Who signed which text, when and how; for the signer and for those who see the signer by name."""
    sign_offs = SignOff.objects.visible_to(request.scope).select_related(
        "person", "edition__code", "edition_text", "institution", "post__position", "post__staff_number"
    )
    found = get_object_or_404(sign_offs, receipt=receipt)
    context = {
        "sign_off": found,
        "statements": [slug for slug in STATEMENTS if slug in found.statements],
        "own": is_of(found.person, request.scope.person),
        "number": grouped(found.receipt),
        "address": check_address(request, found),
    }
    return render(request, "conduct_codes/receipt.html", context)


# --- permanent addresses --------------------------------------------------------------------------------------------


def _public_edition(request, code, number):
    """The edition, and the page in the language that the address asks for: an address without one is the first's."""
    open_to_all(request)
    editions = Edition.objects.at_address(code, number).select_related("code__owner", "continues")
    return get_object_or_404(editions)


def edition(request, code, number):
    """An edition for good: its instrument, its texts with their hashes, its words."""
    found = _public_edition(request, code, number)
    editions = list(Edition.objects.of(found.code).order_by("-number"))
    begun = next((other for other in editions if other.in_force_from <= request.today), None)
    in_force = Edition.objects.in_force_on(request.today).of(found.code).first()
    return render(
        request,
        "conduct_codes/edition.html",
        {
            "edition": found,
            "editions": editions,
            "in_force": in_force,
            "begun": begun,
            "repeal": Repeal.objects.ending(found).first(),
            "texts": sorted(found.texts.order_by("language", "revision"), key=lambda text: not text.is_authoritative),
            "text": found.text_in(get_language()),
        },
    )


def edition_bytes(request, code, number, language, revision=None):
    """The frozen bytes themselves, so that anybody can take their SHA-256."""
    texts = _public_edition(request, code, number).texts.filter(language=language)
    text = (texts.filter(revision=revision) if revision else texts).order_by("-revision").first()
    if text is None:
        raise Http404
    response = HttpResponse(bytes(text.content), content_type="application/json; charset=utf-8")
    response["ETag"] = f'"{text.sha256}"'
    response["Content-Language"] = language
    return response


# --- adoption -------------------------------------------------------------------------------------------------------


@role_required(Role.Kind.ADOPTER)
def adoption_list(request):
    """The adopter's codes, and the approved texts that wait to be made law."""
    due = reviews_due(Code.objects.adoptable_by(request.scope), request.today)
    context = {"rows": adoption.rows_for(request.scope), "reviews_due": due}
    return render(request, "conduct_codes/adoption_list.html", context)


@role_required(Role.Kind.ADOPTER)
def adopt(request, revision):
    """One approved text: what it lacks, whom it will ask, and the instrument that makes it law."""
    proposal = adoption.proposal_for(request.scope, revision)
    if proposal is None:
        raise Http404
    form = AdoptionForm(request.POST or None, request.FILES or None, today=request.today)
    if request.method == "POST" and form.is_valid():
        made = _make_law(request, proposal, form)
        if made:
            messages.success(request, _("Adopted as edition %(number)s.") % {"number": made.number})
            return redirect("conduct_codes:adoption_list")
    context = {
        "proposal": proposal,
        "form": form,
        "words": proposal.page.draft_words(),
        "translations": adoption.translations_of(proposal.page),
        "people": adoption.people_to_ask(request.scope, proposal.code, request.today),
        "law": get_language(),
    }
    return render(request, "conduct_codes/adopt.html", context)


def _make_law(request, proposal, form):
    """The edition, or nothing and a sentence on the form."""
    try:
        return adopt_edition(revision=proposal.revision, at=request.now, by=request.user, **form.cleaned_data)
    except AdoptionRefused as refusal:
        form.add_error(None, str(refusal))

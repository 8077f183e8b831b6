"""Shared devices as HR sees them, and as the people see them who sign on one."""

from functools import wraps

from django.contrib import messages
from django.contrib.auth import logout
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from conduct_codes import kiosk_device as device
from conduct_codes.actions import (
    KioskClosed,
    NewerEdition,
    SigningRefused,
    close_kiosk,
    kiosk_text,
    open_kiosk,
    sign_at_kiosk,
)
from conduct_codes.forms import STATEMENT_SENTENCES
from conduct_codes.kiosk_forms import FIRST_HOURS, KioskForm, is_six_digits
from conduct_codes.models import Kiosk
from conduct_codes.reminders import contact_at
from conduct_codes.rules import STATEMENTS
from institutions.models import Role
from institutions.permissions import role_required

A_PAGE = 50


@role_required(Role.Kind.HR)
def kiosk_list(request):
    """The shared devices of the viewer's institutions with how many signed on each, the newest first."""
    kiosks = Kiosk.objects.visible_to(request.scope.acting_as(Role.Kind.HR)).select_related("unit", "code", "opened_by")
    kiosks = kiosks.annotate(signed=Count("sign_offs")).order_by("-opened_at", "-pk")
    page = Paginator(kiosks, A_PAGE).get_page(request.GET.get("page"))
    for kiosk in page.object_list:
        kiosk.is_open = kiosk.is_open_at(request.now)
    return render(request, "conduct_codes/kiosk_list.html", {"page_obj": page})


@role_required(Role.Kind.HR)
def kiosk_open(request):
    """Turn this browser into a shared device: the clerk is logged out on it before anybody else touches it."""
    if request.method != "POST":
        form = KioskForm({"hours": str(FIRST_HOURS), "unit": request.GET.get("unit", "")}, scope=request.scope)
        form.errors.clear()
        return render(request, "conduct_codes/kiosk_open.html", {"form": form})
    form = KioskForm(request.POST, scope=request.scope)
    kiosk = _open(request, form) if form.is_valid() else None
    if kiosk is None:
        return render(request, "conduct_codes/kiosk_open.html", {"form": form}, status=400)
    logout(request)
    response = redirect("conduct_codes:kiosk")
    device.put_kiosk(response, kiosk)
    return response


def _open(request, form):
    """The kiosk, or nothing and a sentence on the form."""
    facts = {"code": form.cleaned_data["code"], "hours": form.cleaned_data["hours"]}
    try:
        return open_kiosk(unit=form.unit_chosen, at=request.now, by=request.user, **facts)
    except SigningRefused as refusal:
        form.add_error(None, str(refusal))


@role_required(Role.Kind.HR)
@require_POST
def kiosk_close(request, pk):
    """Close a shared device from afar; whoever stands at it reads so with the next button."""
    kiosks = Kiosk.objects.visible_to(request.scope.acting_as(Role.Kind.HR)).select_related("unit", "code")
    kiosk = get_object_or_404(kiosks, pk=pk)
    close_kiosk(kiosk=kiosk, at=request.now, by=request.user)
    messages.success(request, _("The shared device is closed."))
    return redirect("conduct_codes:kiosk_list")


# --- on the device --------------------------------------------------------------------------------------------------


def on_device(view):
    """A page of an open shared device; elsewhere there is no such page. Whoever is logged in there is logged out."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        kiosk = device.kiosk_of(request)
        if kiosk is None:
            raise Http404
        if request.user.is_authenticated:
            logout(request)
        if not kiosk.is_open_at(request.now):
            return _over(request)
        return view(request, kiosk, *args, **kwargs)

    return guarded


def _over(request):
    response = render(request, "conduct_codes/kiosk_over.html")
    device.clear_kiosk(response)
    return response


@on_device
def kiosk(request, kiosk):
    """The start: whose turn it is says the staff number. Nothing of the person before is left."""
    number = request.POST.get("number", "").strip()[:30]
    if request.method == "POST" and number:
        response = redirect("conduct_codes:kiosk_read")
        device.put_turn(response, kiosk, device.Turn(number))
        return response
    context = {"kiosk": kiosk, "contact": contact_at(kiosk.unit), "missing": request.method == "POST"}
    response = render(request, "conduct_codes/kiosk.html", context)
    device.clear_turn(response)
    return response


@on_device
def kiosk_read(request, kiosk):
    """The text in force, the statements and the personal code, the same for every staff number."""
    turn = device.turn_of(request, kiosk)
    if turn is None:
        return redirect("conduct_codes:kiosk")
    if request.method == "POST":
        return _sign(request, kiosk, turn)
    text = kiosk_text(kiosk, language=get_language(), day=request.today)
    boxes = [(slug, sentence, slug in turn.ticked) for slug, sentence in STATEMENT_SENTENCES]
    context = {"kiosk": kiosk, "turn": turn, "text": text, "boxes": boxes, "contact": contact_at(kiosk.unit)}
    return render(request, "conduct_codes/kiosk_read.html", context)


def _sign(request, kiosk, turn):
    """On to the next page whatever happens: no form stays in the browser's history."""
    ticked = tuple(slug for slug in STATEMENTS if slug in request.POST.getlist("statements"))
    digits = request.POST.get("digits", "")
    try:
        if not is_six_digits(digits):
            raise SigningRefused(_("Type the six digits of your personal code."))
        sign_at_kiosk(
            kiosk=kiosk,
            number=turn.number,
            digits=digits,
            text_sha256=request.POST.get("text_sha256", ""),
            statements=ticked,
            at=request.now,
        )
    except KioskClosed:
        return _over(request)
    except SigningRefused as refusal:
        kept = () if isinstance(refusal, NewerEdition) else ticked
        response = redirect("conduct_codes:kiosk_read")
        device.put_turn(response, kiosk, device.Turn(turn.number, kept, str(refusal)))
        return response
    response = redirect("conduct_codes:kiosk_signed")
    device.clear_turn(response)
    return response


@on_device
def kiosk_signed(request, kiosk):
    """That somebody signed, without saying who."""
    return render(request, "conduct_codes/kiosk_signed.html", {"kiosk": kiosk})


@on_device
@require_POST
def kiosk_end(request, kiosk):
    """The button on the device that ends the shared use."""
    close_kiosk(kiosk=kiosk, at=request.now)
    return _over(request)

"""The receipt of a signature as a file, and its public check: what a number stands for, and nobody's name."""

from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from conduct_codes.models import SignOff
from conduct_codes.receipt_check import answer_for
from conduct_codes.receipt_pdf import receipt_pdf
from conduct_codes.receipts import grouped, tidy_receipt

CHECKS = {"receipt": "30/m/ip"}
MOST_SHOWN = 60


def check_address(request, sign_off):
    """The full address at which anybody who holds the number checks the receipt."""
    return request.build_absolute_uri(reverse("conduct_codes:receipt_check", args=[sign_off.receipt]))


@login_required
def receipt_file(request, receipt):
    """The receipt as PDF, for the signer and for those who see the signer by name."""
    sign_offs = SignOff.objects.visible_to(request.scope).select_related(
        "person", "edition__code__owner", "edition_text", "institution", "post__position", "post__staff_number"
    )
    found = get_object_or_404(sign_offs, receipt=receipt)
    content = receipt_pdf(found, address=check_address(request, found), demonstration=settings.CONDUCT_DEMO)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="receipt-{found.receipt}.pdf"'
    return response


def receipt_lookup(request):
    """The form of the check: what was typed leads to the answer's own address."""
    typed = request.GET.get("number", "")
    number = tidy_receipt(typed)
    if number:
        return redirect("conduct_codes:receipt_check", number=number)
    if typed.strip():
        return _answer(request, typed)
    return render(request, "conduct_codes/receipt_lookup.html")


def receipt_check(request, number):
    """The answer for one number, for anyone: the same for a number that is not there and for one that cannot be."""
    if not ratelimit.consume(request, app="conduct_codes", action="receipt", config=CHECKS, limit_get=True):
        return render(request, "conduct_codes/receipt_later.html", status=429)
    return _answer(request, number)


def _answer(request, typed):
    number = tidy_receipt(typed)
    answer = answer_for(number, request.today) if number else None
    context = {"answer": answer, "shown": grouped(number) if number else typed[:MOST_SHOWN]}
    return render(request, "conduct_codes/receipt_check.html", context, status=200 if answer else 404)

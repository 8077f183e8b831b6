"""The public check: whoever holds a code learns whether it is valid, and nothing more."""

from allauth.core.internal import ratelimit
from django.shortcuts import redirect, render

from certification.models import Certificate
from certification.rules import grouped, tidy_verification_code
from certification.verification import answer_with_repeal

CHECKS = {"verify": "30/m/ip"}


def _refused(request):
    """True if this address has used up its checks of the minute."""
    return not ratelimit.consume(request, app="certification", action="verify", config=CHECKS, limit_get=True)


def verify_lookup(request):
    """The form behind "check a certificate": what was typed leads to the answer's own address."""
    typed = request.GET.get("code", "")
    code = tidy_verification_code(typed)
    if code:
        return redirect("certification:verify", code=code)
    context = {"typed": typed, "mistyped": bool(typed.strip())}
    return render(request, "certification/verify_lookup.html", context, status=400 if context["mistyped"] else 200)


def verify(request, code):
    """The answer for one verification code, for anyone, logged in or not."""
    if _refused(request):
        return render(request, "certification/verify_later.html", status=429)
    tidy = tidy_verification_code(code)
    found = (
        Certificate.objects.by_verification_code(tidy)
        .select_related("edition__code", "replaced_by")
        .prefetch_related("events")
        .first()
        if tidy
        else None
    )
    context = {
        "certificate": found,
        "answer": answer_with_repeal(found, request.today) if found else None,
        "typed": grouped(tidy) if tidy else code,
    }
    return render(request, "certification/verify.html", context, status=200 if found else 404)

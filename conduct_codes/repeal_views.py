"""Repealing a code: the instrument, what follows from it, then the act."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from conduct_codes.actions import RepealRefused, check_repealable, repeal_code
from conduct_codes.forms_repeal import RepealForm
from conduct_codes.models import Code, Edition
from conduct_codes.repeal import effects_of
from institutions.models import Role
from institutions.permissions import role_required


@role_required(Role.Kind.ADOPTER)
def repeal(request, code):
    """The form, then the same answers with what they do; nothing is repealed before the second yes."""
    found = Code.objects.adoptable_by(request.scope).filter(slug=code).select_related("owner", "sector").first()
    newest = found and Edition.objects.of(found).order_by("-number").first()
    if newest is None:
        raise Http404
    form = RepealForm(request.POST or None)
    context = {
        "code": found,
        "newest": newest,
        "form": form,
        "effects": effects_of(request.scope, found, request.today),
    }
    if request.method == "POST" and "change" not in request.POST and form.is_valid():
        facts = form.cleaned_data
        try:
            if "confirmed" in request.POST:
                repeal_code(code=found, at=request.now, by=request.user, **facts)
                messages.success(request, _("The code is repealed."))
                return redirect("conduct_codes:adoption_list")
            days = {name: facts[name] for name in ("decided_on", "effective_on")}
            check_repealable(newest, day=request.today, **days)
            return render(request, "conduct_codes/repeal_check.html", context)
        except RepealRefused as refusal:
            form.refuse(refusal)
    return render(request, "conduct_codes/repeal.html", context)

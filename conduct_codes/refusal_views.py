"""Refusing to sign, for the person asked; who refused and why, for HR."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from conduct_codes.actions import SigningRefused, refuse_to_sign
from conduct_codes.forms import RefusalForm
from conduct_codes.models import Refusal, SignRequest
from institutions.models import Role
from institutions.permissions import person_required, role_required

A_PAGE = 50


@person_required
def refuse(request, pk):
    """One's own request: what a refusal means, and the reason."""
    requests = SignRequest.objects.of(request.scope.person).select_related("edition__code", "person")
    asked = get_object_or_404(requests, pk=pk)
    if not requests.open_on(request.today).filter(pk=pk).exists():
        return redirect("conduct_codes:sign", pk)
    earlier = Refusal.objects.of(request.scope.person).filter(request=asked).first()
    form = RefusalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            refuse_to_sign(
                request=asked,
                reason=form.cleaned_data["reason"],
                language=get_language(),
                at=request.now,
                by=request.user,
            )
            messages.success(request, _("Your HR unit reads your reason and will speak with you. You can still sign."))
            return redirect("conduct_codes:sign", asked.pk)
        except SigningRefused as refusal:
            form.add_error(None, str(refusal))
    return render(request, "conduct_codes/refuse.html", {"asked": asked, "form": form, "earlier": earlier})


@role_required(Role.Kind.HR, Role.Kind.REGISTRAR)
def refusal_list(request):
    """Refusals that stand today, the newest first; as many queries for one as for many."""
    refusals = Refusal.objects.answerable_by(request.scope).standing_on(request.today)
    refusals = refusals.select_related("person", "request__edition__code", "post__position", "institution")
    page = Paginator(refusals.order_by("-refused_at", "-pk"), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "conduct_codes/refusal_list.html", {"page_obj": page})

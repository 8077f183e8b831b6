"""The platform owner's page of one account: whose it is, its roles, and a slip for access to it."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from institutions.access import access_to
from institutions.access_actions import issue_activations
from institutions.access_forms import SlipsForm
from institutions.access_views import paper_of
from institutions.actions import RegisterRefused
from institutions.audit import record
from institutions.login_links import links_of
from institutions.models import Activation
from institutions.role_lists import accounts_seen, in_order, lines_of, roles_seen
from institutions.tree_permissions import owner_required


@owner_required
def account(request, pk):
    """One account: its person, its roles, and, sent, a slip for access to it; who looked is on record."""
    found = get_object_or_404(accounts_seen(request.scope).select_related("person"), pk=pk)
    person = getattr(found, "person", None)
    access = access_to(request.scope, [person])[0] if person else None
    if request.method == "POST":
        return _slip(request, found, access)
    record(verb="institutions.view_account", subject=f"user:{found.pk}", at=request.now, by=request.user)
    context = {
        "account": found,
        "access": access,
        "slip": Activation.objects.of(person).open().first() if access else None,
        "lines": lines_of(request.scope, in_order(roles_seen(request.scope).filter(user=found))),
        "links": links_of(found) if access and not access.refusal else [],
        "form": SlipsForm(),
        "seen": SlipsForm.seen_at(request.now),
        "now": request.now,
    }
    return render(request, "institutions/account.html", context)


def _slip(request, found, access):
    """A slip for the account's person, on paper, once."""
    form = SlipsForm(request.POST)
    if access is None or not form.is_valid() or form.cleaned_data["people"] != [access.person.pk]:
        messages.error(request, _("Nothing was made. Open the page again."))
        return redirect("institutions:account", pk=found.pk)
    asked = {"seen_at": form.cleaned_data["seen"], "ends_second_step": form.cleaned_data["ends_second_step"]}
    try:
        slips = issue_activations(scope=request.scope, people=[access.person], at=request.now, by=request.user, **asked)
    except RegisterRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("institutions:account", pk=found.pk)
    return paper_of(request, slips)

"""The ways into an account: its owner's page of them, and the end of a provider's login."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from institutions.access import access_to
from institutions.actions import RegisterRefused
from institutions.login_links import end_link_for, end_own_link, is_only_way, link_with, links_of, passkeys_alone
from institutions.models import Person
from institutions.permissions import SEES_PEOPLE, role_required
from institutions.role_lists import accounts_seen
from institutions.tree_permissions import owner_required


@login_required
def login_list(request):
    """How one comes into the own account: password, passkeys, logins of ministries' providers."""
    context = {"links": links_of(request.user), "passkeys": passkeys_alone(request.user)}
    return render(request, "institutions/login_list.html", context)


@login_required
def login_end(request, pk):
    """What ending a link of one's own means, or why it cannot be ended; then the end."""
    link = _link_or_404(request.user, pk)
    if request.method == "POST":
        try:
            end_own_link(user=request.user, link=link, at=request.now)
        except RegisterRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("institutions:login_end", pk=pk)
        messages.success(request, _("That login no longer opens your account."))
        return redirect("institutions:login_list")
    context = {"link": link, "only_way": is_only_way(request.user, link)}
    return render(request, "institutions/login_end.html", context)


@role_required(*SEES_PEOPLE)
def access_login_end(request, pk, link):
    """The same for somebody whose password the viewer might reset."""
    found = get_object_or_404(Person.objects.visible_to(request.scope).select_related("user"), pk=pk)
    return _end_for(request, found, link, ("institutions:access_person", found.pk))


@owner_required
def account_login_end(request, pk, link):
    """The same for the platform owner, from the page of the account."""
    found = get_object_or_404(accounts_seen(request.scope).select_related("person"), pk=pk)
    return _end_for(request, getattr(found, "person", None), link, ("institutions:account", found.pk))


def _end_for(request, person, pk, back):
    link = _link_or_404(person and person.user, pk)
    access = access_to(request.scope, [person])[0]
    if access.refusal:
        raise Http404
    if request.method != "POST":
        return render(request, "institutions/login_end_for.html", {"access": access, "link": link, "back": back})
    end_link_for(access=access, link=link, at=request.now, by=request.user)
    messages.success(request, _("The link is ended and the account logged out everywhere."))
    return redirect(back[0], pk=back[1])


def _link_or_404(user, pk):
    link = link_with(user, pk)
    if link is None:
        raise Http404
    return link

"""Pages about roles: who holds which, giving one, ending one, and the own ones."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from institutions.actions import RegisterRefused
from institutions.grants import give_role, is_same_human, may_take, take_role
from institutions.models import Role
from institutions.role_forms import RoleEndForm, RoleForm, RoleSearch
from institutions.role_lists import (
    State,
    about,
    accounts_found,
    accounts_seen,
    history_of,
    in_order,
    in_state,
    lines_of,
    posts_to_rest_on,
    roles_seen,
)
from institutions.tree_permissions import owns_platform, tree_required

A_PAGE = 50
SHORTEST_SEARCH = 2


@tree_required
def role_list(request):
    """Who holds which role in the viewer's ministry; those that begin later and that have ended, too."""
    form = RoleSearch(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    roles = in_state(roles_seen(request.scope), _state_in(chosen), request.today)
    if chosen.get("kind"):
        roles = roles.filter(kind=chosen["kind"])
    if chosen.get("q"):
        roles = about(request.scope, roles, chosen["q"])
    page = Paginator(in_order(roles), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "lines": lines_of(request.scope, page.object_list),
        "typed": chosen.get("q", ""),
        "kind": chosen.get("kind", ""),
        "state": chosen.get("state") or State.HOLDS.value,
        "kinds": form.fields["kind"].choices,
        "states": form.fields["state"].choices,
    }
    return render(request, "institutions/role_list.html", context)


def _state_in(chosen):
    wanted = chosen.get("state") or State.HOLDS.value
    return None if wanted == "all" else State(wanted)


@tree_required
def role(request, pk):
    """One role: whose, where, from and to, on which post, and every act about it."""
    found = get_object_or_404(in_order(roles_seen(request.scope)), pk=pk)
    context = {"line": lines_of(request.scope, [found])[0], "history": history_of(found)}
    return render(request, "institutions/role_detail.html", context)


@tree_required
def role_end(request, pk):
    """End a role after reading what that means; it takes effect on the next request."""
    found = get_object_or_404(in_order(roles_seen(request.scope)), pk=pk)
    line = lines_of(request.scope, [found])[0]
    if not may_take(request.scope, found) or line.state == State.ENDED:
        raise Http404
    form = RoleEndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        facts = {"last_day": form.cleaned_data["last_day"], "reason": form.cleaned_data["reason"]}
        try:
            take_role(role=found, at=request.now, by=request.user, **facts)
        except RegisterRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The end of the role is on record."))
            return redirect("institutions:role_list")
    context = {"line": line, "form": form}
    return render(request, "institutions/role_end.html", context, status=400 if form.errors else 200)


@tree_required
def account_find(request):
    """Find an account, by its name or that of its person, to give it a role or access."""
    typed = request.GET.get("q", "").strip()[:100]
    is_long = len(typed) >= SHORTEST_SEARCH
    found = accounts_found(request.scope, typed) if is_long else accounts_seen(request.scope).none()
    context = {
        "page_obj": Paginator(found, A_PAGE).get_page(request.GET.get("page")),
        "typed": typed,
        "is_long": is_long,
        "is_owner": owns_platform(request.scope),
    }
    return render(request, "institutions/account_find.html", context)


@tree_required
def role_give(request, pk):
    """Give an account a role: the form, then what it will mean, then the role."""
    user = get_object_or_404(accounts_seen(request.scope).select_related("person"), pk=pk)
    roles = in_order(roles_seen(request.scope).filter(user=user).not_over_on(request.today))
    context = {"account": user, "lines": lines_of(request.scope, roles)}
    if is_same_human(request.user, user):
        return render(request, "institutions/role_give.html", context)
    posts = posts_to_rest_on(request.scope, user)
    form = RoleForm(request.POST or None, scope=request.scope, user=user, posts=posts)
    context |= {"form": form}
    if request.method != "POST" or not form.is_valid() or request.POST.get("back"):
        return render(request, "institutions/role_give.html", context, status=400 if form.errors else 200)
    if request.POST.get("confirmed"):
        try:
            given = give_role(asked=form.asked, at=request.now, by=request.user)
        except RegisterRefused as refusal:
            form.add_error(None, str(refusal))
            return render(request, "institutions/role_give.html", context, status=400)
        messages.success(request, _("The role is given and on record."))
        return redirect("institutions:role", pk=given.pk)
    context |= {"asked": form.asked, "kind": Role.Kind(form.asked.kind).label}
    return render(request, "institutions/role_check.html", context)


@login_required
def own_roles(request):
    """The roles of one's own account, today's and former ones."""
    lines = lines_of(request.scope, in_order(Role.objects.of(request.user)))
    waits = any(line.waits_for_second_step and line.state == State.HOLDS for line in lines)
    return render(request, "institutions/own_roles.html", {"lines": lines, "waits": waits})

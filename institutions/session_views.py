"""The devices on which an account is logged in, for its owner."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from institutions.access_actions import end_other_sessions, end_session
from institutions.models import AccountSession


@login_required
def session_list(request):
    """Where this account is logged in, the device last used first."""
    sessions = list(AccountSession.objects.of(request.user).alive_at(request.now))
    here = request.session.session_key
    context = {"sessions": sessions, "here": here, "others": sum(1 for one in sessions if one.session_id != here)}
    return render(request, "institutions/session_list.html", context)


@login_required
@require_POST
def session_end(request, pk):
    """Log out one device of one's own; this one by the ordinary way."""
    found = get_object_or_404(AccountSession.objects.of(request.user), pk=pk)
    if found.session_id == request.session.session_key:
        return redirect("account_logout")
    end_session(session=found, at=request.now, by=request.user)
    messages.success(request, _("That device is logged out."))
    return redirect("institutions:session_list")


@login_required
@require_POST
def session_end_others(request):
    """Log out every device but this one."""
    end_other_sessions(user=request.user, keep=request.session.session_key, at=request.now)
    messages.success(request, _("Every other device is logged out."))
    return redirect("institutions:session_list")

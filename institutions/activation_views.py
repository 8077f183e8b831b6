"""The pages behind a slip for access: staff number and code, whose slip it is, a password."""

from datetime import timedelta

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.core.internal import ratelimit
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from institutions.access_actions import find_activation, use_activation
from institutions.access_forms import ActivationForm, NewPasswordForm
from institutions.actions import RegisterRefused
from institutions.models import Activation, Post, User
from institutions.passwords import note_length

# Whole schools sit behind one address: the limit per address is wide, the one per staff number is not.
TRIES = {"activate": "100/m/ip,5/300s/key"}
KEY = "activation"
TIME_FOR_PASSWORD = timedelta(minutes=15)


def activate(request):
    """Staff number and code; whatever does not fit gets one and the same answer."""
    return _ask(request, ActivationForm(request.POST or None))


def activate_by_qr(request, token):
    """The same behind a QR code, which holds the code already: only the staff number is asked. Reads nothing."""
    return render(
        request, "institutions/activate.html", {"form": ActivationForm(initial={"token": token}), "by_qr": True}
    )


def _ask(request, form):
    context = {"form": form, "by_qr": bool(form.data.get("token"))}
    if request.method != "POST" or not form.is_valid():
        return render(request, "institutions/activate.html", context, status=400 if form.errors else 200)
    account_name = form.cleaned_data["account"]
    if not ratelimit.consume(request, app="institutions", action="activate", config=TRIES, key=account_name):
        return render(request, "institutions/activate_later.html", status=429)
    found = find_activation(account_name=account_name, secret=form.secret, at=request.now)
    if found is None:
        return render(request, "institutions/activate.html", context | {"wrong": True}, status=400)
    request.session.cycle_key()
    request.session[KEY] = {"pk": found.pk, "at": request.now.isoformat()}
    return redirect(_in_language("institutions:activate_password"))


def activate_password(request):
    """Whose slip it is, and the password; then the person is logged in."""
    found = _proven(request)
    if found is None:
        messages.error(request, _("Type the staff number and the code again: too much time has passed."))
        return redirect(_in_language("institutions:activate"))
    form = NewPasswordForm(request.POST or None, account=_account_of(found))
    if request.method == "POST" and form.is_valid():
        try:
            user = use_activation(activation=found, password=form.cleaned_data["password"], at=request.now)
        except RegisterRefused as refusal:
            messages.error(request, str(refusal))
            return redirect(_in_language("institutions:activate"))
        note_length(request, form.cleaned_data["password"])
        return _log_in(request, user)
    posts = Post.objects.of(found.person).serving_on(request.today).select_related("institution")
    context = {"form": form, "activation": found, "post": posts.order_by("-starts_on", "-pk").first()}
    return render(request, "institutions/activate_password.html", context, status=400 if form.errors else 200)


def _account_of(activation):
    """The account that the password is for; one that is not made yet is known by whose it will be."""
    if activation.person.user_id:
        return activation.person.user
    account = User(username=activation.account_name)
    account.known_person = activation.person
    return account


def _proven(request):
    """The slip whose number and code this browser has just proved to hold."""
    kept = request.session.get(KEY)
    if not kept or request.now - parse_datetime(kept["at"]) > TIME_FOR_PASSWORD:
        return None
    return Activation.objects.usable_at(request.now).filter(pk=kept["pk"]).select_related("person__user").first()


def _log_in(request, user):
    """Through the same door as every login, so that a second step that still holds is asked for."""
    request.session.pop(KEY, None)
    record_authentication(request, user, method="password", username=user.username)
    messages.success(request, _("Your password is set. Keep it to yourself; nobody will ever ask for it."))
    return perform_login(request, user, redirect_url=reverse("start"))


def _in_language(name):
    """The address with the page's language, which these addresses do not hold."""
    return f"{reverse(name)}?lang={get_language()}"

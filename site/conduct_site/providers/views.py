"""The way to a ministry's identity provider and back. Without a provider in the settings none of it is there."""

from allauth.account.utils import get_next_redirect_url
from allauth.core.internal import ratelimit
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render

from conduct_site.providers.configured import IdentityProvider, configured, provider_with
from conduct_site.providers.logins import failed
from conduct_site.providers.protocol import Conversation

# What a login that led nowhere comes to: the number of its page.
ANSWERS = {"refused": 403, "unchecked": 400, "silent": 503, "cancelled": 200}
# Whole ministries sit behind one address.
TRIES = {"provider": "300/m/ip"}


def _provider_or_404(provider_id: str) -> IdentityProvider:
    found = provider_with(provider_id)
    if found is None:
        raise Http404
    return found


def lets_forms_go_to(response: HttpResponse, providers: list[IdentityProvider]) -> HttpResponse:
    """Let the forms of this page, and of no other, lead to the providers' hosts."""
    if providers:
        response._csp_update = {"form-action": sorted({provider.origin for provider in providers})}
    return response


def with_providers(view):
    """A page with a button for every provider."""

    def wrapped(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        return lets_forms_go_to(view(request, *args, **kwargs), configured())

    return wrapped


def start(request: HttpRequest, provider_id: str) -> HttpResponse:
    """From a button to the provider; with `again`, to show once more that it is oneself."""
    provider = _provider_or_404(provider_id)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    again = "again" in request.POST
    if again != request.user.is_authenticated:
        return redirect("start")
    if limited := ratelimit.consume_or_429(request, app="conduct_site", action="provider", config=TRIES):
        return limited
    ministry = Conversation(request, provider.id).get_provider()
    try:
        return ministry.begin(request, next_url=get_next_redirect_url(request), again=again)
    except OAuth2Error as problem:
        return failed(provider.id, problem)


def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Back from the provider, with an answer that is checked before anything else."""
    provider = _provider_or_404(provider_id)
    config = {"app": "conduct_site", "action": "provider", "config": TRIES, "limit_get": True}
    if limited := ratelimit.consume_or_429(request, **config):
        return limited
    try:
        return OAuth2CallbackView.adapter_view(Conversation(request, provider.id))(request)
    except OAuth2Error as problem:
        return failed(provider.id, problem)


def led_nowhere(request: HttpRequest, provider_id: str, kind: str) -> HttpResponse:
    """Why a login led nowhere, and what to do now; the same for everybody whom it refused."""
    provider = _provider_or_404(provider_id)
    if kind not in ANSWERS:
        raise Http404
    context = {"provider": provider, "kind": kind}
    return render(request, "conduct_site/provider_answer.html", context, status=ANSWERS[kind])


def again(request: HttpRequest, provider_id: str) -> HttpResponse:
    """For accounts without a password: a button that leads to the provider and back to what was being done."""
    provider = _provider_or_404(provider_id)
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    context = {"provider": provider, "next": get_next_redirect_url(request) or ""}
    return lets_forms_go_to(render(request, "conduct_site/provider_again.html", context), [provider])

"""What a provider's answer leads to: an account of the register, or one and the same refusal."""

import logging
from functools import partial

import requests
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base.constants import AuthError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from conduct_site.providers.configured import configured
from conduct_site.providers.protocol import (
    AGAIN,
    CLOCKS_DIFFER_SECONDS,
    AnswerNotBelieved,
    ProviderSilent,
    is_answer_to,
    number_in,
)
from institutions.provider_logins import LoginRefused, admit

logger = logging.getLogger(__name__)
SECONDS = (3.05, 6)
VOUCHED = "provider-second-step"


def answer(provider_id: str, kind: str) -> HttpResponse:
    """To the page for a login that led nowhere; its address of its own can be read again, in any language."""
    return redirect("provider_answer", provider_id, kind)


def failed(provider_id: str, problem: Exception | None) -> HttpResponse:
    """To the page for a provider that is silent, or whose answer is not believed; the log names the kind of problem."""
    logger.warning("A login through %s failed: %s", provider_id, type(problem).__name__)
    is_silent = isinstance(problem, (ProviderSilent, requests.RequestException))
    return answer(provider_id, "silent" if is_silent else "unchecked")


def has_vouched(request: HttpRequest) -> bool:
    """True if the provider asked for a second step when this session began, and the settings accept it."""
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == VOUCHED for record in records)


class ProviderLogins(DefaultSocialAccountAdapter):
    """Providers come from the settings alone; who they vouch for comes from the register."""

    def is_open_for_signup(self, request, sociallogin) -> bool:
        return False

    def list_apps(self, request, provider=None, client_id=None) -> list[SocialApp]:
        return [
            SocialApp(
                provider="ministry",
                provider_id=each.id,
                name=each.id,
                client_id=each.client_id,
                secret=each.secret,
                settings={"server_url": each.server},
            )
            for each in configured()
            if provider in (None, each.id) and client_id in (None, each.client_id)
        ]

    def get_requests_session(self) -> requests.Session:
        """Waits for no provider for long, and follows none elsewhere."""
        session = requests.Session()
        session.request = partial(session.request, timeout=SECONDS, allow_redirects=False)
        return session

    def on_authentication_error(self, request, provider, error=None, exception=None, extra_context=None) -> None:
        if error == AuthError.CANCELLED:
            raise ImmediateHttpResponse(answer(provider.sub_id, "cancelled"))
        raise ImmediateHttpResponse(failed(provider.sub_id, exception))

    def pre_social_login(self, request, sociallogin) -> None:
        """From an answer that is proved to the account that it opens; every other way ends here."""
        provider = sociallogin.provider.identity
        if not is_answer_to(sociallogin):
            raise ImmediateHttpResponse(failed(provider.id, AnswerNotBelieved("nonce")))
        try:
            user = admit(
                provider=provider.id,
                register_code=provider.register,
                subject=sociallogin.account.uid,
                number=number_in(sociallogin.claims, provider),
                at=request.now,
            )
        except LoginRefused:
            raise ImmediateHttpResponse(answer(provider.id, "refused")) from None
        if sociallogin.state.get("process") == AGAIN:
            raise ImmediateHttpResponse(_confirmed(request, user, sociallogin, provider))
        sociallogin.user = user
        sociallogin.is_vouched = provider.vouches_for_second_step(sociallogin.claims)


def _confirmed(request, user, login, provider) -> HttpResponse:
    """Whoever is logged in has shown once more to be it; the provider must say that it has asked since then."""
    asked_at = login.claims.get("auth_time")
    is_fresh = isinstance(asked_at, int) and asked_at >= login.state["begun"] - CLOCKS_DIFFER_SECONDS
    if user != request.user or not is_fresh:
        return answer(provider.id, "unchecked")
    record_authentication(request, user, "socialaccount", provider=provider.id, reauthenticated=True)
    return redirect(login.state.get("next") or "start")

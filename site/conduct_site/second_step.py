"""Accounts whose role sees other people set up a second step before anything else, where the settings say so."""

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.checks import CheckMessage, Error, Tags, register
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from institutions.models import Role
from institutions.scope import Scope

OWNER = "owner"
STEPS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
# What stays open without the second step: setting it up, leaving, help, and what everybody may read. Of a page for
# shared caches not even the session may be asked.
OPEN = {
    *("second_step_required", "account_logout", "account_login", "account_reauthenticate", "account_inactive"),
    *("home", "library", "healthz", "help", "privacy", "accessibility", "wagtail_serve", "wagtaildocs_serve"),
    *("manifest", "service_worker", "courses:offline", "courses:pack"),
    *("conduct_codes:edition", "conduct_codes:edition_bytes", "conduct_codes:edition_revision_bytes"),
    *("conduct_codes:edition_print", "conduct_codes:edition_act"),
    *("conduct_codes:compare", "conduct_codes:compare_choose"),
    *("conduct_codes:register", "conduct_codes:register_workbook"),
    *("certification:verify", "certification:verify_lookup"),
    *("api:openapi-json", "api_nothing", "api_pages"),
}
# Each address of these answers for itself: the set-up of a second step, and programs, whom no session lets in.
OPEN_NAMES = ("mfa_", "api:")


def is_required_of(scope: Scope) -> bool:
    """True if one of the viewer's roles, or owning the platform, asks for a second step."""
    wanted = set(settings.CONDUCT_MFA_ROLES)
    is_owner = getattr(scope.user, "is_superuser", False)
    return bool(wanted & scope.kinds) or (OWNER in wanted and is_owner)


class SecondStepMiddleware:
    """Leads whoever lacks a required second step to its set-up, whatever page was asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view, args, kwargs) -> HttpResponse | None:
        name = request.resolver_match.view_name
        if not settings.CONDUCT_MFA_ROLES or name in OPEN or name.startswith(OPEN_NAMES):
            return None
        if not request.user.is_authenticated or not is_required_of(request.scope):
            return None
        if is_mfa_enabled(request.user, STEPS):
            return None
        address = reverse("second_step_required")
        return HttpResponseClientRedirect(address) if request.htmx else redirect(address)


@login_required
def required(request: HttpRequest) -> HttpResponse:
    """Why a second step is needed, and the two ways to it; whoever has one goes on."""
    if not is_required_of(request.scope) or is_mfa_enabled(request.user, STEPS):
        return redirect("start")
    return render(request, "conduct_site/second_step.html")


@register(Tags.security)
def check_roles(app_configs, **kwargs) -> list[CheckMessage]:
    """Every role that is to have a second step exists."""
    unknown = sorted(set(settings.CONDUCT_MFA_ROLES) - {*Role.Kind.values, OWNER})
    if not unknown:
        return []
    known = ", ".join([*Role.Kind.values, OWNER])
    return [
        Error(f"CONDUCT_MFA_ROLES: no such role: {', '.join(unknown)}.", hint=f"Known: {known}.", id="conduct.E001")
    ]


@register(Tags.security, deploy=True)
def check_roles_are_named(app_configs, **kwargs) -> list[CheckMessage]:
    """A public site says for which roles a second step is required."""
    if settings.CONDUCT_MFA_ROLES:
        return []
    hint = "For example hr,registrar,discipline,auditor,adopter,owner: every role that sees or decides about others."
    return [Error("CONDUCT_MFA_ROLES is empty: no role is asked for a second step.", hint=hint, id="conduct.E002")]

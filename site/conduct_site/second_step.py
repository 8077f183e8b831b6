"""Accounts whose role sees other people set up a second step before anything else, where the settings say so."""

from collections.abc import Callable

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.checks import CheckMessage, Error, Tags, register
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from conduct_site.providers.logins import VOUCHED, has_vouched
from institutions.models import Role
from institutions.passwords import LEAST_OF_ROLES, STEPS, is_short
from institutions.scope import Scope
from institutions.tree_permissions import holds_role

OWNER = "owner"
# What stays open without the second step: setting it up, leaving, help, and what everybody may read. Of a page for
# shared caches not even the session may be asked.
OPEN = {
    *("second_step_required", "account_logout", "account_login", "account_reauthenticate", "account_inactive"),
    *("provider_login", "provider_callback", "provider_again", "provider_answer"),
    *("home", "library", "healthz", "help", "privacy", "accessibility", "wagtail_serve", "wagtaildocs_serve"),
    *("manifest", "service_worker", "courses:offline", "courses:pack", "courses:package_file"),
    *("conduct_codes:edition", "conduct_codes:edition_bytes", "conduct_codes:edition_revision_bytes"),
    *("conduct_codes:edition_print", "conduct_codes:edition_act"),
    *("conduct_codes:compare", "conduct_codes:compare_choose"),
    *("conduct_codes:register", "conduct_codes:register_workbook"),
    *("certification:verify", "certification:verify_lookup"),
    *("api:openapi-json", "api_nothing", "api_pages"),
}
LONGER = "account_change_password"  # open to whoever may choose a longer password instead
# Each address of these answers for itself: the set-up of a second step, and programs, whom no session lets in.
OPEN_NAMES = ("mfa_", "api:")


def is_required_of(scope: Scope) -> bool:
    """True if one of the viewer's roles, or owning the platform, asks for a second step."""
    wanted = set(settings.CONDUCT_MFA_ROLES)
    is_owner = getattr(scope.user, "is_superuser", False)
    return bool(wanted & scope.kinds) or (OWNER in wanted and is_owner)


class SecondStep(AuthenticateStage):
    """Asks for the second step while logging in, unless a ministry's provider has and the settings take its word."""

    def handle(self) -> tuple:
        provider_login = (self.login.signal_kwargs or {}).get("sociallogin")
        if provider_login is not None and getattr(provider_login, "is_vouched", False):
            record_authentication(self.request, self.login.user, VOUCHED)
            return None, True
        return super().handle()


def wants_more_than_the_password(request: HttpRequest) -> bool:
    """True for an account with a role that came in with a password too short to stand alone."""
    return is_short(request) and holds_role(request.scope)


def has_second_step(request: HttpRequest) -> bool:
    """True if the account has one of its own, or came in with its provider's."""
    return is_mfa_enabled(request.user, STEPS) or has_vouched(request)


class SecondStepMiddleware:
    """Leads whoever lacks a required second step to its set-up, whatever page was asked for.

    Likewise an account with a role whose password is short; a longer password will do there.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view, args, kwargs) -> HttpResponse | None:
        name = request.resolver_match.view_name
        if name in OPEN or name.startswith(OPEN_NAMES) or settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        if not (settings.CONDUCT_MFA_ROLES or is_short(request)) or not request.user.is_authenticated:
            return None
        is_required = is_required_of(request.scope)
        if not is_required and (name == LONGER or not wants_more_than_the_password(request)):
            return None
        if has_second_step(request):
            return None
        address = reverse("second_step_required")
        return HttpResponseClientRedirect(address) if request.htmx else redirect(address)


@login_required
def required(request: HttpRequest) -> HttpResponse:
    """Why more than this password is needed, and the ways to it; whoever has one goes on."""
    is_required = is_required_of(request.scope)
    if not (is_required or wants_more_than_the_password(request)) or has_second_step(request):
        return redirect("start")
    context = {"is_required": is_required, "least": LEAST_OF_ROLES}
    return render(request, "conduct_site/second_step.html", context)


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

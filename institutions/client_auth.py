"""Who asks the interface for other systems: a client by its token, and nothing else. Cookies open nothing here."""

import hmac

from allauth.core.internal import ratelimit
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from institutions.api_errors import ApiRefused
from institutions.client_actions import note_use
from institutions.client_tokens import prefix_of, print_of
from institutions.models import ApiClient
from institutions.scope import Scope

READ, PUSH = "may_read", "may_push"
# A whole ministry sits behind one address; a client is one system.
LIMITS = {"address": "600/m/ip", "client": "120/m/key"}
WAIT = 60
NOBODYS_PRINT = "0" * 64


class ClientAuth(HttpBearer):
    """Gives the client of a token as `request.auth` and its rights as `request.scope`, if it may do what is needed.

    `needs` is READ, PUSH, or nothing but a token that holds. Whatever is wrong with a token, the answer is the same.
    """

    def __init__(self, needs=None):
        self.needs = needs
        super().__init__()

    def __call__(self, request):
        _limit(request, "address")
        client = super().__call__(request)
        if client is None:
            raise ApiRefused(
                401,
                "unauthorized",
                _("The token is missing, wrong or over. Ask the registrar of your ministry for a new one."),
                headers={"WWW-Authenticate": "Bearer"},
            )
        _limit(request, "client", client.reference)
        if self.needs and not getattr(client, self.needs):
            raise ApiRefused(403, "not_allowed", _("This token is not for that. Ask the registrar of your ministry."))
        request.scope = Scope.for_client(client, request.today)
        note_use(client=client, on=request.today)
        return client

    def authenticate(self, request, token):
        """The client whose token this is and holds today, or None."""
        found = ApiClient.objects.select_related("institution", "user").filter(token_prefix=prefix_of(token)).first()
        is_right = hmac.compare_digest(print_of(token), found.token_print if found else NOBODYS_PRINT)
        return found if found and is_right and found.is_usable_on(request.today) else None


def _limit(request, action, key=None):
    if not ratelimit.consume(request, app="api", action=action, config=LIMITS, key=key, limit_get=True):
        raise ApiRefused(
            429,
            "too_many_requests",
            _("Too many requests. Wait a minute and send them more slowly."),
            headers={"Retry-After": str(WAIT)},
        )

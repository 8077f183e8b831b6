"""Which logins of a ministry's identity provider open an account, as its owner reads it and whoever resets access.

The next login of the same provider links the account anew, so ending a link is what resets a provider's login: whoever
may hand out a new password may do it, and nobody else but the owner of the account.
"""

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.utils.translation import gettext as _

from institutions.access_actions import delete_sessions
from institutions.actions import RegisterRefused
from institutions.models import User
from institutions.provider_logins import end_links
from institutions.provider_rules import is_only_way_in

_names = []


def name_providers(names):
    """Let names(), a function, say what the configured providers are called: id → name in the page's language."""
    _names.append(names)


def provider_names():
    return {key: name for names in _names for key, name in names().items()}


@dataclass(frozen=True, kw_only=True)
class Link:
    """One login of a provider that opens an account; its name is the provider's id where none is configured."""

    pk: int
    provider: str
    name: str
    is_configured: bool
    since: datetime
    last_used: datetime


def links_of(user):
    """The links of one account, oldest first."""
    names = provider_names()
    return [
        Link(
            pk=each.pk,
            provider=each.provider,
            name=names.get(each.provider, each.provider),
            is_configured=each.provider in names,
            since=each.date_joined,
            last_used=each.last_login,
        )
        for each in SocialAccount.objects.filter(user=user).order_by("date_joined", "pk")
    ]


def link_with(user, pk):
    """The link of this account with this number, or None: another's is none of this one's."""
    return next((link for link in links_of(user) if link.pk == pk), None) if user else None


def passkeys_alone(user):
    """How many passkeys of the account open it without a password."""
    keys = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN)
    return sum(1 for key in keys if key.wrap().is_passwordless)


def is_only_way(user, link):
    """True if the account could not be entered any more without this link; one that is not configured opens nothing."""
    if not link.is_configured:
        return False
    others = [each for each in links_of(user) if each.pk != link.pk and each.is_configured]
    return is_only_way_in(
        has_password=user.has_usable_password(), passkeys_alone=passkeys_alone(user), other_links=len(others)
    )


@transaction.atomic
def end_own_link(*, user, link, at):
    """End a link of one's own account; refused where nobody could come in any more."""
    locked = User.objects.select_for_update().get(pk=user.pk)  # two links ended at once leave one
    if is_only_way(locked, link):
        raise RegisterRefused(
            _(
                "This is the only way into your account: it has no password and no passkey. Get a slip from your HR"
                " unit and set a password first, or add a passkey."
            )
        )
    return end_links(user=locked, provider=link.provider, at=at, by=user)


@transaction.atomic
def end_link_for(*, access, link, at, by):
    """End a link of somebody else's account and log it out everywhere; for whoever might reset its password."""
    if access.refusal:
        raise RegisterRefused(str(access.refusal.label))
    institution = access.post.institution if access.post else None
    ended = end_links(user=access.person.user, provider=link.provider, at=at, by=by, institution=institution)
    if ended:
        delete_sessions(access.person.user)
    return ended

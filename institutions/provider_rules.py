"""Whose account an identity provider may open: pure decisions."""

from dataclasses import dataclass
from enum import StrEnum


class Refusal(StrEnum):
    """Why a login from a provider opens nothing. Only the record reads it: the visitor gets one sentence for all."""

    NO_REGISTER = "no-such-register"
    NO_NUMBER = "no-staff-number"
    UNKNOWN = "unknown-number"
    CLOSED = "account-closed"
    NO_POST = "no-post-today"
    REACHES_FURTHER = "reaches-beyond-register"
    OTHER_NUMBER = "login-of-another-number"
    OTHER_LOGIN = "account-of-another-login"
    AT_ONCE = "two-at-once"


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the decision rests on, of one person and one register on one day."""

    is_active: bool = True
    posts_here: int = 0
    reaches_further: bool = False
    """True if a post or a role of the account lies outside the register, or it owns the platform."""
    is_login_of_another: bool = False
    """True if this login of the provider has opened somebody else's account."""
    has_another_login: bool = False
    """True if another login of the same provider has opened this account."""


def refusal_of(facts):
    """Why this login may not open the account; None where it may."""
    if facts.is_login_of_another:
        return Refusal.OTHER_NUMBER
    if facts.has_another_login:
        return Refusal.OTHER_LOGIN
    if not facts.is_active:
        return Refusal.CLOSED
    if not facts.posts_here:
        return Refusal.NO_POST
    return Refusal.REACHES_FURTHER if facts.reaches_further else None


def is_only_way_in(*, has_password, passkeys_alone, other_links):
    """True if a login that opens the account is the last one: ending it would lock its owner out."""
    return not (has_password or passkeys_alone or other_links)

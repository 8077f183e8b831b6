"""Who may hand whom a slip for access: pure decisions."""

from dataclasses import dataclass, field

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from institutions.models.accounts import Role

# Roles that see no more than a registrar does; who may reset one of them gains nothing by it.
REGISTRAR_MAY_RESET = frozenset({Role.Kind.HR, Role.Kind.MONITOR, Role.Kind.TRAINER})


class Refusal(TextChoices):
    """Why the viewer cannot give access; its words follow the name of who can."""

    OWN = "own", _("This is you. Change your password on your own page.")
    LEFT = "left", _("This person has no post in your institutions today.")
    NO_NUMBER = "no-number", _("The register has no staff number of this person. Enter it first.")
    ELSEWHERE = "elsewhere", _("This person also serves outside your institutions, and has an account in use.")
    ROLE = "role", _("This account has a role.")
    RESERVED = "reserved", _("This account has a role that reaches further than yours.")
    CLOSED = "closed", _("This account is closed.")


# Refusals that somebody else can do something about.
ASK_ABOVE = frozenset({Refusal.ELSEWHERE, Refusal.ROLE, Refusal.RESERVED})


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the decision rests on, of one person and one viewer on one day."""

    is_viewer: bool = False
    is_owner: bool = False
    """True if the viewer owns the platform, above every ministry and role."""
    is_owner_account: bool = False
    posts_here: int = 0
    posts_elsewhere: int = 0
    has_name: bool = True
    is_in_use: bool = False
    is_active: bool = True
    is_above_ministries: bool = False
    """True for the platform owner, and for a role over an area, which no ministry grants."""
    roles: frozenset = field(default_factory=frozenset)
    roles_under_registrar: bool = False
    """True if every role lies in institutions of which the viewer is registrar."""


def refusal_of(facts):
    """Why the viewer may not hand this person a slip; None where they may."""
    if facts.is_viewer:
        return Refusal.OWN
    if not facts.posts_here and not facts.is_owner:
        return Refusal.LEFT
    if not facts.is_active:
        return Refusal.CLOSED
    if facts.is_owner:
        return _refusal_of_owner(facts)
    if facts.is_above_ministries or not facts.roles <= REGISTRAR_MAY_RESET:
        return Refusal.RESERVED
    if facts.roles and not facts.roles_under_registrar:
        return Refusal.ROLE
    if facts.posts_elsewhere and (facts.is_in_use or facts.roles):
        return Refusal.ELSEWHERE
    return None if facts.has_name else Refusal.NO_NUMBER


def _refusal_of_owner(facts):
    """The platform owner gives access to everybody but another owner: that is done on the server."""
    if facts.is_owner_account:
        return Refusal.RESERVED
    return None if facts.has_name else Refusal.NO_NUMBER

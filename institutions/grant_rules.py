"""Who may give and end which role: pure decisions."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from institutions.access_rules import REGISTRAR_MAY_RESET
from institutions.models.accounts import Role

# Whom a registrar may reset, a registrar may appoint: roles that see no more than a registrar does.
REGISTRAR_MAY_GRANT = REGISTRAR_MAY_RESET
LATEST_START = timedelta(days=92)
AREA_KINDS = frozenset({Role.Kind.MONITOR})


class Refusal(TextChoices):
    """Why the viewer cannot give this role to this account."""

    OWN = "own", _("Nobody can give a role to themselves, nor through a second account or row of the same person.")
    MAY_BE_OWN = (
        "may-be-own",
        _("This person may be you: same name and date of birth. Have the two rows compared first."),
    )
    CLOSED_ACCOUNT = "closed-account", _("This account is closed.")
    KIND = "kind", _("Only the platform owner gives this role.")
    AREA = "area", _("Only the platform owner gives a role over an area, and only to a monitor.")
    ONE_PLACE = "one-place", _("Name one institution, or one area, not both.")
    OUTSIDE = "outside", _("This institution does not lie in yours.")
    CLOSED_PLACE = "closed-place", _("This institution is closed, or will be before the role begins.")
    NO_POST = "no-post", _("Choose the post that justifies the role.")
    OTHERS_POST = "others-post", _("This post is not one of this person's in your institutions.")
    POST_NOT_HELD = "post-not-held", _("The post is not held on the day on which the role begins.")
    PAST = "past", _("A role begins today or later.")
    TOO_LATE = "too-late", _("A role begins within three months; give it later.")
    AFTER_YOURS = "after-yours", _("On that day your own role does not hold any more.")
    ENDS_FIRST = "ends-first", _("A role cannot end before it begins.")
    ALREADY = "already", _("The account has this role there already in these days.")


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the decision rests on: the giver, the account, and what is asked, on one day."""

    today: date
    kind: str
    starts_on: date
    ends_on: date | None = None
    is_owner: bool = False
    is_same_human: bool = False
    looks_like_giver: bool = False
    is_active: bool = True
    has_institution: bool = True
    has_area: bool = False
    covered_today: bool = False
    """True if the institution lies in one of which the giver is registrar."""
    covered_then: bool = False
    """The same on the day on which the role is to begin."""
    place_closes_on: date | None = None
    has_post: bool = False
    post_is_theirs: bool = False
    """True if the post is one of the account's person that the giver sees."""
    post_held_then: bool = False
    has_it: bool = False


def refusals_of(facts):
    """Every reason against giving the role, in the order of the form; none where it may be given."""
    return [refusal for refusal, holds in _questions(facts) if holds]


def _questions(facts):
    yield Refusal.OWN, facts.is_same_human
    yield Refusal.MAY_BE_OWN, facts.looks_like_giver and not facts.is_same_human
    yield Refusal.CLOSED_ACCOUNT, not facts.is_active
    yield Refusal.KIND, not facts.is_owner and facts.kind not in REGISTRAR_MAY_GRANT
    yield Refusal.AREA, facts.has_area and not (facts.is_owner and facts.kind in AREA_KINDS)
    yield Refusal.ONE_PLACE, facts.has_area == facts.has_institution
    yield from _of_the_place(facts)
    yield from _of_the_post(facts)
    yield Refusal.PAST, facts.starts_on < facts.today
    yield Refusal.TOO_LATE, facts.starts_on > facts.today + LATEST_START
    yield Refusal.ENDS_FIRST, facts.ends_on is not None and facts.ends_on < facts.starts_on
    yield Refusal.ALREADY, facts.has_it


def _of_the_place(facts):
    if facts.has_institution:
        yield Refusal.OUTSIDE, not facts.is_owner and not facts.covered_today
        yield Refusal.AFTER_YOURS, not facts.is_owner and facts.covered_today and not facts.covered_then
        closes = facts.place_closes_on
        yield Refusal.CLOSED_PLACE, closes is not None and closes <= facts.starts_on


def _of_the_post(facts):
    yield Refusal.NO_POST, not facts.is_owner and not facts.has_post
    yield Refusal.OTHERS_POST, facts.has_post and not facts.post_is_theirs
    yield Refusal.POST_NOT_HELD, facts.has_post and facts.post_is_theirs and not facts.post_held_then


def may_end(*, kind, is_owner, is_covered):
    """True for the platform owner, and for a registrar of the role's institution where the kind is theirs to give."""
    return is_owner or (is_covered and kind in REGISTRAR_MAY_GRANT)

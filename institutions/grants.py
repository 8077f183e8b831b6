"""Giving and ending roles from a page: every rule is asked again under a lock, and each act is on record."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from institutions.actions import RegisterRefused, end_role, grant_role
from institutions.grant_rules import Facts, may_end, refusals_of
from institutions.models import Area, Institution, NotOneHuman, Person, Post, Role, User
from institutions.scope import Scope
from institutions.tree_permissions import owns_platform

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A role that somebody wants to give: to whom, what, where, from and to, on which post, and why."""

    user: User
    kind: str
    starts_on: date
    reason: str
    institution: Institution | None = None
    area: Area | None = None
    post: Post | None = None
    ends_on: date | None = None

    @property
    def last_day(self):
        """The role ends with the post that justifies it at the latest."""
        ends = [day for day in (self.ends_on, self.post.ends_on if self.post else None) if day]
        return min(ends, default=None)


def refusals(scope, asked):
    """Why the viewer may not give this role; the answer of the rules to what the register says now."""
    return refusals_of(_facts(scope, asked))


def _facts(scope, asked):
    registrar, then = scope.acting_as(Role.Kind.REGISTRAR), Scope.for_user(scope.user, asked.starts_on)
    is_owner, place, post = owns_platform(scope), asked.institution, asked.post
    person = _person_of(asked.user)
    posts = Post.objects.of(person) if is_owner else Post.objects.visible_to(registrar).of(person)
    same = Role.objects.of(asked.user).filter(kind=asked.kind, institution=place, area=asked.area)
    if asked.last_day:
        same = same.filter(starts_on__lte=asked.last_day)
    return Facts(
        today=scope.today,
        kind=asked.kind,
        starts_on=asked.starts_on,
        ends_on=asked.ends_on,
        is_owner=is_owner,
        is_same_human=is_same_human(scope.user, asked.user),
        looks_like_giver=looks_like(scope.person, person),
        is_active=asked.user.is_active,
        has_institution=place is not None,
        has_area=asked.area is not None,
        covered_today=place is not None and scope.covers(place, Role.Kind.REGISTRAR),
        covered_then=place is not None and then.covers(place, Role.Kind.REGISTRAR),
        place_closes_on=place.closed_on if place else None,
        has_post=post is not None,
        post_is_theirs=post is not None and person is not None and posts.filter(pk=post.pk).exists(),
        post_held_then=post is not None and post.is_held_on(asked.starts_on),
        has_it=same.not_over_on(asked.starts_on).exists(),
    )


def _person_of(user):
    return Person.objects.filter(user=user).first()


def is_same_human(one, other):
    """True if both accounts are one, or belong to rows of one human."""
    if one.pk == other.pk:
        return True
    rows = [row for row in (_person_of(one), _person_of(other)) if row]
    return len(rows) == 2 and len({row.merged_into_id or row.pk for row in rows}) == 1


def looks_like(one, other):
    """True for two rows with the same name and day of birth of which nobody has said that they are two humans."""
    if one is None or other is None or one.pk == other.pk:
        return False
    alike = one.birth_date is not None and (one.birth_date, one.name_key) == (other.birth_date, other.name_key)
    first, second = sorted([one.pk, other.pk])
    return alike and not NotOneHuman.objects.filter(first=first, second=second).exists()


def _hold(*users):
    """The accounts as they are now, held until the end of the transaction, always in the same order."""
    keys = sorted({user.pk for user in users})
    rows = {row.pk: row for row in User.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")}
    return [rows[user.pk] for user in users]


@transaction.atomic
def give_role(*, asked, at, by):
    """Give the role. Refused with every reason where the giver may not, as things stand at this moment."""
    giver, user = _hold(by, asked.user)
    fresh = {"user": user}
    if asked.institution:
        rows = Institution.objects.select_for_update(no_key=True)
        fresh["institution"] = rows.get(pk=asked.institution.pk)
    if asked.post:
        fresh["post"] = Post.objects.select_for_update(no_key=True).get(pk=asked.post.pk)
    asked = Asked(**{**vars(asked), **fresh})
    scope = Scope.for_user(giver, timezone.localdate(at))
    if against := refusals(scope, asked):
        raise RegisterRefused(" ".join(str(refusal.label) for refusal in against))
    return grant_role(
        user=user,
        kind=asked.kind,
        institution=asked.institution,
        area=asked.area,
        post=asked.post,
        starts_on=asked.starts_on,
        ends_on=asked.last_day,
        reason=asked.reason,
        at=at,
        by=giver,
    )


@transaction.atomic
def take_role(*, role, last_day, reason, at, by):
    """End a role after its last day, or at once where that is None: then the next request goes without it."""
    day = timezone.localdate(at)
    giver, _user = _hold(by, role.user)
    role = Role.objects.select_for_update(of=("self",)).select_related("user", "institution").filter(pk=role.pk).first()
    scope = Scope.for_user(giver, day)
    if role is None or (role.ends_on and role.ends_on < day):
        raise RegisterRefused(_("This role has ended already."))
    if not may_take(scope, role):
        raise RegisterRefused(_("Only the platform owner ends this role."))
    if last_day is not None and last_day < max(day, role.starts_on):
        raise RegisterRefused(_("The last day is today or later, and not before the role begins."))
    if last_day is not None and role.ends_on and last_day > role.ends_on:
        raise RegisterRefused(_("A role can be ended earlier, never later. Give it anew instead."))
    return end_role(role=role, ends_on=last_day or day - ONE_DAY, reason=reason, at=at, by=giver)


def may_take(scope, role):
    """True if the viewer may end the role."""
    covered = role.institution is not None and scope.covers(role.institution, Role.Kind.REGISTRAR)
    return may_end(kind=role.kind, is_owner=owns_platform(scope), is_covered=covered)

"""Which roles and accounts a viewer may see, and what stands beside a role: its state, its second step, its history."""

from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from institutions.grants import may_take
from institutions.khmer import comparison_key
from institutions.models import AuditEntry, Person, Post, Role, User
from institutions.tree_permissions import owns_platform

STEPS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
ROLE_VERBS = ("institutions.grant_role", "institutions.end_role")


class State(models.TextChoices):
    """Where a role stands on a day."""

    HOLDS = "holds", _("Holds")
    BEGINS = "begins", _("Begins later")
    ENDED = "ended", _("Ended")


@dataclass(frozen=True, kw_only=True)
class RoleLine:
    """A role as a list shows it."""

    role: Role
    person: Person | None
    """The account's person, where the viewer sees them by name."""
    state: State
    waits_for_second_step: bool
    may_end: bool


def roles_seen(scope):
    """Roles in the viewer's ministry for a registrar, every role for the platform owner."""
    if owns_platform(scope):
        return Role.objects.all()
    return Role.objects.filter(scope.acting_as(Role.Kind.REGISTRAR).names_condition("institution__path"))


def in_state(roles, state, day):
    """The roles that stand so on the day; all of them where no state is named."""
    conditions = {
        State.BEGINS: Q(starts_on__gt=day),
        State.ENDED: Q(ends_on__lt=day),
        State.HOLDS: Q(starts_on__lte=day) & (Q(ends_on__isnull=True) | Q(ends_on__gte=day)),
    }
    return roles.filter(conditions[state]) if state else roles


def about(scope, roles, typed):
    """Roles of accounts whose name begins as typed, or whose person, seen by name, is called so."""
    people = Person.objects.all() if owns_platform(scope) else Person.objects.visible_to(scope)
    names = people.filter(user=OuterRef("user"), name_key__contains=comparison_key(typed))
    return roles.filter(Q(user__username__istartswith=typed) | Exists(names))


def in_order(roles):
    """The roles as lists show them: by kind, then place, the newest first."""
    rows = roles.select_related("user__person", "institution", "area", "post__position", "post__institution")
    return rows.order_by("kind", F("institution__path").asc(nulls_last=True), "-starts_on", "-pk")


def lines_of(scope, roles):
    """The roles with what stands beside them; two queries however many they are."""
    roles = list(roles)
    named = _named(scope, [role.user.person for role in roles if hasattr(role.user, "person")])
    wanted = set(getattr(settings, "CONDUCT_MFA_ROLES", ()))
    asked = {role.user_id for role in roles if role.kind in wanted}
    has_step = set(Authenticator.objects.filter(user__in=asked, type__in=STEPS).values_list("user", flat=True))
    return [
        RoleLine(
            role=role,
            person=named.get(role.user_id),
            state=_state_of(role, scope.today),
            waits_for_second_step=role.user_id in asked - has_step and role.kind in wanted,
            may_end=_state_of(role, scope.today) != State.ENDED and may_take(scope, role),
        )
        for role in roles
    ]


def _named(scope, people):
    """Account → its person, of those whom the viewer may see by name."""
    if not owns_platform(scope):
        keys = [person.pk for person in people]
        seen = set(Person.objects.visible_to(scope).filter(pk__in=keys).values_list("pk", flat=True))
        people = [person for person in people if person.pk in seen]
    return {person.user_id: person for person in people}


def _state_of(role, day):
    if role.starts_on > day:
        return State.BEGINS
    return State.ENDED if role.ends_on and role.ends_on < day else State.HOLDS


def history_of(role):
    """The audit entries of a role, the oldest first; those from before entries named the role are found by kind."""
    entries = AuditEntry.objects.filter(subject=f"user:{role.user_id}", verb__in=ROLE_VERBS)
    return [entry for entry in entries.select_related("actor").order_by("at", "pk") if _is_about(entry, role)]


def _is_about(entry, role):
    if "role" in entry.facts:
        return entry.facts["role"] == role.pk
    return entry.institution_id == role.institution_id and entry.facts.get("kind", role.kind) == role.kind


def accounts_found(scope, typed):
    """Accounts that the viewer may give a role: a registrar's of people who serve in the ministry, the owner's all."""
    people = Person.objects.filter(user=OuterRef("pk"), name_key__contains=comparison_key(typed))
    found = accounts_seen(scope).filter(Q(username__istartswith=typed) | Exists(people))
    return found.select_related("person").order_by("username")


def accounts_seen(scope):
    """Every account for the platform owner; for a registrar those of people who serve in the ministry today."""
    if owns_platform(scope):
        return User.objects.all()
    served = Post.objects.serving_on(scope.today).filter(person__user=OuterRef("pk"))
    registrar = scope.acting_as(Role.Kind.REGISTRAR)
    return User.objects.filter(is_active=True).filter(
        Exists(served.filter(registrar.names_condition("institution__path")))
    )


def posts_to_rest_on(scope, user):
    """Posts of the account's person on which the viewer may rest a role: held today or later, where the viewer sees."""
    person = Person.objects.filter(user=user).first()
    posts = Post.objects.filter(person=person) if person else Post.objects.none()
    if not owns_platform(scope):
        posts = posts.visible_to(scope.acting_as(Role.Kind.REGISTRAR))
    return posts.not_over_on(scope.today).select_related("institution", "position").order_by("starts_on", "pk")

"""Who cannot log in yet, and whom the viewer may give access: read for many people at once."""

from dataclasses import dataclass, replace

from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Count, Exists, OuterRef, Q, TextChoices, prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from institutions.access_rules import ASK_ABOVE, Facts, Refusal, refusal_of
from institutions.actions import tidy_staff_number
from institutions.models import Activation, Institution, Person, Post, Role, StaffNumber, User
from institutions.models.places import within_path
from institutions.tree_permissions import owns_platform

COMES_BY_PROVIDER = Exists(SocialAccount.objects.filter(user=OuterRef("user")))
NEVER_USED = Q(user__isnull=True) | (Q(user__password__startswith=UNUSABLE_PASSWORD_PREFIX) & ~Q(COMES_BY_PROVIDER))


class AccountState(TextChoices):
    """What a clerk reads about the account of one of the people."""

    IN_USE = "in-use", _("Can log in")
    CLOSED = "closed", _("Account closed")
    SLIP = "slip", _("Slip given, not used yet")
    NONE = "none", _("No slip given yet")


def account_states(people, at):
    """Person's key → AccountState, of people whom the viewer has been found to see; three queries for any number."""
    people = list(people)
    prefetch_related_objects(people, "user__socialaccount_set")
    slips = Activation.objects.open_of(people).usable_at(at).values_list("person", flat=True)
    given = set(slips) if people else set()
    return {person.pk: _account_state(person, given) for person in people}


def _account_state(person, given):
    if person.user and not person.user.is_active:
        return AccountState.CLOSED
    if person.user and person.user.is_in_use:
        return AccountState.IN_USE
    return AccountState.SLIP if person.pk in given else AccountState.NONE


@dataclass(frozen=True, kw_only=True)
class Access:
    """One person and whether the viewer may give them access; `ask` is the ministry whose registrar can, if any."""

    person: Person
    post: Post | None
    account_name: str
    refusal: Refusal | None
    is_in_use: bool
    ask: Institution | None = None

    @property
    def asks_owner(self):
        """True if only the platform owner can."""
        return self.refusal in ASK_ABOVE and self.ask is None


def without_access(scope, unit=None):
    """People who serve today where the viewer sees names, or in one unit of it, and have never set a password."""
    posts = Post.objects.serving_on(scope.today).visible_to(scope).filter(person=OuterRef("pk"))
    if unit:
        posts = posts.filter(within_path(unit.path, "institution__path"))
    people = Person.objects.visible_to(scope).filter(NEVER_USED).filter(Exists(posts))
    return people.exclude(pk=scope.person.pk) if scope.person else people


def access_to(scope, people):
    """The Access of each person, in their order; a fixed number of queries for any number of people."""
    people = list(people)
    prefetch_related_objects(people, "user__socialaccount_set")
    posts = _posts_of(people, scope.today)
    roles = _roles_of(people, scope.today)
    names = _account_names(people, posts, scope)
    found = [_access(scope, person, posts[person.pk], roles[person.pk], names.get(person.pk, "")) for person in people]
    return _with_whom_to_ask(found, posts, roles)


def _posts_of(people, day):
    posts = {person.pk: [] for person in people}
    rows = Post.objects.serving_on(day).filter(person__in=people).order_by("-starts_on", "-pk")
    for post in rows.select_related("institution", "position"):
        posts[post.person_id].append(post)
    return posts


def _roles_of(people, day):
    """Roles that hold or are still to begin."""
    roles = {person.pk: [] for person in people}
    rows = Role.objects.filter(user__person__in=people).filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day))
    for role in rows.select_related("institution", "user__person"):
        roles[role.user.person.pk].append(role)
    return roles


def _access(scope, person, posts, roles, name):
    here, user = _posts_here(scope, posts), person.user
    in_use = bool(user and user.is_in_use)
    facts = Facts(
        is_owner=owns_platform(scope),
        is_owner_account=bool(user and user.is_superuser),
        is_viewer=bool(scope.person and scope.person.pk == person.pk),
        posts_here=len(here),
        posts_elsewhere=len(posts) - len(here),
        has_name=bool(name),
        is_in_use=in_use,
        is_active=not user or user.is_active,
        is_above_ministries=bool(user and (user.is_superuser or user.is_staff)) or any(role.area_id for role in roles),
        roles=frozenset(role.kind for role in roles),
        roles_under_registrar=all(
            role.institution_id and scope.covers(role.institution, Role.Kind.REGISTRAR) for role in roles
        ),
    )
    post = here[0] if here else None
    return Access(person=person, post=post, account_name=name, refusal=refusal_of(facts), is_in_use=in_use)


def _posts_here(scope, posts):
    """Those posts on which access may rest: where the viewer sees names; for the platform owner everywhere."""
    if owns_platform(scope):
        return posts
    return [post for post in posts if scope.covers(post.institution, *scope.names_kinds)]


def _account_names(people, posts, scope):
    """What each logs in with: the account's name, else the staff number, with its register where two people have it."""
    names = {person.pk: person.user.username for person in people if person.user_id}
    nameless = [person for person in people if person.pk not in names]
    given = {person.pk: [] for person in nameless}
    for number in StaffNumber.objects.filter(person__in=nameless).select_related("register").order_by("-pk"):
        given[number.person_id].append(number)
    chosen = {}
    for person in nameless:
        here = _posts_here(scope, posts[person.pk])
        of_posts = {post.staff_number_id for post in here}
        roots = {post.institution.level_path[0] for post in here}
        numbers = [number for number in given[person.pk] if number.register.path in roots]
        if numbers:
            chosen[person.pk] = next((number for number in numbers if number.pk in of_posts), numbers[0])
    taken = _taken({number.number for number in chosen.values()})
    for pk, number in chosen.items():
        name = f"{number.register.code}-{number.number}" if number.number in taken else number.number
        names[pk] = tidy_staff_number(name)
    return names


def _taken(numbers):
    """Those numbers that two registers give to two people, or that are somebody's account already."""
    same = StaffNumber.objects.filter(number__in=numbers).values("number")
    shared = same.annotate(people=Count("person", distinct=True)).filter(people__gt=1).values_list("number", flat=True)
    return set(shared) | set(User.objects.filter(username__in=numbers).values_list("username", flat=True))


def _with_whom_to_ask(found, posts, roles):
    """Names the ministry above everything that stands in the way, where it is one ministry alone."""
    tops = {}
    for access in found:
        if access.refusal in {Refusal.ELSEWHERE, Refusal.ROLE}:
            held = [*posts[access.person.pk], *roles[access.person.pk]]
            paths = {thing.institution.level_path[0] for thing in held if thing.institution}
            if len(paths) == 1:
                tops[access.person.pk] = paths.pop()
    named = {top.path: top for top in Institution.objects.filter(path__in=set(tops.values()))} if tops else {}
    return [replace(access, ask=named.get(tops.get(access.person.pk))) for access in found]

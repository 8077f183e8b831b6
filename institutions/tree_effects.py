"""Who and what is touched when an institution is closed, moved or merged; read before, shown, and read again."""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q

from institutions import tree_rules
from institutions.models import Designation, Institution, Post, Role, TreeChange
from institutions.signals import tree_change_proposed


@dataclass(frozen=True)
class Change:
    """What is asked: close (other: the successor or None), move (other: the parent to be), merge (other: into)."""

    kind: str
    institution: Institution
    on: date
    other: Institution | None = None
    reason: str = ""

    @property
    def ends_it(self):
        return self.kind != TreeChange.Kind.MOVED


@dataclass
class Effects:
    """Counts of what the change touches, what the apps above say, and why it cannot be made (empty: it can)."""

    posts: int = 0
    people: int = 0
    begin_later: int = 0
    roles: int = 0
    duties: int = 0
    below: int = 0
    kinds_below: set = field(default_factory=set)
    above: list = field(default_factory=list)
    refusals: list = field(default_factory=list)


def posts_touched(change):
    """Posts of the institution that are held on the day of the change or after."""
    held = Post.objects.filter(institution=change.institution)
    return held.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=change.on))


def roles_touched(change):
    """Roles that end with the institution: those it gives, and those that rest on a post of it."""
    touched = Q(institution=change.institution) | Q(post__institution=change.institution)
    return Role.objects.filter(touched).not_over_on(change.on)


def effects_of(change, *, day):
    """The effects of a change as things stand, with the refusals of the rules and of the apps above."""
    effects = Effects()
    institution = change.institution
    children = institution.get_children().open_on(change.on)
    if change.ends_it:
        posts = posts_touched(change)
        effects.posts = posts.count()
        effects.people = posts.values("person").distinct().count()
        effects.begin_later = posts.filter(starts_on__gte=change.on).count()
        effects.roles = roles_touched(change).count()
        duties = Designation.objects.filter(institution=institution)
        effects.duties = duties.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=change.on)).count()
        effects.below = children.count()
        effects.kinds_below = set(children.order_by().values_list("kind", flat=True).distinct())
    else:
        below = Institution.objects.in_subtree(institution)
        effects.below = below.count() - 1
        served = Post.objects.serving_on(day).filter(institution__in=below)
        effects.posts, effects.people = served.count(), served.values("person").distinct().count()
        effects.roles = Role.objects.active_on(day).filter(institution__in=below).count()
    answers = tree_change_proposed.send(TreeChange, change=change, day=day)
    effects.above = [effect for _receiver, found in answers for effect in found or []]
    effects.refusals = list(tree_rules.refusals(change, effects, day=day))
    return effects

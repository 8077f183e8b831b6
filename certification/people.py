"""The people list: whom a viewer sees by name on a day, how each stands, and what one line of the list says."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.core.paginator import Paginator
from django.db.models import Case, Exists, IntegerField, OuterRef, Q, When
from django.db.models.functions import Length, Substr

from certification.filters import NO_CONTACT
from certification.flat import in_order, standings_of
from certification.models import Period, PersonStanding
from certification.models.requirements import Binder, any_of, bound_posts
from certification.rules import NEEDS_DOING, RANK, WORST_FIRST, next_due
from institutions.actions import tidy_staff_number
from institutions.khmer import comparison_key
from institutions.models import Institution, Post
from institutions.models.places import within_path

A_PAGE = 50
FEW = 1_000
"""People found by a search whom every query names one by one; of more, everybody's standing is read."""


class Selection:
    """The people whom the filters choose among those that the viewer sees by name; list and roster are made of it."""

    def __init__(self, scope, chosen):
        self.scope = scope.acting_as(*scope.names_kinds)
        self.chosen = chosen

    @property
    def day(self):
        return self.chosen.on

    @property
    def posts(self):
        """The posts that count: another post of a person shows nowhere, and nor does what only it binds to."""
        return Post.objects.visible_to(self.scope)

    @cached_property
    def chosen_posts(self):
        """The condition on a post that the filters sector, institution, area and contact make together."""
        chosen, condition = self.chosen, Q()
        if chosen.sector:
            condition &= Q(sector__slug=chosen.sector)
        if chosen.unit:
            unit = Institution.objects.visible_to(self.scope).filter(code=chosen.unit).first()
            condition &= within_path(unit.path, "institution__path") if unit else Q(pk__in=[])
        if chosen.area:
            condition &= Q(institution__area__code__startswith=chosen.area)
        if chosen.contact == NO_CONTACT:
            condition &= ~Q(Exists(_naming_a_contact()))
        return condition

    def of_any_status(self):
        """People with a binding post on the day that fits the filters, each with rank, by name."""
        people = PersonStanding.objects.visible_to(self.scope)
        return (
            people.with_worst_on(self.day, posts=self.posts, only=self.chosen_posts)
            .filter(self._named(self.chosen.q))
            .order_by("name_key", "pk")
        )

    def people(self):
        """Those of them whose worst status was asked for, in the order of the list."""
        people, statuses = self.of_any_status(), self.chosen.statuses
        return people if statuses is None else people.filter(rank__in=[RANK[status] for status in statuses])

    @cached_property
    def standings(self):
        """Person id → rank of everybody in of_any_status(), in no order: the same facts, many times quicker."""
        searched = self._searched()
        are_few = searched is not None and len(searched) <= FEW
        found = standings_of(
            self.posts.filter(starts_on__lte=self.scope.today),
            self.day,
            only=self.chosen_posts,
            binder=self._binder,
            named=Q(person__in=searched) if are_few else None,
        )
        if searched is None or are_few:
            return found
        return {person: rank for person, rank in found.items() if person in searched}

    def counts(self):
        """Status → how many people of the selection stand there, worst first."""
        counts = Counter(self.standings.values())
        return {status: counts[rank] for rank, status in enumerate(WORST_FIRST)}

    def page(self, number):
        """A page of people(), each with rank."""
        statuses = self.chosen.statuses or WORST_FIRST
        ranks = {RANK[status] for status in statuses}
        ids = [pk for pk, rank in self.standings.items() if rank in ranks]
        paginator = Paginator(in_order(ids), A_PAGE)
        paginator.count = len(ids)
        page = paginator.get_page(number)
        page.object_list = self._with_ids(list(page.object_list))
        return page

    def _with_ids(self, ids):
        found = PersonStanding.objects.visible_to(self.scope).in_bulk(ids)
        people = [found[pk] for pk in ids if pk in found]
        for person in people:
            person.rank = self.standings[person.pk]
        return people

    def size(self):
        """How many people the filters describe, of any status."""
        if self.chosen.q:
            return len(self.standings)
        posts = self.posts.serving_on(self.day).filter(self.chosen_posts, any_of(self._binder.conditions))
        return posts.values("person").distinct().count()

    @cached_property
    def _binder(self):
        return Binder(self.day)

    def _named(self, typed):
        """The condition on a person that a search makes: every word in a name, or the beginning of a staff number.

        Only numbers of posts that the viewer sees count: a number of another register would tell who serves there.
        """
        words = comparison_key(typed).split()
        if not words:
            return Q()
        return _in_name(words) | Q(Exists(self._numbered(typed).filter(person=OuterRef("pk"))))

    def _searched(self):
        """The ids of those whom the search finds on the day, read apart: together they would be tried row by row."""
        words = comparison_key(self.chosen.q).split()
        if not words:
            return None
        by_name = self.posts.serving_on(self.day).filter(_in_name(words, "person__"))
        return {
            person
            for posts in (by_name, self._numbered(self.chosen.q))
            for person in posts.order_by().values_list("person", flat=True)
        }

    def _numbered(self, typed):
        return self.posts.filter(staff_number__number__startswith=tidy_staff_number(typed))

    def lines(self, people):
        """The lines of these people, in their order; as many queries for one as for a thousand."""
        people = list(people)
        lines = {person.pk: Line(person, self.day) for person in people}
        for post in self.shown_posts(lines):
            lines[post.person_id].post = lines[post.person_id].post or post
        for period in self.periods(lines).with_status_on(self.day).order_by("rank", "due_on", "pk"):
            lines[period.person_id].periods.append(period)
        return list(lines.values())

    def shown_posts(self, person_ids):
        """The viewer's posts of these people on the day, first the one to show: it binds, fits and is the oldest."""
        fits = any_of(self._binder.conditions) & self.chosen_posts
        return (
            self.posts.serving_on(self.day)
            .filter(person__in=list(person_ids))
            .annotate(misfit=Case(When(fits, then=0), default=1, output_field=IntegerField()))
            .select_related("institution__area", "position", "sector", "staff_number")
            .order_by("misfit", "starts_on", "pk")
        )

    def periods(self, person_ids):
        """The current periods of these people under requirements that bind through posts of the viewer's."""
        return (
            Period.objects.visible_to(self.scope)
            .filter(person__in=list(person_ids))
            .current_on(self.day)
            .filter(bound_posts(self.day, self._binder.conditions, self.posts))
            .select_related("requirement__code")
        )


def _in_name(words, to=""):
    """The condition that every word is in the name of the person, to whom `to` leads."""
    condition = Q()
    for word in words:
        condition &= Q(**{f"{to}name_key__contains": word})
    return condition


def _naming_a_contact():
    """Institutions at or above that of a post which say whom to ask."""
    return Institution.objects.exclude(hr_unit="").filter(path=Substr(OuterRef("institution__path"), 1, Length("path")))


def waiting(counts):
    """How many of the counted people need something done."""
    return sum(counts[status] for status in NEEDS_DOING)


def tops_of(scope):
    """The institutions at the top of what the viewer sees by name."""
    ids = scope.institution_ids(*scope.names_kinds)
    found = Institution.objects.in_bulk(ids)
    return [found[pk] for pk in ids]


@dataclass
class Line:
    """One person of a list: the worst status, the post that shows, and every requirement with its own status."""

    person: PersonStanding
    day: date
    post: Post = None
    periods: list = field(default_factory=list)

    @property
    def status(self):
        return self.person.status

    @property
    def worst(self):
        """The period behind the status; None where nothing has been asked yet."""
        return next((period for period in self.periods if period.rank == self.person.rank), None)

    @property
    def due(self):
        return due_of(self.worst) if self.worst else None

    @property
    def days_left(self):
        """Days until the due day, 0 on it and after it."""
        return max((self.due - self.day).days, 0) if self.due else 0

    @property
    def days_late(self):
        """Days since the due day, 0 before it and on it."""
        return max((self.day - self.due).days, 0) if self.due else 0


def due_of(period):
    """The day up to which the person has time under a requirement, of a period with its status."""
    return next_due(period.status, due_on=period.due_on, valid_until=period.valid_until, grace_until=period.grace_until)

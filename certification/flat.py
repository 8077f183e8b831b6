"""Where everybody of a large register stands on a day, from a few lists of ids that Python puts together.

PersonStandingQuerySet.with_worst_on says the same in SQL, person by person, which is right for a few and slow for
sixty thousand. Tests hold the two equal.
"""

from collections import defaultdict

from django.db import connection
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from certification.models import Certificate, CertificateEvent, Exemption, Period, PersonStanding
from certification.models.standing import rank_by_dates, rank_by_period
from certification.rules import RANK, Status
from institutions.id_lists import Ids, ids_by
from institutions.models import Person

EXEMPT, NOT_STARTED = RANK[Status.EXEMPT], RANK[Status.NOT_STARTED]
BY_EVENT = {
    CertificateEvent.Kind.REVOKED: RANK[Status.REVOKED],
    CertificateEvent.Kind.SUSPENDED: RANK[Status.SUSPENDED],
}
MANY = 5_000
"""Ids among which SQLite finds a page sooner by going through the names in order."""


def standings_of(posts, day, *, only, binder, named=None):
    """Person id → rank of everybody whom one of the posts that `only` describes binds, in no order.

    posts are those that count for the viewer, binder is that of the day, named a condition on posts by their person.
    The number of queries is fixed, whoever is among them.
    """
    held = posts.serving_on(day)
    if named is not None:
        held = held.filter(named)
    fitting = held.filter(only) if only else held
    people = fitting.order_by().values("person")
    bound = _bound(fitting, binder)
    found = dict.fromkeys((person for some in bound.values() for person in some), EXEMPT)
    if only:  # their other posts bind too
        bound = _bound(held.filter(person__in=people), binder)
    standing, unclear = _standing(people, day)
    for requirement, some in bound.items():
        ranks = standing[requirement]
        for person in some & found.keys():
            if (rank := ranks.get(person, NOT_STARTED)) < found[person]:
                found[person] = rank
    unclear = (unclear | _with_several_rows()) & found.keys()
    rest = PersonStanding.objects.filter(pk__in=unclear or {0})  # asked for nobody too
    rest = rest.with_worst_on(day, posts=posts, conditions=binder.conditions).order_by()
    return found | dict(rest.values_list("pk", "rank"))


def in_order(ids):
    """These ids as a queryset, in the order of the people list; as many as there are in one parameter."""
    text = ",".join(map(str, ids))
    if connection.vendor == "postgresql":
        among = RawSQL('"institutions_person"."id" = ANY(%s::bigint[])', [f"{{{text}}}"], BooleanField())
    else:
        # With the plus SQLite goes through the index of names and stops at the end of the page.
        plus = "+" if len(ids) > MANY else ""
        sql = f'{plus}"institutions_person"."id" IN (SELECT value FROM json_each(%s))'
        among = RawSQL(sql, [f"[{text}]"], BooleanField())
    return Person.objects.filter(among).order_by("name_key", "pk").values_list("pk", flat=True)


def _bound(posts, binder):
    """Requirement id → the ids of those whom one of the posts binds to it."""
    bound = defaultdict(set)
    groups = posts.order_by().values("sector", "position").annotate(people=Ids("person"))
    for sector, position, people in groups.values_list("sector", "position", "people"):
        for requirement in binder.of(sector, position):
            bound[requirement].update(people)
    return bound


def _standing(people, day):
    """Requirement id → person id → rank there; and those people whom the lists alone do not settle."""
    standing, issued, unclear = defaultdict(dict), defaultdict(set), set()
    periods = Period.objects.filter(person__in=people, opened_on__lte=day).annotate(said=rank_by_period(day))
    groups = periods.values("requirement", "cycle", "said").annotate(people=Ids("person")).order_by("cycle")
    for requirement, said, ids in groups.values_list("requirement", "said", "people"):
        standing[requirement].update(dict.fromkeys(ids, said))
    certificates = Certificate.objects.filter(issued_on__lte=day).annotate(said=rank_by_dates(day)).order_by()
    groups = certificates.filter(person__in=people).values("requirement", "issued_on", "said")
    groups = groups.annotate(people=Ids("person")).order_by("issued_on")
    for requirement, issued_on, said, ids in groups.values_list("requirement", "issued_on", "said", "people"):
        ranks, same_day = standing[requirement], issued[requirement, issued_on]
        unclear.update(same_day.intersection(ids))
        same_day.update(ids)
        ranks.update(dict.fromkeys(ranks.keys() & set(ids), said))
    for requirement, person, rank in _by_events(certificates, day):
        if person in standing[requirement]:
            standing[requirement][person] = rank
    exempt = Exemption.objects.filter(starts_on__lte=day, ends_on__gte=day)
    for requirement, ids in ids_by("requirement", exempt).items():
        standing[requirement].update(dict.fromkeys(ids, EXEMPT))
    return standing, unclear


def _by_events(certificates, day):
    """(requirement, person, rank) of each certificate of people with an event; they are few in any register."""
    events = CertificateEvent.objects.filter(on_day__lte=day)
    last = dict(events.order_by("on_day", "at", "pk").values_list("certificate", "kind"))
    rows = certificates.filter(person__in=events.order_by().values("certificate__person")).order_by("issued_on", "pk")
    for pk, requirement, person, said in rows.values_list("pk", "requirement", "person", "said"):
        yield requirement, person, BY_EVENT.get(last.get(pk), said)


def _with_several_rows():
    """Those to whose row another was merged: what hangs on it counts too."""
    return set(Person.objects.filter(merged_into__isnull=False).values_list("merged_into", flat=True))

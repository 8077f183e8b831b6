"""The ministry's figures, HR's list and the roster, at one size of nation and at ten times that size.

`python -m tests.bench.figures PEOPLE REPEATS` works on the database of its environment, in which the demo nation is
loaded, and prints one JSON line.
"""

import io
import sys
from functools import partial

from tests.bench.measure import Times, alone, answer
from tests.bench.report import Line

TEN = 10
ORIGINALS = 400
MOST_GROWTH = 12  # ten times the people, and room for noise
MOST_MS = 1000
ROSTER = "roster of the nation"


def main(people, repeats):
    import django

    django.setup()
    from tests.bench.nation import Copier

    copier = Copier()
    found = []
    for size in (people, people * TEN):
        exact = copier.grow_to(size)
        figures = {name: measured(work, repeats) for name, work in works().items()}
        found.append({"people": exact, "figures": figures})
    answer(found)


def measured(work, repeats):
    """Milliseconds p50 and p95 by the wall, processor milliseconds of this process and the server, and queries."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tests.bench.database import Server

    with CaptureQueriesContext(connection) as queries:
        work()
        taken = len(queries)
    times = Times.of(work, repeats=repeats, server=Server(connection))
    return {"p50": times.p50, "p95": times.p95, "cpu": times.cpu, "queries": taken}


def works():
    """Name → what is measured, for the viewers as they are now: the nation's, a ministry's and a province's."""
    from django.utils import timezone

    from certification.coverage import coverage_of
    from certification.filters import Chosen, everybody_on
    from certification.people import Selection
    from conduct_codes.models import Code
    from conduct_codes.sign_figures import Law, figures_of
    from conduct_codes.unsigned import Unsigned, overdue_by_code
    from exports import books
    from institutions.models import Institution, Role, User
    from institutions.scope import Grant, Scope

    day = timezone.localdate()
    roots = Institution.objects.filter(depth=1)
    nation = Scope(day, tuple(Grant(Role.Kind.REGISTRAR, root.path, "", root.pk) for root in roots))
    province = Scope.for_user(User.objects.get(username="province"), day)

    def first_page(**filters):
        selection = Selection(nation, Chosen(on=day, **filters))
        selection.counts()
        selection.lines(selection.page(1).object_list)

    def roster():
        chosen = everybody_on(day)
        books.write_roster(io.BytesIO(), scope=nation, chosen=chosen, at=timezone.now(), by=None, language="km")

    def first_unsigned():
        unsigned = Unsigned(nation, law)
        unsigned.counts()
        unsigned.lines(unsigned.people()[:50])

    law = Law(Code.objects.get(slug="education"), day)
    return {
        "coverage of the nation": partial(coverage_of, nation, day),
        "coverage of one province": partial(coverage_of, province, day),
        "list with chips, needs doing": first_page,
        "list with chips, overdue": partial(first_page, status="overdue"),
        "list with chips, by name": partial(first_page, q="Keo", status="all"),
        "signatures of the nation, one code": partial(figures_of, nation, law),
        "who has not signed, first page": first_unsigned,
        "overdue in signing, all codes": partial(overdue_by_code, nation),
        "page /signatures/ of a ministry": page("monitor", "conduct_codes:sign_figures"),
        "page /coverage/ of a ministry": page("monitor", "certification:coverage"),
        "page /people/ of a ministry": page("2200003", "certification:person_list"),
        ROSTER: roster,
    }


def page(username, name):
    """A request of the account for the page, through every middleware and template."""
    from django.test import Client
    from django.urls import reverse

    from institutions.models import User

    client = Client(HTTP_HOST="localhost")
    client.force_login(User.objects.get(username=username))
    address = reverse(name)

    def asked():
        if client.get(address).status_code != 200:
            raise RuntimeError(f"{address} does not answer {username}.")

    return asked


def load(environment):
    """Fill the database of the environment with the demo nation."""
    alone("nation", ORIGINALS, **environment)


def run(environment, *, people, repeats):
    """The lines of the report for the database of the environment, which is larger afterwards."""
    few, many = alone("figures", people, repeats, **environment)
    lines = [line_of(name, few, many) for name in few["figures"]]
    slowest = max(figure["cpu"] for name, figure in many["figures"].items() if name != ROSTER)
    what = f"the slowest but the roster at {many['people']:,}, ms cpu"
    return [*lines, Line(what=what, measured=f"{slowest:.0f}", ratio=slowest, limit=MOST_MS)]


def line_of(name, few, many):
    before, after = few["figures"][name], many["figures"][name]
    return Line(
        what=name,
        measured=f"{shown(after)} at {many['people']:,}",
        beside=f"{shown(before)} at {few['people']:,}; queries {before['queries']} and {after['queries']}",
        ratio=after["cpu"] / before["cpu"],
        limit=MOST_GROWTH,
    )


def shown(figure):
    return f"{figure['cpu']:.0f} ms cpu, {figure['p50']:.0f}/{figure['p95']:.0f} wall"


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))

"""A province's workbook of people: read in its child process, judged, kept as a preview, applied with all that follows.

`python -m tests.bench.imports ROWS` works on the empty database of its environment and prints one JSON line.
"""

import io
import sys
import time
from datetime import date, timedelta

from tests.bench.measure import alone, answer, peak_mb
from tests.bench.report import Line

SCHOOLS = 300
BORN = date(1966, 1, 1)
MOST_MB = 512


def main(rows):
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from institutions.imports import applying
    from institutions.models import Person
    from institutions.scope import Scope
    from tests import factories

    world = factories.make_bound_world()
    department = factories.make_institution(world["ministry"], "department")
    schools = [factories.make_institution(department, code=f"school-{place}") for place in range(SCHOOLS)]
    factories.make_position()
    content = workbook(rows, schools)
    scope = Scope.of(department, factories.TODAY)
    found = {}
    register_import = preview(found, content, department, scope)
    assert register_import.counts["add"] == rows, register_import.counts
    found["before"] = peak_mb()
    most = applying.ON_SQLITE if connection_is_sqlite() else rows
    if rows <= most:
        apply = {"register_import": register_import, "seal": register_import.seal, "scope": scope}
        timed(found, "apply", lambda: applying.apply_import(**apply, at=factories.moment(), by=None))
        assert Person.objects.count() == rows
    found["peak"], found["child"] = peak_mb(), peak_of_children()
    answer(found)


def preview(found, content, institution, scope):
    from institutions.imports import staging
    from tests import factories

    reading = timed(found, "read", lambda: staging.read_file(content))
    kept = {"content": content, "file_name": "people.xlsx", "reading": reading, "at": factories.moment(), "by": None}
    asked = {"institution": institution, "scope": scope, "complete_of": None, "complete_on": None}
    return timed(found, "judge and keep", lambda: staging.keep_preview(**kept, **asked))[0]


def connection_is_sqlite():
    from django.db import connection

    return connection.vendor == "sqlite"


def peak_of_children():
    """The most memory that the reading process held."""
    import resource  # not on Windows

    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def timed(found, name, work):
    begun = time.perf_counter()
    done = work()
    found[name] = time.perf_counter() - begun
    return done


def workbook(rows, schools):
    from institutions.people_in.book import Lists, write_people

    target = io.BytesIO()
    people = (
        (
            f"{row:07d}",
            f"សុខ ចាន់ដារ៉ា {row}",
            f"Sok Chandara {row}",
            "FM"[row % 2],
            BORN + timedelta(days=row * 7 % 14_000),
            schools[row % len(schools)].code,
            "",
            "គ្រូបង្រៀន",
            "បុគ្គលិកអប់រំ",
            "",
            date(2020, 11, 1),
            None,
            "",
        )
        for row in range(rows)
    )
    write_people(target, rows=people, lists=Lists((), ()), language="km", title="People")
    return target.getvalue()


def run(environment, *, rows):
    """The lines of the report."""
    found = alone("imports", rows, **environment)
    lines = [
        Line(what=f"{rows:,} rows of people: {name}", measured=f"{found[name]:.1f} s")
        for name in ("read", "judge and keep", "apply")
        if name in found
    ]
    peaks = f"{found['child']:.0f} MB reading, {found['before']:.0f} MB judging"
    return [
        *lines,
        Line(
            what="peak memory of the worker, MB",
            measured=f"{found['peak']:.0f}",
            beside=peaks,
            ratio=found["peak"],
            limit=MOST_MB,
        ),
    ]


if __name__ == "__main__":
    main(int(sys.argv[1]))

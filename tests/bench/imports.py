"""A province's workbook of people, as it comes in: sent, judged and applied by the worker while HR goes on reading.

`python -m tests.bench.imports ROWS` works on the empty database of its environment and prints one JSON line. The site
runs as `manage.py serve` runs it; the workbook is made here, so that the worker's memory is the worker's own.
"""

import io
import statistics
import sys
import time
from datetime import date, timedelta
from http.client import HTTPConnection
from pathlib import Path

from tests.bench.measure import alone, answer
from tests.bench.pages import cookie_of, descendants, seconds_of_one, serving
from tests.bench.report import Line

SCHOOLS = 300
BORN = date(1966, 1, 1)
FIRST = 2_000  # people who are there before, so that the pages have something to show
MOST_MB = 512
MOST_SECONDS = 150  # of the processor: the rest of five minutes is the database's
MOST_SLOWER = 3  # a page while the worker, the database and the client share two processors
MOST_GROWTH = 1.5  # what a row of many may cost, in rows of few
BREATH = 0.05
IDLE_SECONDS = 10


def main(rows):
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    from institutions.imports.staging import AT_ONCE
    from institutions.models import Person
    from tests import factories

    if rows <= AT_ONCE:
        raise SystemExit(f"The worker takes imports of more than {AT_ONCE} rows.")
    world = factories.make_bound_world()
    department = factories.make_institution(world["ministry"], "department")
    schools = [factories.make_institution(department, code=f"school-{place}") for place in range(SCHOOLS)]
    factories.make_position()
    user = factories.make_role(institution=department).user
    few = apply_few(department, user, workbook(range(FIRST), schools))
    content = workbook(range(FIRST, FIRST + rows), schools)
    with serving() as (port, server):
        found = Import(department, user, Reader(port, user), server).take(content)
    if Person.objects.count() != FIRST + rows:
        raise RuntimeError(f"{Person.objects.count()} people are in the register.")
    answer(found | {"few": few / FIRST * 1000, "many": found["cpu"] / rows * 1000, "child": peak_of_children()})


def apply_few(institution, user, content):
    """Processor seconds of judging and applying what a click does."""
    from institutions.imports import applying, staging
    from tests import factories

    facts = {"scope": factories.scope_of(user), "at": factories.moment(), "by": user}
    reading = staging.read_file(content)
    begun = time.process_time()
    kept = staging.keep_preview(
        content=content, file_name="first.xlsx", reading=reading, institution=institution, **facts
    )[0]
    applying.apply_import(register_import=kept, seal=kept.seal, **facts)
    return time.process_time() - begun


class Import:
    """One file on its way through the site that runs."""

    def __init__(self, institution, user, reader, server):
        from institutions.scope import Scope

        self.institution, self.user, self.reader = institution, user, reader
        self.scope = Scope.of(institution, date.today())
        pids = [
            pid for pid in descendants(server) if b"worker" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        ]
        self.worker = min(pids)

    def take(self, content):
        """Seconds of each step, of the pages meanwhile, and the worker's peak memory."""
        from django.utils import timezone

        from institutions.imports import applying, staging

        begun = time.perf_counter()
        kept = staging.receive_file(
            content=content,
            file_name="people.xlsx",
            institution=self.institution,
            scope=self.scope,
            at=timezone.now(),
            by=self.user,
        )
        found = {"read": time.perf_counter() - begun, "judged before": peak_of(self.worker)}
        spent = seconds_of_one(self.worker)
        found["judge"], _pages = self._done(kept.job)
        found["judging"] = peak_of(self.worker)
        kept.refresh_from_db()
        idle = self.reader.ask(IDLE_SECONDS)
        job = applying.start_applying(
            register_import=kept, seal=kept.seal, scope=self.scope, at=timezone.now(), by=self.user
        ).job
        found["apply"], busy = self._done(job, read=True)
        found["cpu"] = seconds_of_one(self.worker) - spent
        return found | {"peak": peak_of(self.worker), "idle": slow_end(idle), "busy": slow_end(busy)}

    def _done(self, job, *, read=False):
        """Seconds that the worker spent on the job, and those of the pages that were read meanwhile."""
        pages = []
        while job.is_open:
            if read:
                pages += self.reader.ask(1)
            else:
                time.sleep(0.2)
            job.refresh_from_db()
        if (job.status, job.attempts) != (job.Status.DONE, 1):
            raise RuntimeError(f"The job ended as {job.status} at try {job.attempts}: {job.message}")
        return (job.finished_at - job.started_at).total_seconds(), pages


class Reader:
    """HR at a desk: three pages in turn, with a breath between."""

    PATHS = ("/km/people/", "/km/to-do/", "/km/imports/")

    def __init__(self, port, user):
        self.port = port
        self.headers = {"Cookie": cookie_of(user.username), "Accept-Language": "km"}
        self.ask(1)  # what is done once a process and once a session

    def ask(self, seconds):
        """Milliseconds of each answer."""
        found, until = [], time.perf_counter() + seconds
        connection = HTTPConnection("127.0.0.1", self.port, timeout=120)
        while time.perf_counter() < until:
            for path in self.PATHS:
                begun = time.perf_counter()
                connection.request("GET", path, headers=self.headers)
                reply = connection.getresponse()
                reply.read()
                found.append((time.perf_counter() - begun) * 1000)
                if reply.status != 200:
                    raise RuntimeError(f"{path} answered {reply.status}")
                time.sleep(BREATH)
        connection.close()
        return found


def slow_end(times):
    """The 95th percentile."""
    return statistics.quantiles(times, n=20)[-1]


def peak_of(pid):
    """The most memory that a process has held so far, in MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("This system does not say how much memory a process has held.")


def peak_of_children():
    """The most memory that the reading process held."""
    import resource  # not on Windows

    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


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
            "",
            date(2020, 11, 1),
            None,
            "",
            "",
        )
        for row in rows
    )
    write_people(target, rows=people, lists=Lists((), ()), language="km", title="People")
    return target.getvalue()


def run(environment, *, rows):
    """The lines of the report."""
    found = alone("imports", rows, **environment)
    what = f"{rows:,} rows of people"
    whole = found["read"] + found["judge"] + found["apply"]
    return [
        Line(
            what=f"{what}, s of the worker's processor",
            measured=f"{found['cpu']:.0f}, and {whole:.0f} by the wall",
            beside=f"by the wall: read {found['read']:.0f}, judge {found['judge']:.0f}, apply {found['apply']:.0f}",
            ratio=found["cpu"],
            limit=MOST_SECONDS,
        ),
        Line(
            what=f"{what}, judged and applied",
            measured=f"{found['many']:.2f} ms cpu a row",
            beside=f"{found['few']:.2f} ms with {FIRST:,} rows",
            ratio=found["many"] / found["few"],
            limit=MOST_GROWTH,
        ),
        Line(
            what="HR's pages while the worker applies, p95",
            measured=f"{found['busy']:.0f} ms",
            beside=f"{found['idle']:.0f} ms while it waits",
            ratio=found["busy"] / found["idle"],
            limit=MOST_SLOWER,
        ),
        Line(
            what="peak memory of the worker, MB",
            measured=f"{found['peak']:.0f}",
            beside=f"{found['judging']:.0f} after judging; {found['child']:.0f} of the process that reads",
            ratio=found["peak"],
            limit=MOST_MB,
        ),
    ]


if __name__ == "__main__":
    main(int(sys.argv[1]))

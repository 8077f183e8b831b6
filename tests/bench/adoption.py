"""An adoption that binds many people: the request that makes law, and the job that asks everybody, at two sizes.

`python -m tests.bench.adoption PEOPLE` works on the empty database of its environment and prints one JSON line. The
register is made by the database in bulk; the text goes through review and adoption as in the product.
"""

import io
import statistics
import sys
import time
from datetime import timedelta

from tests.bench.measure import alone, answer
from tests.bench.report import Line

TEN = 10
BATCH = 5000
ROUNDS = 7
MOST_OF_A_REQUEST = 2  # the request does no work per person, whatever their number
MOST_GROWTH = 12  # of the job with ten times the people, and room for noise
MOST_MS = 1000


def main(people):
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, stdout=io.StringIO())
    call_command("createcachetable", verbosity=0)
    grow_to(TEN)
    adopt(1)  # what is done once a process, such as reading templates, is no part of the figures
    found = []
    for size in (people, people * TEN):
        grow_to(size)
        found.append({"people": size, **adopt(ROUNDS)})
    answer(found)


def grow_to(size):
    """A register with so many people, each with one post that the code binds."""
    from django.db import connection

    from institutions.models import Institution, Person, Position, Post, Sector
    from tests import factories

    sector = Sector.objects.first() or factories.make_sector()
    position = Position.objects.first() or factories.make_position(sector)
    school = Institution.objects.first() or factories.make_institution()
    starts_on = factories.TODAY - timedelta(days=900)
    for first in range(Person.objects.count(), size, BATCH):
        numbers = range(first, min(first + BATCH, size))
        people = Person.objects.bulk_create(
            Person(name=f"មនុស្ស {number}", name_latin=f"Person {number}", name_key=f"{number:07d}", sex="F")
            for number in numbers
        )
        Post.objects.bulk_create(
            Post(person=person, institution=school, sector=sector, position=position, starts_on=starts_on)
            for person in people
        )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # as its own upkeep does within the minute


def adopt(rounds):
    """Milliseconds (the middle of some adoptions) and queries of the request; milliseconds of the last one's job."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from conduct_codes.actions import ASK_JOB
    from conduct_codes.models import Code, SignRequest
    from jobs.actions import run_job
    from jobs.models import Job
    from tests import factories
    from tests.bench.database import Server

    code = Code.objects.first() or factories.make_code()
    page = code.pages.filter(locale__language_code="km").first() or factories.make_code_page(code)
    client, server, requests = Client(HTTP_HOST="localhost"), Server(connection), []
    client.force_login(factories.make_role("adopter", code.owner).user)
    for _round in range(rounds):
        address, answers = f"/km/adoption/{factories.approve(page).pk}/", []
        with CaptureQueriesContext(connection) as queries:
            requests.append(timed(lambda: answers.append(client.post(address, form()).status_code), server))  # noqa: B023
        job = Job.objects.filter(kind=ASK_JOB).latest("pk")
        if answers != [302] or job.status != Job.Status.QUEUED:
            raise RuntimeError(f"The adoption answered {answers} and left its job {job.status}.")
    before = SignRequest.objects.count()
    work = timed(lambda: run_job(job_id=job.pk), server)
    job.refresh_from_db()
    asked = SignRequest.objects.count() - before
    request = {name: statistics.median(each[name] for each in requests) for name in ("wall", "cpu")}
    return {"request": request, "queries": len(queries), "job": work, "status": job.status, "asked": asked}


def timed(work, server):
    """Milliseconds by the wall and of the processors, of one call."""
    begun, spent = time.perf_counter(), time.process_time() + server.seconds()
    work()
    wall, spent = time.perf_counter() - begun, time.process_time() + server.seconds() - spent
    return {"wall": wall * 1000, "cpu": spent * 1000}


def form():
    """What an adopter types."""
    from django.utils import timezone

    today = timezone.localdate().isoformat()
    return {
        **{"instrument": "ប្រកាស", "instrument_latin": "Prakas", "instrument_number": "1", "signatory": "រដ្ឋមន្ត្រី"},
        **{"signatory_latin": "Minister", "adopted_on": today, "in_force_from": today, "change_class": "substantive"},
    }


def run(environment, *, people):
    """The lines of the report for the database of the environment."""
    few, many = alone("adoption", people, **environment)
    if (few["status"], few["asked"], many["status"], many["asked"]) != ("done", few["people"], "done", many["people"]):
        raise RuntimeError(f"Not everybody was asked: {few}, {many}.")
    return [
        Line(
            what="adoption, the request",
            measured=f"{shown(many['request'])} with {many['people']:,} bound",
            beside=f"{shown(few['request'])} with {few['people']:,}; queries {few['queries']} and {many['queries']}",
            ratio=many["request"]["cpu"] / few["request"]["cpu"],
            limit=MOST_OF_A_REQUEST,
        ),
        Line(
            what="adoption, the request, ms wall",
            measured=f"{many['request']['wall']:.0f}",
            ratio=many["request"]["wall"],
            limit=MOST_MS,
        ),
        Line(
            what="adoption, the job that asks them",
            measured=f"{shown(many['job'])} for {many['asked']:,}",
            beside=f"{shown(few['job'])} for {few['asked']:,}",
            ratio=many["job"]["cpu"] / few["job"]["cpu"],
            limit=MOST_GROWTH,
        ),
    ]


def shown(figure):
    return f"{figure['cpu']:,.0f} ms cpu, {figure['wall']:,.0f} wall"


if __name__ == "__main__":
    main(int(sys.argv[1]))

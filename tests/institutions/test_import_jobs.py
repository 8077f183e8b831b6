"""Long imports: judged and applied by a worker with progress, and a kill anywhere leaves all rows or none."""

import datetime
import os
import random
import signal
import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from institutions.imports import applying, staging
from institutions.imports.applying import start_applying
from institutions.imports.undoing import undo_import
from institutions.models import Person, Post, RegisterImport, Role, StaffNumber
from jobs.actions import cancel_job, run_job
from jobs.models import Job
from tests import factories
from tests.factories.sheets import make_sheet

BORN = datetime.date(1970, 1, 1)
DAY = datetime.timedelta(days=1)
KILLS = 20
MOST_STATEMENTS = 110  # SQLite takes a thousand values a statement; PostgreSQL needs about half of them


@pytest.fixture
def hr(transactional_db):
    """An HR user of a department with a school, and the sector's code: every new person is asked for things."""
    world = factories.make_bound_world()
    role = factories.make_role(institution=world["school"])
    role.user.school, role.user.position = world["school"], factories.make_position()
    return role.user


def rows(count, **facts):
    return [
        {
            "staff_number": f"{number:06d}",
            "name": f"សុខ {number}",
            "name_latin": f"Sok {number}",
            "sex": "F",
            "birth_date": BORN + number * DAY,
            "position": "Teacher",
            "sector": "education",
            "starts_on": datetime.date(2020, 11, 1),
            **facts,
        }
        for number in range(1, count + 1)
    ]


def received(hr, count, **facts):
    return staging.receive_file(
        content=make_sheet(rows(count, **facts)),
        file_name="people.xlsx",
        institution=hr.school,
        scope=factories.scope_of(hr),
        at=factories.moment(),
        by=hr,
    )


@pytest.fixture
def by_job(monkeypatch):
    """Files of more than five rows are long, and nothing runs before a test says so."""
    monkeypatch.setattr(staging, "AT_ONCE", 5)
    monkeypatch.setattr(applying, "AT_ONCE", 5)
    monkeypatch.setattr(staging, "BATCH", 4)
    monkeypatch.setattr("jobs.actions._enqueue", lambda job_id: None)


def start(hr, found):
    found.refresh_from_db()
    return start_applying(
        register_import=found, seal=found.seal, scope=factories.scope_of(hr), at=factories.moment(), by=hr
    )


def test_a_long_file_is_judged_and_applied_by_jobs(hr, by_job):
    found = received(hr, 12)
    assert found.state == "reading" and found.file and not found.rows.exists()
    job = run_job(job_id=found.job_id, clock=factories.moment)
    assert (job.status, job.total) == (Job.Status.DONE, 12)
    found.refresh_from_db()
    assert (found.state, found.counts["add"], found.file.name) == ("judged", 12, "")
    applied = start(hr, found)
    found.refresh_from_db()
    assert found.state == "applying" and Person.objects.count() == 0
    job = run_job(job_id=applied.job.pk, clock=factories.moment)
    found.refresh_from_db()
    assert job.status == Job.Status.DONE and "១២" in job.message
    assert found.state == "applied" and Post.objects.count() == 12
    # The job comes a second time, as after a kill between its commit and its end: nothing happens twice.
    Job.objects.filter(pk=job.pk).update(status="queued", finished_at=None, lease_until=factories.moment())
    assert run_job(job_id=job.pk, clock=factories.moment).status == Job.Status.DONE
    assert Post.objects.count() == 12


def test_a_cancelled_apply_leaves_none_and_can_be_asked_for_again(hr, by_job):
    found = received(hr, 8)
    run_job(job_id=found.job_id, clock=factories.moment)
    first = start(hr, found).job
    cancel_job(job=first, by=hr, at=factories.moment())
    assert run_job(job_id=first.pk, clock=factories.moment) is None and Person.objects.count() == 0
    second = start(hr, found).job
    run_job(job_id=second.pk, clock=factories.moment)
    assert Person.objects.count() == 8


def test_a_job_whose_owner_lost_the_role_writes_nothing(hr, by_job):
    found = received(hr, 8)
    run_job(job_id=found.job_id, clock=factories.moment)
    job = start(hr, found).job
    Role.objects.update(ends_on=factories.TODAY - DAY)
    ended = run_job(job_id=job.pk, clock=factories.moment)
    assert ended.status == Job.Status.FAILED and ended.message and Person.objects.count() == 0


def test_a_job_that_finds_the_register_changed_shows_the_new_preview(hr, by_job):
    found = received(hr, 8)
    run_job(job_id=found.job_id, clock=factories.moment)
    job = start(hr, found).job
    factories.make_post(None, hr.school, hr.position, staff_number="000003")
    run_job(job_id=job.pk, clock=factories.moment)
    found.refresh_from_db()
    assert (found.state, found.counts["add"], found.counts["conflict"]) == ("judged", 7, 1)
    assert Person.objects.count() == 1


def test_sqlite_refuses_more_than_it_can_hold(hr, by_job, monkeypatch):
    monkeypatch.setattr(applying, "ON_SQLITE", 3)
    found = received(hr, 4)
    if connection.vendor == "sqlite":
        with pytest.raises(staging.ImportRefused):
            start(hr, found)
        assert Person.objects.count() == 0
    else:
        assert start(hr, found).rows == 4


def test_a_ministry_has_three_imports_running_at_most_and_others_have_theirs(hr, by_job):
    found = [received(hr, 6) for _each in range(3)]
    with pytest.raises(staging.ImportRefused, match="៣"):
        received(hr, 6)
    assert RegisterImport.objects.count() == 3
    assert received(hr, 5).state == "judged"  # what a click does keeps no worker busy
    hr.school = factories.make_institution()
    factories.make_role(institution=hr.school, user=hr)
    assert received(hr, 6).state == "reading"
    run_job(job_id=found[0].job_id, clock=factories.moment)
    hr.school = found[0].institution
    fourth = received(hr, 6)
    with pytest.raises(staging.ImportRefused):
        start(hr, found[0])
    run_job(job_id=fourth.job_id, clock=factories.moment)
    assert start(hr, found[0]).job


@pytest.mark.django_db
def test_an_apply_takes_as_many_statements_for_each_five_hundred_rows(hr):
    """Few statements, whose number depends on batches and never on rows: SQLite's one writer is not kept long."""
    counts = []
    for rows_before, count in ((0, 500), (500, 1000)):
        sheet = make_sheet(rows(rows_before + count)[rows_before:])
        facts = {"scope": factories.scope_of(hr), "at": factories.moment(), "by": hr}
        found = staging.receive_file(content=sheet, file_name="people.xlsx", institution=hr.school, **facts)
        with CaptureQueriesContext(connection) as queries:
            applied = applying.apply_import(register_import=found, seal=found.seal, **facts)
        assert applied.rows == count
        counts.append(len(queries))
    assert counts[1] - counts[0] <= MOST_STATEMENTS


@pytest.mark.postgres
@pytest.mark.slow
def test_an_apply_killed_at_random_points_leaves_all_rows_or_none(hr):
    """An apply is timed, then killed at twenty moments spread over that time; all rows are there each time, or none."""
    count = 60
    found = received(hr, count)
    random.seed(5)
    seen, whole = set(), 0
    for kill in range(KILLS + 1):
        begun, child = time.monotonic(), applying_child(found)
        if kill:
            time.sleep(whole * (kill - 1 + random.random()) / KILLS)
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        whole = whole or time.monotonic() - begun
        wait_for_quiet()
        seen.add(rows_made())
        assert rows_made() in ((0, 0, 0, 0), (count, count, count, count))
        if rows_made()[0]:
            assert RegisterImport.objects.get(pk=found.pk).state == "applied"
            undo_import(register_import=found, at=factories.moment(), by=hr)
            assert rows_made() == (0, 0, 0, 0)
            RegisterImport.objects.filter(pk=found.pk).update(state="judged", applied_at=None, undone_at=None)
            found.rows.update(person=None, done={})
    assert seen == {(0, 0, 0, 0), (count, count, count, count)}


def wait_for_quiet():
    """Until the server has noticed that the killed client is gone."""
    for _try in range(200):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            if not cursor.fetchone()[0]:
                return
        time.sleep(0.05)


def applying_child(found):
    """The id of a copy of this process that applies the import and ends without a word."""
    connection.close()  # a connection cannot be shared
    child = os.fork()
    if child == 0:
        try:
            scope = factories.scope_of(found.by)
            applying.apply_import(
                register_import=found, seal=found.seal, scope=scope, at=factories.moment(), by=found.by
            )
        finally:
            os._exit(0)
    return child


def rows_made():
    """People, posts, staff numbers and people who were asked to sign."""
    asked = Person.objects.filter(sign_requests__isnull=False).distinct().count()
    return Person.objects.count(), Post.objects.count(), StaffNumber.objects.count(), asked

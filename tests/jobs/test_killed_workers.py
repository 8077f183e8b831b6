"""Real worker processes, on both databases: killed in the middle of a job, and two at once."""

from collections import Counter

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from jobs import registry
from jobs.actions import request_job
from jobs.models import Job
from tests.jobs.worker_apart import QUEUE, count, database_of_workers, wait_until, workers

STARTS_WITHIN = 60
TAKEN_OVER_WITHIN = 60

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def asked(settings):
    """A function that asks for a job that counts."""
    settings.TASKS = QUEUE
    registry.register("test", count)
    return lambda many: request_job(kind="test", params={"count": many}, by=None, at=timezone.now())


def noted(alias):
    """(job, number, process) of everything that was noted."""
    names = Group.objects.using(alias).filter(name__regex=r"^\d+ ").values_list("name", flat=True)
    return [tuple(map(int, name.split())) for name in names]


def test_the_job_of_a_killed_worker_is_taken_over_within_a_minute_and_done_once(asked, tmp_path):
    job = asked(60)
    with database_of_workers(tmp_path) as (alias, address), workers(address, tmp_path) as start:
        now = Job.objects.using(alias).filter(pk=job.pk)
        first = start()
        wait_until(lambda: now.get().done >= 5, seconds=STARTS_WITHIN)
        second = start()
        first.kill()
        first.wait()
        left_at = now.get().done
        assert now.get().status == Job.Status.RUNNING
        assert wait_until(lambda: now.get().attempts == 2, seconds=TAKEN_OVER_WITHIN) < TAKEN_OVER_WITHIN
        wait_until(lambda: not now.get().is_open, seconds=STARTS_WITHIN)
        assert (now.get().status, now.get().done) == (Job.Status.DONE, 60)
        by = Counter(process for _job, _number, process in noted(alias))
        assert sorted(number for _job, number, _process in noted(alias)) == list(range(60))
        assert (by[first.pid], by[second.pid]) == (left_at, 60 - left_at)


def test_two_workers_share_the_jobs_and_do_none_twice(asked, tmp_path):
    jobs = [asked(4) for _each in range(12)]
    with database_of_workers(tmp_path) as (alias, address), workers(address, tmp_path) as start:
        pair = {start().pid, start().pid}
        # The tick of a worker asks for work of its own.
        ended = Job.objects.using(alias).filter(kind="test", status__in=Job.ENDED)
        wait_until(lambda: ended.count() == 12, seconds=STARTS_WITHIN)
        found = noted(alias)
        assert set(ended.values_list("status", "attempts")) == {(Job.Status.DONE, 1)}
        assert sorted((job, number) for job, number, _process in found) == [
            (job.pk, number) for job in jobs for number in range(4)
        ]
        assert {process for _job, _number, process in found} == pair

import os

import pytest
from django.core.management import call_command, get_commands, load_command_class
from django.utils import timezone

from jobs import registry, upkeep
from jobs.actions import request_job, run_job
from jobs.models import Job
from jobs.progress import clear_old_scratch
from jobs.signals import tick
from jobs.storage import private_folder


@pytest.fixture
def ticks():
    seen = []

    def receiver(sender, at, **kwargs):
        seen.append(at)

    tick.connect(receiver)
    yield seen
    tick.disconnect(receiver)


@pytest.mark.django_db
def test_once_ticks_once_a_minute(clock, ticks):
    keeper = upkeep.Upkeep(clock=clock)
    for _round in range(13):
        keeper.once()
        clock.pass_by(seconds=5)
    assert len(ticks) == 2
    assert (ticks[1] - ticks[0]).total_seconds() == 60


@pytest.mark.django_db
def test_once_goes_on_when_one_part_fails(clock, ticks, monkeypatch, caplog):
    def broken(sender, at, **kwargs):
        raise ZeroDivisionError

    def no_database(at):
        raise ZeroDivisionError

    tick.connect(broken)
    monkeypatch.setattr(upkeep, "reap_expired", no_database)
    try:
        upkeep.Upkeep(clock=clock).once()
    finally:
        tick.disconnect(broken)
    assert len(ticks) == 1
    assert "no_database failed" in caplog.text
    assert "The tick of" in caplog.text


def test_once_takes_back_the_job_of_a_dead_worker(waiting_job, clock, django_capture_on_commit_callbacks):
    def killed(job, progress):
        raise SystemExit

    job = waiting_job(killed)
    with pytest.raises(SystemExit):
        run_job(job_id=job.pk, clock=clock)
    registry._handlers["test"] = lambda job, progress: None
    clock.pass_by(seconds=60)
    with django_capture_on_commit_callbacks(execute=True):
        upkeep.Upkeep(clock=clock).once()
    job.refresh_from_db()
    assert job.status == Job.Status.DONE


def test_clear_old_scratch_removes_what_dead_runs_left(clock):
    old, new = (private_folder() / "scratch" / name for name in ("1-old", "2-new"))
    for place, age in ((old, 3601), (new, 60)):
        place.mkdir(parents=True)
        (place / "roster.xlsx").write_bytes(b"half")
        os.utime(place, (clock.now.timestamp() - age,) * 2)
    assert clear_old_scratch(clock.now) == 1
    assert (old.exists(), new.exists()) == (False, True)


@pytest.fixture
def task_queue(settings):
    """The queue of the product; the tests otherwise run tasks at once."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


def test_worker_never_reloads(task_queue):
    command = load_command_class(get_commands()["worker"], "worker")
    assert command.create_parser("manage.py", "worker").parse_args(["--batch"]).reload is False


@pytest.mark.django_db(transaction=True)
def test_worker_runs_what_waits_and_ends(task_queue, monkeypatch):
    monkeypatch.setattr(upkeep.Upkeep, "start", lambda self: None)
    monkeypatch.setattr(upkeep.Upkeep, "stop", lambda self: None)
    registry.register("test", lambda job, progress: progress.advance(2, 2))
    job = request_job(kind="test", params={}, by=None, at=timezone.now())
    assert Job.objects.get().status == Job.Status.QUEUED
    call_command("worker", batch=True, startup_delay=False, interval=0, verbosity=0)
    job.refresh_from_db()
    assert (job.status, job.done) == (Job.Status.DONE, 2)

import threading
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser, Group
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from jobs import registry, rules
from jobs.actions import cancel_job, reap_expired, request_job, resume_job, run_job
from jobs.models import Job
from jobs.progress import Progress, RunEnded
from jobs.registry import JobRefused, Outcome


def nothing(job, progress):
    pass


def fails(job, progress):
    raise ZeroDivisionError("secret detail")


def add_group(name):
    """A fact that a handler writes, to see whether it was committed."""
    Group.objects.create(name=f"fact: {name}")


def facts():
    names = Group.objects.filter(name__startswith="fact: ").values_list("name", flat=True)
    return sorted(name.removeprefix("fact: ") for name in names)


# --- asking ---------------------------------------------------------------------------------------------------------


def test_request_job_runs_after_the_commit(waiting_job, django_capture_on_commit_callbacks):
    seen = []
    with django_capture_on_commit_callbacks(execute=True):
        job = waiting_job(lambda job, progress: seen.append(job.params), params={"edition": 4})
        assert seen == []
        assert job.status == Job.Status.QUEUED
    assert seen == [{"edition": 4}]
    job.refresh_from_db()
    assert job.status == Job.Status.DONE
    assert (job.lease_token, job.lease_until, job.attempts) == (None, None, 1)


def test_request_job_with_a_key_that_was_used_gives_that_job(waiting_job, clock, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        first = waiting_job(nothing, key="ask:4")
        again = request_job(kind="test", params={"other": 1}, by=None, at=clock.now, key="ask:4")
        other = request_job(kind="test", params={}, by=None, at=clock.now, key="ask:5")
    assert again == first != other
    assert len(callbacks) == 2


def test_request_job_without_a_key_is_a_job_each_time(waiting_job, clock):
    first = waiting_job(nothing)
    assert request_job(kind="test", params={}, by=None, at=clock.now) != first


@pytest.mark.django_db
def test_request_job_refuses_a_kind_that_nobody_does(clock):
    with pytest.raises(LookupError):
        request_job(kind="unheard-of", params={}, by=None, at=clock.now)


def test_job_is_visible_to_its_owner_alone(waiting_job, clock):
    owner, other = (get_user_model().objects.create(username=name) for name in ("one", "two"))
    job = waiting_job(nothing, by=owner)
    waiting_job(nothing)
    assert list(Job.objects.visible_to(owner)) == [job]
    assert not Job.objects.visible_to(other).exists()
    assert not Job.objects.visible_to(AnonymousUser()).exists()


# --- running --------------------------------------------------------------------------------------------------------


def test_run_job_shows_how_far_it_is(waiting_job, clock):
    seen = []

    def handler(job, progress):
        for done in (1, 2):
            clock.pass_by(seconds=30)
            progress.advance(done, 4)
            row = Job.objects.get()
            seen.append((row.status, row.done, row.total, row.percent, row.lease_until - clock.now))

    job = run_job(job_id=waiting_job(handler).pk, clock=clock)
    assert seen == [("running", 1, 4, 25, rules.LEASE), ("running", 2, 4, 50, rules.LEASE)]
    assert (job.status, job.percent) == (Job.Status.DONE, 100)
    assert job.finished_at - job.started_at == timedelta(seconds=60)


def test_run_job_does_nothing_for_a_job_that_has_ended(waiting_job, clock):
    runs = []
    job = waiting_job(lambda job, progress: runs.append(1))
    run_job(job_id=job.pk, clock=clock)
    assert run_job(job_id=job.pk, clock=clock) is None
    assert run_job(job_id=job.pk + 1, clock=clock) is None
    assert runs == [1]


def test_run_job_delivered_twice_runs_once(waiting_job, clock):
    second = []
    job = waiting_job(lambda job, progress: second.append(run_job(job_id=job.pk, clock=clock)))
    run_job(job_id=job.pk, clock=clock)
    assert second == [None]


def test_run_job_keeps_the_result_in_private_storage(waiting_job, clock, tmp_path):
    def handler(job, progress):
        place = progress.scratch("roster.xlsx")
        place.write_bytes(b"rows")
        return Outcome(message="3 people", file=place, file_name="បញ្ជី.xlsx")

    job = run_job(job_id=waiting_job(handler).pk, clock=clock)
    assert (job.status, job.message, job.result_name) == ("done", "3 people", "បញ្ជី.xlsx")
    assert job.result.read() == b"rows"
    job.result.close()
    assert job.result.path.startswith(str(tmp_path / "private" / "jobs"))
    with pytest.raises(ValueError, match="no address"):
        job.result.url  # noqa: B018
    assert [path.name for path in (tmp_path / "private" / "scratch").iterdir()] == []


def test_run_job_speaks_the_language_of_who_asked(waiting_job, clock):
    seen = []
    with translation.override("km"):
        job = waiting_job(lambda job, progress: seen.append(translation.get_language()))
    run_job(job_id=job.pk, clock=clock)
    assert (seen, translation.get_language()) == (["km"], "en")


# --- failing --------------------------------------------------------------------------------------------------------


def test_run_job_that_fails_says_so_and_waits_longer_each_time(waiting_job, clock):
    job = waiting_job(fails, max_attempts=3)
    for seconds in (10, 40):
        job = run_job(job_id=job.pk, clock=clock)
        assert job.status == Job.Status.QUEUED
        assert job.message == "Something went wrong on our side. It will be tried again."
        assert job.not_before == clock.now + timedelta(seconds=seconds)
        clock.pass_by(seconds=seconds - 1)
        assert run_job(job_id=job.pk, clock=clock) is None
        assert reap_expired(clock.now) == 0
        clock.pass_by(seconds=1)
    job = run_job(job_id=job.pk, clock=clock)
    assert (job.status, job.attempts, job.finished_at) == (Job.Status.FAILED, 3, clock.now)
    assert job.message.startswith("Something went wrong on our side at every try.")
    assert "secret" not in job.message


def test_reap_expired_tries_again_after_the_wait(waiting_job, clock, django_capture_on_commit_callbacks):
    job = run_job(job_id=waiting_job(fails).pk, clock=clock)
    registry._handlers["test"] = nothing
    clock.pass_by(seconds=10)
    with django_capture_on_commit_callbacks(execute=True):
        assert reap_expired(clock.now) == 1
    job.refresh_from_db()
    assert (job.status, job.message, job.attempts) == (Job.Status.DONE, "", 2)


def test_run_job_that_is_refused_gives_the_sentence_and_is_not_tried_again(waiting_job, clock):
    def handler(job, progress):
        raise JobRefused("The institution was closed.")

    job = run_job(job_id=waiting_job(handler).pk, clock=clock)
    assert (job.status, job.message, job.attempts) == (Job.Status.FAILED, "The institution was closed.", 1)


def test_run_job_of_a_kind_that_is_gone_says_so(waiting_job, clock):
    job = waiting_job(nothing)
    registry._handlers.clear()
    job = run_job(job_id=job.pk, clock=clock)
    assert (job.status, job.message) == ("failed", "This installation cannot do this kind of work.")


def test_run_job_whose_file_is_missing_fails_and_leaves_no_file(waiting_job, clock, tmp_path):
    job = run_job(
        job_id=waiting_job(lambda job, progress: Outcome(file=tmp_path / "never-written.xlsx")).pk, clock=clock
    )
    assert (job.status, bool(job.result)) == (Job.Status.QUEUED, False)


# --- leases ---------------------------------------------------------------------------------------------------------


def test_lease_that_expired_is_taken_over_and_the_zombie_writes_nothing(waiting_job, clock):
    """The first worker freezes past its lease; the second does the job; the first wakes up and tries to go on."""
    zombie_saw = []

    def second(job, progress):
        with progress.step(1, 2):
            add_group("by the second")
        with progress.step(2, 2):
            add_group("by the second too")

    def first(job, progress):
        with progress.step(1, 2):
            add_group("by the first")
        clock.pass_by(seconds=46)
        registry._handlers["test"] = second
        Group.objects.filter(name="fact: by the first").delete()  # the second does it anew
        assert run_job(job_id=job.pk, clock=clock).status == Job.Status.DONE
        zombie_saw.append(progress.cancelled())
        for write in (lambda: progress.advance(2, 2), lambda: progress.step(2, 2).__enter__()):
            with pytest.raises(RunEnded):
                write()
        with progress.step(2, 2):
            add_group("by the zombie")
        return Outcome(message="by the zombie")

    job = waiting_job(first)
    run_job(job_id=job.pk, clock=clock)
    job.refresh_from_db()
    assert zombie_saw == [True]
    assert facts() == ["by the second", "by the second too"]
    assert (job.status, job.message, job.attempts) == (Job.Status.DONE, "", 2)


def test_zombie_that_returns_a_file_leaves_none(waiting_job, clock, tmp_path):
    def first(job, progress):
        clock.pass_by(seconds=46)
        registry._handlers["test"] = nothing
        run_job(job_id=job.pk, clock=clock)
        place = progress.scratch("roster.xlsx")
        place.write_bytes(b"rows")
        return Outcome(file=place)

    job = run_job(job_id=waiting_job(first).pk, clock=clock)
    assert (job.status, bool(job.result)) == (Job.Status.DONE, False)
    assert not [path for path in (tmp_path / "private").rglob("*") if path.is_file()]


def test_zombie_that_fails_does_not_undo_the_end(waiting_job, clock):
    def first(job, progress):
        clock.pass_by(seconds=46)
        registry._handlers["test"] = nothing
        run_job(job_id=job.pk, clock=clock)
        raise ZeroDivisionError

    assert run_job(job_id=waiting_job(first).pk, clock=clock).status == Job.Status.DONE


def test_step_that_fails_takes_its_progress_back(waiting_job, clock):
    def handler(job, progress):
        with progress.step(1, 2):
            add_group("kept")
        with progress.step(2, 2):
            add_group("lost")
            raise ZeroDivisionError

    job = run_job(job_id=waiting_job(handler).pk, clock=clock)
    assert (job.done, facts()) == (1, ["kept"])


def killed(job, progress):
    raise SystemExit  # a worker that ends at once writes nothing down


def test_reap_expired_puts_the_job_of_a_dead_worker_in_the_queue(
    waiting_job, clock, django_capture_on_commit_callbacks
):
    job = waiting_job(killed)
    with pytest.raises(SystemExit):
        run_job(job_id=job.pk, clock=clock)
    job.refresh_from_db()
    assert job.status == Job.Status.RUNNING
    assert reap_expired(clock.pass_by(seconds=44)) == 0
    registry._handlers["test"] = nothing
    with django_capture_on_commit_callbacks(execute=True):
        assert reap_expired(clock.pass_by(seconds=1)) == 1
    job.refresh_from_db()
    assert (job.status, job.attempts) == (Job.Status.DONE, 2)


def test_reap_expired_fails_a_job_that_kills_its_worker_each_time(waiting_job, clock):
    job = waiting_job(killed, max_attempts=1)
    with pytest.raises(SystemExit):
        run_job(job_id=job.pk, clock=clock)
    assert reap_expired(clock.pass_by(seconds=45)) == 1
    job.refresh_from_db()
    assert (job.status, job.finished_at) == (Job.Status.FAILED, clock.now)
    assert "stopped half way at every try" in job.message


def test_reap_expired_asks_the_queue_again_when_it_lost_a_job(waiting_job, clock, django_capture_on_commit_callbacks):
    job = waiting_job(nothing)  # committed, and the process died before it could enqueue
    assert reap_expired(clock.pass_by(seconds=119)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert reap_expired(clock.pass_by(seconds=1)) == 1
    job.refresh_from_db()
    assert job.status == Job.Status.DONE


def test_reap_expired_leaves_ended_jobs_alone(waiting_job, clock):
    run_job(job_id=waiting_job(nothing).pk, clock=clock)
    assert reap_expired(clock.pass_by(days=1)) == 0


# --- cancelling, resuming -------------------------------------------------------------------------------------------


def test_cancel_job_ends_a_waiting_job_before_it_begins(waiting_job, clock):
    runs = []
    job = waiting_job(lambda job, progress: runs.append(1))
    assert cancel_job(job=job, by=None, at=clock.now)
    assert (job.status, job.finished_at) == (Job.Status.CANCELLED, clock.now)
    assert run_job(job_id=job.pk, clock=clock) is None
    assert not cancel_job(job=job, by=None, at=clock.now)
    assert runs == []


def test_cancel_job_stops_a_running_job_at_its_next_step(waiting_job, clock):
    def handler(job, progress):
        with progress.step(1, 9):
            add_group("before")
        cancel_job(job=Job.objects.get(), by=None, at=clock.now)
        assert progress.cancelled()
        with progress.step(2, 9):
            add_group("after")

    job = run_job(job_id=waiting_job(handler).pk, clock=clock)
    assert (job.status, job.done, facts()) == (Job.Status.CANCELLED, 1, ["before"])


def test_resume_job_runs_a_failed_job_again_from_where_it_was(waiting_job, clock, django_capture_on_commit_callbacks):
    def stops(job, progress):
        progress.advance(3, 9)
        raise JobRefused("Not now.")

    job = run_job(job_id=waiting_job(stops).pk, clock=clock)
    seen = []
    registry._handlers["test"] = lambda job, progress: seen.append(job.done)
    with django_capture_on_commit_callbacks(execute=True):
        assert resume_job(job=job, by=None, at=clock.now)
        assert (job.status, job.message, job.attempts) == (Job.Status.QUEUED, "", 0)
    job.refresh_from_db()
    assert (job.status, seen) == (Job.Status.DONE, [3])
    assert not resume_job(job=job, by=None, at=clock.now)


# --- the row --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "running"},
        {"status": "done"},
        {"status": "queued", "lease_until": None},
        {"lease_token": "00000000-0000-4000-8000-000000000000"},
    ],
)
def test_job_refuses_a_state_that_cannot_be(waiting_job, wrong):
    job = waiting_job(nothing)
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.filter(pk=job.pk).update(**wrong)


@pytest.mark.django_db
def test_register_refuses_a_second_handler_of_a_kind():
    registry.register("test", nothing)
    registry.register("test", nothing)
    with pytest.raises(ValueError, match="Two handlers"):
        registry.register("test", fails)


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="a heartbeat needs a second writer")
@pytest.mark.django_db(transaction=True)
def test_heartbeat_renews_the_lease_while_the_handler_works(waiting_job, clock, monkeypatch):
    monkeypatch.setattr(rules, "HEARTBEAT", timedelta(milliseconds=20))
    beaten = threading.Event()
    leases = []

    def handler(job, progress):
        clock.pass_by(seconds=40)
        while not leases or leases[-1] != clock.now + rules.LEASE:
            leases.append(Job.objects.get().lease_until)
            if beaten.wait(0.02) or len(leases) > 500:
                break

    registry.register("test", handler)
    job = Job.objects.create(
        kind="test", language="en", created_at=clock.now, lease_until=clock.now + rules.QUEUE_PATIENCE
    )
    run_job(job_id=job.pk, clock=clock)
    assert leases[-1] == clock.now + rules.LEASE


def test_progress_of_a_job_that_is_lost_is_cancelled(waiting_job, clock):
    job = waiting_job(nothing)
    assert Progress(job, clock=clock).cancelled()

"""What a running job knows about itself: how far it is, whether it may go on, where its files are."""

import logging
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.db import DatabaseError, connection, transaction

from jobs import rules
from jobs.models import Job
from jobs.storage import private_folder

logger = logging.getLogger(__name__)


class RunEnded(Exception):
    """This run does not hold its job any more: it was cancelled, or another worker took it over."""


class Progress:
    """The hand of one run on its job; every write is bound to the run's token, so a run that lost it writes nothing."""

    def __init__(self, job: Job, *, clock: Callable[[], datetime]):
        self.job = job
        self.token = job.lease_token
        self.clock = clock
        self._scratch = private_folder() / "scratch" / f"{job.pk}-{self.token}"

    def advance(self, done: int, total: int | None = None) -> None:
        """Report how far the work is and renew the lease; between transactions. Raises RunEnded if the job is lost."""
        values = {"done": done, "lease_until": self.clock() + rules.LEASE}
        if total is not None:
            values["total"] = total
        self._write(values)
        for name, value in values.items():
            setattr(self.job, name, value)

    def note(self, done: int, total: int | None = None) -> None:
        """Say how far the work is inside a long transaction: the heartbeat writes it down, on PostgreSQL."""
        self.job.done = done
        if total is not None:
            self.job.total = total

    @contextmanager
    def step(self, done: int, total: int | None = None) -> Iterator[None]:
        """One transaction of work that only the holder of the job can commit, together with its progress.

        A worker that froze and woke up after its job was taken over cannot commit a step; it gets RunEnded.
        """
        with transaction.atomic():
            held = Job.objects.held_by(self.token).filter(pk=self.job.pk)
            if not held.select_for_update().values_list("pk").first():
                raise RunEnded
            yield
            self.advance(done, total)

    def cancelled(self) -> bool:
        """Whether the handler should stop and return: the job was cancelled or taken over."""
        return not Job.objects.held_by(self.token).filter(pk=self.job.pk).exists()

    def scratch(self, name: str) -> Path:
        """A place for a file of this run; gone when the run ends, kept only if it is the Outcome's file."""
        self._scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self._scratch / name

    def clear(self) -> None:
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _write(self, values: dict) -> None:
        if not Job.objects.held_by(self.token).filter(pk=self.job.pk).update(**values):
            raise RunEnded


def clear_old_scratch(at: datetime) -> int:
    """Remove the files of runs that died, and return how many runs they were of."""
    folder = private_folder() / "scratch"
    oldest = (at - rules.SCRATCH_KEPT).timestamp()
    dead = [place for place in folder.iterdir() if place.stat().st_mtime < oldest] if folder.exists() else []
    for place in dead:
        shutil.rmtree(place, ignore_errors=True)
    return len(dead)


@contextmanager
def beating(progress: Progress) -> Iterator[None]:
    """On PostgreSQL, a thread with a connection of its own renews the lease while the handler works.

    SQLite has one writer: there a beat would wait for the handler's own transaction, so only advance() and step() beat.
    """
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        yield
        return
    stop = threading.Event()
    thread = threading.Thread(target=_beat, args=(progress, stop), name=f"heartbeat-{progress.job.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _beat(progress: Progress, stop: threading.Event) -> None:
    try:
        while not stop.wait(rules.HEARTBEAT.total_seconds()):
            held = Job.objects.held_by(progress.token).filter(pk=progress.job.pk)
            try:
                noted = {"done": progress.job.done, "total": progress.job.total}
                if not held.update(lease_until=progress.clock() + rules.LEASE, **noted):
                    return  # the run learns of it at its next write
            except DatabaseError:
                logger.exception("A heartbeat of %s was lost; the next one tries again", progress.job)
                connection.close()
    finally:
        connection.close()

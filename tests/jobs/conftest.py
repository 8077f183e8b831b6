from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from jobs import registry
from jobs.actions import request_job
from jobs.models import Job

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now

    def pass_by(self, **time):
        self.now += timedelta(**time)
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(autouse=True)
def _own_folder_and_handlers(settings, tmp_path, monkeypatch):
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(registry, "_handlers", {})
    with translation.override("en"):
        yield


@pytest.fixture
def waiting_job(db, clock):
    """A function that registers a handler and gives a job of its kind that waits in the queue."""

    def make(handler, **facts):
        registry.register("test", handler)
        facts = {"params": {}, "by": None, "at": clock.now, **facts}
        max_attempts = facts.pop("max_attempts", None)
        job = request_job(kind="test", **facts)
        if max_attempts:
            Job.objects.filter(pk=job.pk).update(max_attempts=max_attempts)
        return job

    return make

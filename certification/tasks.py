"""Work of this app that happens by the calendar."""

from datetime import date

from django.utils import timezone

from certification.actions import open_missing_periods, open_renewals
from jobs import registry
from jobs.actions import request_job
from jobs.signals import tick

OPEN_JOB = "certification.open_what_is_due"


def open_what_is_due(job, progress):
    """First periods of posts and requirements that began, and renewals whose window has begun."""
    day = date.fromisoformat(job.params["day"])
    open_missing_periods(day=day, at=job.created_at, by=None)
    open_renewals(day=day, at=job.created_at, by=None)


def ask_once_a_day(sender, at, **kwargs):
    """Ask for the job of the day; the key makes every later tick of the day find it done."""
    day = timezone.localdate(at).isoformat()
    request_job(kind=OPEN_JOB, params={"day": day}, by=None, at=at, key=f"{OPEN_JOB}:{day}")


def register():
    registry.register(OPEN_JOB, open_what_is_due)
    tick.connect(ask_once_a_day, dispatch_uid="certification.ask_once_a_day")

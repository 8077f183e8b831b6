"""Everything that changes a job."""

import logging
import uuid
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.db.models import DateTimeField, F, Value
from django.db.models.functions import Coalesce
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from jobs import registry, rules
from jobs.models import Job
from jobs.progress import Progress, RunEnded, beating

logger = logging.getLogger(__name__)

_ENDED = {"lease_token": None, "lease_until": None, "not_before": None}


def request_job(*, kind, params, by, at, key=None) -> Job:
    """Ask for a job, to run after the caller's transaction commits; a key that was used before gives that job again."""
    if not registry.is_registered(kind):
        raise LookupError(f"No app does jobs of kind {kind}.")
    values = {
        "kind": kind,
        "params": params,
        "owner": by,
        "language": translation.get_language() or settings.LANGUAGE_CODE,
        "created_at": at,
        "lease_until": at + rules.QUEUE_PATIENCE,
    }
    with transaction.atomic():
        if key is None:
            job, created = Job.objects.create(**values), True
        else:
            job, created = Job.objects.get_or_create(key=key, defaults=values)
        if created:
            _enqueue(job.pk)
    return job


def run_job(*, job_id: int, clock: Callable[[], datetime] = timezone.now) -> Job | None:
    """Take the job and do it; None if it is not to be taken now. A failure is written down, never raised.

    The clock is a function here, not a moment: a lease is renewed while the work goes on.
    """
    job = _claim(job_id, at=clock())
    if job is None:
        return None
    progress = Progress(job, clock=clock)
    try:
        with translation.override(job.language), beating(progress):
            _work(job, progress)
    except RunEnded:
        logger.info("%s was cancelled or taken over; this run ends", job)
    finally:
        progress.clear()
    job.refresh_from_db()
    return job


def cancel_job(*, job: Job, by, at) -> bool:
    """End an open job; what it did so far stays. False if it had ended already."""
    ended = (
        Job.objects.open().filter(pk=job.pk).update(status=Job.Status.CANCELLED, finished_at=at, message="", **_ENDED)
    )
    if ended:
        logger.info("%s cancelled by user %s", job, by and by.pk)
    job.refresh_from_db()
    return bool(ended)


def resume_job(*, job: Job, by, at) -> bool:
    """Put a failed or cancelled job in the queue again with all its tries. False if it is neither."""
    with transaction.atomic():
        resumed = Job.objects.filter(pk=job.pk, status__in=Job.RESUMABLE).update(
            status=Job.Status.QUEUED,
            attempts=0,
            message="",
            finished_at=None,
            not_before=None,
            lease_until=at + rules.QUEUE_PATIENCE,
        )
        if resumed:
            logger.info("%s resumed by user %s", job, by and by.pk)
            _enqueue(job.pk)
    job.refresh_from_db()
    return bool(resumed)


def reap_expired(at: datetime) -> int:
    """Put every job that nobody looks after in the queue again, or fail it after its last try; return how many."""
    count = 0
    # Read first: most of the time there is none, and on SQLite a write would wait for its turn.
    for job_id in Job.objects.abandoned(at).values_list("pk", flat=True):
        with transaction.atomic():
            abandoned = Job.objects.abandoned(at).filter(pk=job_id)
            with_tries = abandoned.filter(attempts__lt=F("max_attempts"))
            if with_tries.update(
                status=Job.Status.QUEUED, lease_token=None, not_before=None, lease_until=at + rules.QUEUE_PATIENCE
            ):
                _enqueue(job_id)
                count += 1
            else:
                count += _fail_abandoned(abandoned.filter(attempts__gte=F("max_attempts")), at)
    return count


def _fail_abandoned(abandoned, at: datetime) -> int:
    job = abandoned.first()
    if job is None:
        return 0
    with translation.override(job.language):
        message = _("The work stopped half way at every try. Resume it, or tell whoever runs this site.")
    return abandoned.update(status=Job.Status.FAILED, finished_at=at, message=message, **_ENDED)


# --- one run --------------------------------------------------------------------------------------------------------


def _claim(job_id: int, *, at: datetime) -> Job | None:
    """The job with a lease of ours on it, or None: one statement decides between workers that want it at once."""
    token = uuid.uuid4()
    taken = (
        Job.objects.claimable(at)
        .filter(pk=job_id)
        .update(
            status=Job.Status.RUNNING,
            lease_token=token,
            lease_until=at + rules.LEASE,
            attempts=F("attempts") + 1,
            not_before=None,
            message="",
            started_at=Coalesce("started_at", Value(at, output_field=DateTimeField())),
        )
    )
    return Job.objects.held_by(token).filter(pk=job_id).first() if taken else None


def _work(job: Job, progress: Progress) -> None:
    """Let the handler do the job, and write down how it ended."""
    try:
        outcome = registry.handler_of(job.kind)(job, progress)
        _finish(job, outcome if isinstance(outcome, registry.Outcome) else registry.Outcome(), at=progress.clock())
    except RunEnded:
        raise
    except registry.JobRefused as refusal:
        _end(job, Job.Status.FAILED, at=progress.clock(), message=str(refusal))
    except Exception:
        logger.exception("%s failed at try %s", job, job.attempts)
        _try_again_or_fail(job, at=progress.clock())


def _finish(job: Job, outcome: registry.Outcome, *, at: datetime) -> None:
    """Keep the result and end the job; a run that lost the job leaves neither."""
    values = {"message": str(outcome.message)}
    if outcome.file:
        name = outcome.file_name or outcome.file.name
        storage = job.result.storage
        with outcome.file.open("rb") as content:
            # The token, not the name: two runs of one job never write to the same place.
            saved = storage.save(f"jobs/{job.pk}/{job.lease_token}{outcome.file.suffix}", File(content))
        values |= {"result": saved, "result_name": name}
    try:
        _end(job, Job.Status.DONE, at=at, **values)
    except BaseException:
        if outcome.file:
            storage.delete(saved)
        raise


def _try_again_or_fail(job: Job, *, at: datetime) -> None:
    if job.attempts >= job.max_attempts:
        message = _("Something went wrong on our side at every try. Resume it, or tell whoever runs this site.")
        _end(job, Job.Status.FAILED, at=at, message=message)
        return
    later = at + rules.back_off(job.attempts)
    # The reaper puts it in the queue when the wait is over.
    _release(
        job,
        status=Job.Status.QUEUED,
        lease_token=None,
        lease_until=later,
        not_before=later,
        message=_("Something went wrong on our side. It will be tried again."),
    )


def _end(job: Job, status: Job.Status, *, at: datetime, **values) -> None:
    _release(job, status=status, finished_at=at, **_ENDED, **values)


def _release(job: Job, **values) -> None:
    if not Job.objects.held_by(job.lease_token).filter(pk=job.pk).update(**values):
        raise RunEnded


def _enqueue(job_id: int) -> None:
    from jobs.tasks import run_queued_job  # tasks stands on actions

    transaction.on_commit(lambda: run_queued_job.enqueue(job_id))

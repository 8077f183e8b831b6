"""What the task queue carries: the number of a job, nothing else."""

from django_tasks import task

from jobs.actions import run_job


@task()
def run_queued_job(job_id: int) -> str:
    """Run the job if it still waits; a number that comes twice, or late, does nothing."""
    job = run_job(job_id=job_id)
    return job.status if job else "skipped"

"""Pure decisions about jobs: how long a lease holds, and when a failed try is tried again."""

from datetime import timedelta

LEASE = timedelta(seconds=45)
"""How long a worker holds a job without a sign of life; longer than any transaction may last."""

HEARTBEAT = timedelta(seconds=15)

QUEUE_PATIENCE = timedelta(minutes=2)
"""How long the queue may sit on a job before it is put there again."""

MAX_ATTEMPTS = 5

SCRATCH_KEPT = timedelta(hours=1)
"""How long files of a run that died are kept."""


def back_off(attempts: int) -> timedelta:
    """How long to wait after so many failed tries: 10 s, 40 s, 160 s, never more than ten minutes."""
    return timedelta(seconds=min(10 * 4 ** (attempts - 1), 600))


def percent(done: int, total: int) -> int:
    """How far a job is, from 0 to 100, whatever its handler reported."""
    return min(100, done * 100 // total) if total else 0

"""What a worker does beside its tasks: take back lost jobs every few seconds, and tick every minute."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import close_old_connections
from django.utils import timezone

from jobs.actions import reap_expired
from jobs.progress import clear_old_scratch
from jobs.signals import tick

logger = logging.getLogger(__name__)

REAP_EVERY = timedelta(seconds=5)
TICK_EVERY = timedelta(minutes=1)


class Upkeep:
    """The reaper and the tick, in a thread of their own beside the worker's loop."""

    def __init__(self, *, clock: Callable[[], datetime] = timezone.now):
        self.clock = clock
        self.ticked_at: datetime | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="upkeep", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(timeout=REAP_EVERY.total_seconds())

    def once(self) -> None:
        """One round. A failing part is logged and keeps no other from its turn."""
        at = self.clock()
        self._guarded(reap_expired, at)
        if self.ticked_at is None or at - self.ticked_at >= TICK_EVERY:
            self.ticked_at = at
            self._guarded(clear_old_scratch, at)
            for receiver, answer in tick.send_robust(Upkeep, at=at):
                if isinstance(answer, Exception):
                    logger.error("The tick of %r failed", receiver, exc_info=answer)

    def _guarded(self, work: Callable[[datetime], int], at: datetime) -> None:
        try:
            work(at)
        except Exception:
            logger.exception("%s failed; the next round tries again", work.__name__)

    def _loop(self) -> None:
        while not self._stop.is_set():
            close_old_connections()
            self.once()
            close_old_connections()
            self._stop.wait(REAP_EVERY.total_seconds())

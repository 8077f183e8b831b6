import os

from django_tasks_db.management.commands import db_worker

from jobs.upkeep import Upkeep

NICENESS = 10


class Command(db_worker.Command):
    """The worker: db_worker without reload, and beside it the reaper of lost jobs and the tick."""

    help = "Runs jobs and other background tasks, takes back the jobs of dead workers, and ticks once a minute"

    def add_arguments(self, parser):
        super().add_arguments(parser)
        # A worker that is reloaded in the middle of a job would only make work for the reaper.
        parser.set_defaults(reload=False)

    def run_from_argv(self, argv):
        # Whoever waits for a page comes before work that nobody waits for; on an idle machine it makes no difference.
        if hasattr(os, "nice"):  # not on Windows
            os.nice(NICENESS)
        super().run_from_argv(argv)

    def handle(self, **options):
        upkeep = Upkeep()
        upkeep.start()
        try:
            super().handle(**options)
        finally:
            upkeep.stop()

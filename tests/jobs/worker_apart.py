"""`python -m tests.jobs.worker_apart`: a worker as `manage.py worker` runs it, which can also count.

A process of its own on the database of its environment, so that a test can kill it as a power cut does.
"""

import os
import sqlite3
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
QUEUE = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


def count(job, progress):
    """Note each number once, with the process that noted it; after a stop it goes on where the last one was."""
    from django.contrib.auth.models import Group

    for number in range(job.done, job.params["count"]):
        with progress.step(number + 1, job.params["count"]):
            Group.objects.create(name=f"{job.pk} {number} {os.getpid()}")
        time.sleep(0.1)


def main():
    os.environ["DJANGO_SETTINGS_MODULE"] = "conduct_site.settings.test"
    sys.path[:0] = [str(ROOT), str(ROOT / "site")]
    import django
    from django.conf import settings
    from django.core.management import call_command

    settings.TASKS = QUEUE
    django.setup()
    from jobs import registry

    registry.register("test", count)
    call_command("worker", verbosity=0)


@contextmanager
def database_of_workers(folder):
    """(alias, address) of a database that other processes reach too, with all that this one has committed so far.

    The SQLite of the tests lies in memory: it is copied into a file.
    """
    from django.db import connection, connections

    facts = connection.settings_dict
    if connection.vendor == "postgresql":
        yield (
            "default",
            f"postgres://{facts['USER']}:{facts['PASSWORD']}@{facts['HOST']}:{facts['PORT']}/{facts['NAME']}",
        )
        return
    file = Path(folder, "workers.sqlite3")
    connection.ensure_connection()
    with sqlite3.connect(file) as copy:
        connection.connection.backup(copy)
    copy.close()
    connections.databases["workers"] = {**facts, "NAME": str(file)}
    connections["workers"].connect()  # Django lets a test open no other database by itself
    try:
        yield "workers", f"sqlite:///{file}"
    finally:
        connections["workers"].close()
        del connections["workers"]
        del connections.databases["workers"]


@contextmanager
def workers(address, folder):
    """A function that starts a worker; all that it started end with the block."""
    started = []

    def start():
        environment = {**os.environ, "DATABASE_URL": address, "DATA_DIR": str(folder)}
        started.append(subprocess.Popen([sys.executable, "-m", "tests.jobs.worker_apart"], cwd=ROOT, env=environment))
        return started[-1]

    try:
        yield start
    finally:
        for process in started:
            process.kill()
            process.wait()


def wait_until(holds, *, seconds):
    """Seconds until something holds; fails if it does not in time."""
    begun = time.monotonic()
    while not holds():
        assert time.monotonic() - begun < seconds, f"not within {seconds} s"
        time.sleep(0.1)
    return time.monotonic() - begun


if __name__ == "__main__":
    main()

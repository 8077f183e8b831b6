"""The tables of the tests on SQLite: migrated once for each set of migrations, then copied from a file.

Running two hundred migrations takes half a minute, whatever is tested; a copy of what they made takes none. Only the
same migrations give the same file, and `migrate` still runs over it, with all that follows a migration.
"""

import hashlib
import os
import sqlite3
import sys
from contextlib import contextmanager
from pathlib import Path

from django.db import connection


def name_of_schema():
    """A name that changes with any migration of any app, and with the SQLite that made the file."""
    from django.db.migrations.loader import MigrationLoader

    digest = hashlib.sha256(sqlite3.sqlite_version.encode())
    for key, migration in sorted(MigrationLoader(None).disk_migrations.items()):
        digest.update(repr(key).encode())
        digest.update(Path(sys.modules[migration.__module__].__file__).read_bytes())
    return f"{digest.hexdigest()[:32]}.sqlite3"


@contextmanager
def kept_schema(folder):
    """While the test database is made: begin with the file of the schema, or keep it where there is none yet."""
    if connection.vendor != "sqlite":
        yield
        return
    file = Path(folder, name_of_schema())
    creation, held = connection.creation, []
    create = creation._create_test_db

    def create_from_file(*arguments, **options):
        name = create(*arguments, **options)
        if file.exists() and creation.is_in_memory_db(name):
            held.append(sqlite3.connect(name, uri=True))  # a database in memory goes with its last connection
            with sqlite3.connect(file) as kept:
                kept.backup(held[0])
            kept.close()
        return name

    creation._create_test_db = create_from_file
    try:
        yield
    finally:
        del creation._create_test_db
        for each in held:
            each.close()
    if not file.exists():
        keep(file)


def keep(file):
    """Write the schema down, in one step for whoever else runs tests of this checkout; an older one goes."""
    for old in file.parent.glob("*.sqlite3"):
        old.unlink(missing_ok=True)
    half = file.with_suffix(f".{os.getpid()}")
    with sqlite3.connect(half) as kept:
        connection.connection.backup(kept)
    kept.close()
    half.replace(file)

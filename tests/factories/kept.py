"""A world made once in a run and copied into the tests that ask for it: making one takes a thousand statements.

What is kept is what making it wrote: rows by table, taken back at once. A copy is those rows, with their numbers, and
copies of the objects. A test that has made something before, or that commits, gets a world made for it.
"""

import re
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from functools import wraps
from unittest.mock import patch

from django.db import connection, transaction

from institutions.models import Institution
from tests.factories.people import moment
from tests.indexes import are_kept

WRITES = re.compile(r'\s*(?:INSERT (?:OR \w+ )?INTO|REPLACE INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)
READS = re.compile(r'\b(?:FROM|JOIN)\s+"(\w+)"')


@contextmanager
def written_tables(also_read=None):
    """The tables that are written meanwhile, in the order in which they first are; those read go into the set."""
    found = {}

    def note(execute, sql, params, many, context):
        if write := WRITES.match(sql):
            found[write[1]] = True
        if also_read is not None:
            also_read.update(READS.findall(sql))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield found


def made_once(make):
    """The function, its result made once in a run for each of its arguments; with facts by name it is made anew."""
    kept = {}

    @wraps(make)
    def copied(*args, **facts):
        if facts or not connection.in_atomic_block or are_kept() or Institution.objects.exists():
            return make(*args, **facts)
        if args not in kept and _are_as_migrated(_migrated):
            kept[args] = _Kept.of(lambda: make(*args))
        is_copied = args in kept and _are_as_migrated(kept[args].asked)
        return kept[args].copy() if is_copied else make(*args)

    return copied


_migrated = {}


def note_migrated():
    """What the test database holds now, each test begins with: table → number of rows."""
    _migrated.update(_counts(connection.introspection.django_table_names()))


def _are_as_migrated(tables):
    return all(_migrated[table] == rows for table, rows in _counts(tables).items())


def _counts(tables):
    """Table → how many rows it has; one query."""
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"""SELECT '{table}', COUNT(*) FROM "{table}" """ for table in tables))
        return dict(cursor.fetchall())


@dataclass(frozen=True)
class _Kept:
    """What a function gave, and table → the rows it added and changed, each a dict of its columns."""

    result: object
    added: dict
    changed: dict
    asked: set
    """The tables that it read or wrote."""

    @classmethod
    def of(cls, make):
        point, asked = transaction.savepoint(), set()
        with written_tables(asked) as written, patch("django.utils.timezone.now", moment):
            result = make()
        after = {table: _rows(table) for table in written}
        transaction.savepoint_rollback(point)
        before = {table: _rows(table) for table in written}
        added = {table: [row for pk, row in after[table].items() if pk not in before[table]] for table in written}
        changed = {
            table: [row for pk, row in after[table].items() if before[table].get(pk, row) != row] for table in written
        }
        assert all(before[table].keys() <= after[table].keys() for table in written), "a world only adds"
        return cls(result, added, changed, asked | written.keys())

    def copy(self):
        with connection.cursor() as cursor:
            for table, rows in self.added.items():
                if rows:
                    columns = ", ".join(f'"{name}"' for name in rows[0])
                    places = ", ".join(f"({', '.join(['%s'] * len(row))})" for row in rows)
                    values = [value for row in rows for value in row.values()]
                    cursor.execute(f'INSERT INTO "{table}" ({columns}) VALUES {places}', values)
            for table, rows in self.changed.items():
                for row in rows:
                    key = _key(cursor, table)
                    columns = ", ".join(f'"{name}" = %s' for name in row)
                    cursor.execute(f'UPDATE "{table}" SET {columns} WHERE "{key}" = %s', [*row.values(), row[key]])
        return deepcopy(self.result)


def _key(cursor, table):
    return connection.introspection.get_primary_key_column(cursor, table)


def _rows(table):
    """Key → the row of each row of a table."""
    with connection.cursor() as cursor:
        key = _key(cursor, table)
        cursor.execute(f'SELECT * FROM "{table}"')
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]
    return {row[key]: row for row in rows}

"""Tables that are only ever added to, and the database triggers that hold them so.

Python cannot hold that rule: bulk updates, raw SQL and a shell go past every model. The triggers are put back after
every migrate rather than once in a migration, because on SQLite Django alters a table by building a new one and
dropping the old one, and the triggers go with it, silently.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connections, models, transaction

_PREFIX = "conduct_no_"
_FUNCTION = "conduct_refuse_change"

_registered: dict[type[models.Model] | str, tuple[str, ...]] = {}


@dataclass(frozen=True)
class _Table:
    name: str
    free: tuple[str, ...]
    """Columns that may change; every other column, and the row itself, stays."""


def register(model: type[models.Model] | str, allow_update_of: Iterable[str] = ()) -> None:
    """Declare a model's table append-only from the next migrate on, but for the fields that may still change.

    The model is a class or an "app.Model" label. Called by each app for its own tables in ready().
    """
    _registered[model] = tuple(allow_update_of)


def install_triggers(using: str = DEFAULT_DB_ALIAS) -> None:
    """Make the triggers of every registered table what they should be; running it again changes nothing."""
    connection = connections[using]
    tables = _tables(connection)
    with transaction.atomic(using=using):
        remove_triggers(using)
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(_POSTGRESQL_FUNCTION)
            for table in tables:
                for statement in _STATEMENTS[connection.vendor](connection, table):
                    cursor.execute(statement)


def install_after_migrate(sender, using: str = DEFAULT_DB_ALIAS, **kwargs) -> None:
    """The receiver of post_migrate. It is sent once an app; the tables are all there the first time."""
    if sender.name == __name__.rpartition(".")[0]:
        install_triggers(using)


def remove_triggers(using: str = DEFAULT_DB_ALIAS) -> None:
    """Remove every trigger of this module, also those of a table that is not registered any more.

    A migration that drops a column from a table with free fields calls this first: SQLite refuses it otherwise.
    """
    connection = connections[using]
    quote = connection.ops.quote_name
    if connection.vendor == "postgresql" and connection.in_atomic_block:
        connection.check_constraints()  # rows with checks still to come would hold the table
    with connection.cursor() as cursor:
        for table, trigger in installed_triggers(using):
            place = f" ON {quote(table)}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {quote(trigger)}{place}")


def installed_triggers(using: str = DEFAULT_DB_ALIAS) -> list[tuple[str, str]]:
    """(table, trigger) of each trigger that stands in the database now, for a check that none is missing."""
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(_LISTING[connection.vendor], [_PREFIX.replace("_", r"\_") + "%"])
        return sorted(cursor.fetchall())


def missing_triggers(using: str = DEFAULT_DB_ALIAS) -> list[tuple[str, str]]:
    """(table, trigger) of each trigger that should stand and does not."""
    connection = connections[using]
    wanted = {
        (table.name, _trigger_name(connection, table, verb))
        for table in _tables(connection)
        for verb in _VERBS[connection.vendor]
    }
    return sorted(wanted - set(installed_triggers(using)))


@contextmanager
def lifted(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Without the triggers inside, with them again after; for flushing a test database and for a data migration.

    All in one transaction: no other connection ever sees the tables open, and an error leaves them closed.
    """
    with transaction.atomic(using=using):
        remove_triggers(using)
        yield
        install_triggers(using)


def _tables(connection) -> list[_Table]:
    """The registered tables that exist already; a migrate of one app only may come before the rest."""
    existing = set(connection.introspection.table_names())
    tables = []
    for model, fields in _registered.items():
        meta = (apps.get_model(model) if isinstance(model, str) else model)._meta
        if meta.db_table in existing:
            tables.append(_Table(meta.db_table, tuple(meta.get_field(field).column for field in fields)))
    return tables


def _trigger_name(connection, table: _Table, verb: str) -> str:
    # On SQLite all triggers share one space of names, on PostgreSQL each table has its own.
    return f"{_PREFIX}{verb}" if connection.vendor == "postgresql" else f"{_PREFIX}{verb}_{table.name}"


# --- SQLite ---------------------------------------------------------------------------------------------------------


def _sqlite(connection, table: _Table) -> Iterator[str]:
    quote = connection.ops.quote_name
    for verb in _VERBS["sqlite"]:
        when = ""
        if verb == "update" and table.free:
            # The columns as they stand in the database: a migration may be on its way to the model's.
            with connection.cursor() as cursor:
                columns = [column.name for column in connection.introspection.get_table_description(cursor, table.name)]
            held = [quote(column) for column in columns if column not in table.free]
            when = " WHEN " + " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in held)
        trigger = quote(_trigger_name(connection, table, verb))
        message = _message(table.name, verb)
        yield (
            f"CREATE TRIGGER {trigger} BEFORE {verb.upper()} ON {quote(table.name)} FOR EACH ROW{when} "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )


def _message(table: str, verb: str) -> str:
    return f"{table} is append-only: {verb} refused; a new row supersedes the old one"


# --- PostgreSQL -----------------------------------------------------------------------------------------------------

# One function for all tables; the arguments are the columns that may change. It compares rows as JSON, because a
# trigger that names columns would stop a later migration from dropping or altering them.
_POSTGRESQL_FUNCTION = f"""
CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'UPDATE' AND TG_NARGS > 0
       AND to_jsonb(NEW) - TG_ARGV[0]::text[] = to_jsonb(OLD) - TG_ARGV[0]::text[] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only: % refused; a new row supersedes the old one', TG_TABLE_NAME, lower(TG_OP)
        USING ERRCODE = 'restrict_violation';
END
$body$
"""


def _postgresql(connection, table: _Table) -> Iterator[str]:
    quote = connection.ops.quote_name
    for verb in _VERBS["postgresql"]:
        each = "STATEMENT" if verb == "truncate" else "ROW"
        free = ", ".join(f'"{column}"' for column in table.free)
        argument = f"'{{{free}}}'" if table.free and verb == "update" else ""
        yield (
            f"CREATE TRIGGER {quote(_trigger_name(connection, table, verb))} BEFORE {verb.upper()} "
            f"ON {quote(table.name)} FOR EACH {each} EXECUTE FUNCTION {_FUNCTION}({argument})"
        )


_VERBS = {"sqlite": ("update", "delete"), "postgresql": ("update", "delete", "truncate")}
_STATEMENTS = {"sqlite": _sqlite, "postgresql": _postgresql}
_LISTING = {
    "sqlite": r"SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s ESCAPE '\'",
    "postgresql": r"""
        SELECT pg_class.relname, pg_trigger.tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = pg_trigger.tgrelid
        WHERE NOT tgisinternal AND pg_table_is_visible(pg_class.oid) AND pg_trigger.tgname LIKE %s ESCAPE '\'
    """,
}

"""Thousands of rows written as the database takes them quickest; bulk_create builds a statement value by value.

The rows are those of the caller: keys are given beforehand, no default of the database and no pre_save is asked.
"""

from django.db import connection, models, transaction

PLAIN = (models.CharField, models.IntegerField, models.AutoField, models.ForeignKey, models.BooleanField)
"""Fields whose values a driver takes as they are."""


@transaction.atomic(savepoint=False)  # on SQLite the keys are the next ones only while nobody else may write
def insert_rows(rows):
    """Insert rows of one model, which get their keys, and return them in a list.

    A constraint that does not hold raises IntegrityError, as with bulk_create.
    """
    rows = list(rows)
    if not rows:
        return rows
    meta = rows[0]._meta
    for row, key in zip(rows, _new_keys(meta, len(rows)), strict=True):
        row.pk = key
    fields = meta.concrete_fields
    values = _values(rows, fields)
    columns = ", ".join(f'"{field.column}"' for field in fields)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with (
                connection.wrap_database_errors,
                cursor.cursor.copy(f'COPY "{meta.db_table}" ({columns}) FROM STDIN') as copy,
            ):
                for each in values:
                    copy.write_row(each)
        else:
            marks = ", ".join(["%s"] * len(fields))
            cursor.executemany(f'INSERT INTO "{meta.db_table}" ({columns}) VALUES ({marks})', list(values))
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias
    return rows


def update_rows(rows, names):
    """Write these fields of rows that are there, on a database that runs one prepared statement for all of them."""
    meta = rows[0]._meta
    fields = [meta.get_field(name) for name in names]
    marks = ", ".join(f'"{field.column}" = %s' for field in fields)
    with connection.cursor() as cursor:
        sql = f'UPDATE "{meta.db_table}" SET {marks} WHERE "{meta.pk.column}" = %s'
        cursor.executemany(sql, list(_values(rows, [*fields, meta.pk])))


def _new_keys(meta, count):
    """Keys that nobody else takes: of the sequence, or on SQLite, whose only writer this transaction is, the next."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sql = "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)"
            cursor.execute(sql, [f'"{meta.db_table}"', meta.pk.column, count])
            return [key for (key,) in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [meta.db_table])
        last = (cursor.fetchone() or (0,))[0]
        return range(last + 1, last + 1 + count)


def _values(rows, fields):
    """The values of each row, as the driver takes them."""
    columns = [_column(rows, field) for field in fields]
    return zip(*columns, strict=True)


def _column(rows, field):
    found = [getattr(row, field.attname) for row in rows]
    if isinstance(field, PLAIN):
        return found
    if isinstance(field, models.DateField):  # also DateTimeField; the same few days again and again
        known = {value: field.get_db_prep_save(value, connection) for value in set(found)}
        return [known[value] for value in found]
    return [field.get_db_prep_save(value, connection) for value in found]

"""Institutions held as they are while somebody is given a post there: who closes one waits, or was first."""

from django.db import connection

from institutions.models import Institution


def closing_days(keys):
    """Key → the day on which each institution closes or None, which nobody can change until the transaction ends.

    PostgreSQL checks a foreign key no sooner than at the end, so a post alone would not hold its institution. Several
    may be given posts in one at the same time. On SQLite the transaction is the only writer already.
    """
    found = Institution.objects.filter(pk__in=keys).order_by("pk").values_list("pk", "closed_on")
    if connection.vendor != "postgresql":
        return dict(found)
    query, params = found.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"{query} FOR KEY SHARE", params)
        return dict(cursor.fetchall())

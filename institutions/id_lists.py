"""Ids of many rows as one value a group: a row each would cost more than everything else about a large register."""

import json

from django.db.models import Aggregate, TextField

FEW = 5_000
"""People whose rows are sooner found by a list of them; of more, all rows are read and some chosen."""


class Ids(Aggregate):
    """The ids of a group in one value."""

    function = "json_agg"
    output_field = TextField()

    def as_sqlite(self, compiler, connection, **context):
        return self.as_sql(compiler, connection, function="json_group_array", **context)

    def convert_value(self, value, expression, connection):
        return json.loads(value) if isinstance(value, str) else value  # psycopg has read it


def ids_by(group, rows, ids="person"):
    """Value of the field `group` → the set of what the field `ids` holds in its rows; one query."""
    groups = rows.order_by().values(group).annotate(in_group=Ids(ids))
    return {value: set(found) for value, found in groups.values_list(group, "in_group")}


def ids_of(rows, ids="person"):
    """What the field `ids` holds in the rows, once each; one query."""
    return set(rows.order_by().aggregate(all=Ids(ids))["all"] or ())


def among(people, rows, field="person"):
    """The rows of these people where they are few; else all rows, for whoever picks among them."""
    return rows.filter(**{f"{field}__in": people}) if len(people) <= FEW else rows

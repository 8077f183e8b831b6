"""The door for rows of people in JSON: what no row may hold is refused with the whole request, by row and field.

What a value means is judged behind it, by the rules of the import alone.
"""

from math import isfinite

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from institutions.api_bodies import forbidden_sign
from institutions.api_errors import ApiRefused
from institutions.imports.pushing import most_rows
from institutions.models import Post
from institutions.people_in import columns as c
from institutions.templatetags.conduct import localnum
from institutions.uploads import MAX_CELL

LONGEST_NAME = 60
CODES = {c.BASIS: Post.Basis.values, c.END_REASON: Post.EndReason.values}
EXAMPLE = {
    c.STAFF_NUMBER: "0012345",
    c.NAME: "សុខ ចាន់ដារ៉ា",
    c.NAME_LATIN: "Sok Chandara",
    c.SEX: "F",
    c.BIRTH_DATE: "1990-05-31",
    c.INSTITUTION: "school-12",
    c.POSITION: "teacher",
    c.STARTS_ON: "2026-11-01",
}


def checked_rows(body):
    """The rows of a body, each an object whose keys are columns of the import; raises ApiRefused."""
    if not isinstance(body, list):
        raise ApiRefused(422, "wrong_value", _("Send a list of rows."))
    if not body:
        raise ApiRefused(422, "no_rows", _("The list holds no row."))
    if len(body) > most_rows():
        words = _("A request holds at most %(most)s rows. Send them in parts.")
        raise ApiRefused(413, "too_many_rows", words % {"most": localnum(most_rows())})
    for number, row in enumerate(body, start=1):
        if not isinstance(row, dict):
            raise ApiRefused(
                422, "wrong_value", _("A row is an object with a value for each field."), field=str(number)
            )
        for name, value in row.items():
            _check(number, name, value)
    return body


def _check(number, name, value):
    if name not in c.BY_KEY:
        shown = name[:LONGEST_NAME] if not forbidden_sign(name) else "?"
        raise ApiRefused(422, "unknown_field", _("There is no such field."), field=f"{number}.{shown}")
    where = f"{number}.{name}"
    if isinstance(value, str):
        if len(value) > MAX_CELL:
            words = _("The text is longer than %(most)s signs.") % {"most": localnum(MAX_CELL)}
            raise ApiRefused(422, "too_long", words, field=where)
        if forbidden_sign(value):
            words = _("The text holds a sign that nobody sees. Take it out.")
            raise ApiRefused(422, "forbidden_sign", words, field=where)
    elif not _is_plain(value):
        raise ApiRefused(422, "wrong_value", _("A field holds a text, a number or nothing."), field=where)


def _is_plain(value):
    return value is None or isinstance(value, int) or (isinstance(value, float) and isfinite(value))


def rows_schema():
    """The body of a request as OpenAPI describes it, in the words of the import's own headings."""
    fields = {
        key: {
            "type": ["string", "number", "null"] if key == c.STAFF_NUMBER else ["string", "null"],
            "maxLength": MAX_CELL,
            "title": column.heading,
            "description": column.note,
            **({"enum": ["", *CODES[key], None]} if key in CODES else {}),
        }
        for key, column in c.BY_KEY.items()
    }
    row = {"type": "object", "additionalProperties": False, "properties": fields}
    schema = {"type": "array", "minItems": 1, "items": row}
    return {
        "required": True,
        "description": gettext_lazy("A list of rows with the fields of the workbook of people."),
        "content": {"application/json": {"schema": schema, "example": [EXAMPLE]}},
    }

"""The workbook of the form: empty as a template, or filled with what is there."""

import io

from django.utils import translation
from django.utils.translation import gettext as _

from institutions.models import Institution
from institutions.tree_in.form import FORMS, NO, YES
from institutions.tree_in.known import known_tree
from institutions.workbooks import Column, Sheet, write_workbook

_KINDS_OF_CELL = {"date": "date", "number": "integer"}


def write_tree(target, *, language, demonstration=False, filled=True):
    """Write the workbook to a path; returns the number of rows of each form by its key."""
    known = known_tree() if filled else None
    with translation.override(language):
        sheets = {form.key: _sheet(form, known) for form in FORMS}
        first, *further = FORMS
        title = _("Areas, positions and institutions")
        write_workbook(
            target,
            columns=sheets[first.key].columns,
            rows=sheets[first.key].rows,
            title=title,
            sheet_title=str(first.title),
            notes=_notes(),
            further=[sheets[form.key] for form in further],
            demonstration=demonstration,
            language=language,
        )
    return {form.key: len(sheets[form.key].rows) for form in FORMS}


def template_bytes(language):
    """The empty workbook of the form."""
    target = io.BytesIO()
    write_tree(target, language=language, filled=False)
    return target.getvalue()


def _sheet(form, known):
    columns = [
        Column(
            key=field.key,
            heading=str(field.heading),
            kind=_KINDS_OF_CELL.get(field.kind, "text"),
            width=32 if field.key.startswith("name") else 20,
        )
        for field in form.fields
    ]
    rows = []
    for name, facts in (known.rows[form.key] if known else {}).items():
        values = facts | dict(zip(form.names, name, strict=True))
        rows.append([_cell(field, values[field.key]) for field in form.fields])
    return Sheet(title=str(form.title), columns=columns, rows=rows)


def _cell(field, value):
    if value is None or value == "":
        return None
    match field.kind:
        case "kind":
            return str(Institution.Kind(value).label)
        case "yes":
            return str(YES if value else NO)
        case "list":
            return "; ".join(value) or None
    return value


def _notes():
    """How to fill in the form, on its last sheet."""
    yield _("Rows"), _("One row for each. A row that is missing changes nothing; an empty cell takes nothing away.")
    yield _("Order"), _("The rows may stand in any order; an institution may come before the one above it.")
    yield _("Codes"), _("Latin letters, digits and hyphens. A code never changes and is never given twice.")
    yield _("Closed from"), _("The first day on which the institution is closed. Nobody may serve there from that day.")
    for kind in Institution.Kind:
        yield _("Kind"), str(kind.label)

"""The workbook of the form: empty as a template, or filled with what is there."""

import io

from django.utils import translation
from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from institutions.empty_forms import prepare_column
from institutions.models import Institution
from institutions.tree_in.form import AREAS, FORMS, INSTITUTIONS, NO, POSITIONS, SECTORS, YES
from institutions.tree_in.known import known_tree
from institutions.workbooks import Column, Sheet, write_workbook

ROWS_WITH_LISTS = 5_000
_KINDS_OF_CELL = {"date": "date", "number": "integer"}
_FORMATS = {"code": "@", "area": "@", "phone": "@", "date": "dd/mm/yyyy"}
# Cells that name a row of another sheet, by its first column.
_NAMES_A_ROW_OF = {
    (POSITIONS.key, "sector"): SECTORS,
    (INSTITUTIONS.key, "area"): AREAS,
    (INSTITUTIONS.key, "parent"): INSTITUTIONS,
    (INSTITUTIONS.key, "successor"): INSTITUTIONS,
}


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
    """The empty workbook of the form, whose cells offer what may stand in them."""
    target, filled = io.BytesIO(), io.BytesIO()
    write_tree(target, language=language, filled=False)
    book = load_workbook(io.BytesIO(target.getvalue()))
    sheets = dict(zip((form.key for form in FORMS), book.worksheets, strict=False))
    with translation.override(language):
        for form in FORMS:
            for place, field in enumerate(form.fields, start=1):
                _prepare(sheets, form, field, get_column_letter(place))
    book.save(filled)
    return filled.getvalue()


def _prepare(sheets, form, field, letter):
    """A column of the empty form: codes are text, so that Excel keeps their zeros; a cell offers its list."""
    sheet, offered = sheets[form.key], _offered(sheets, form, field)
    prepare_column(sheet, letter, number_format=_FORMATS.get(field.kind, "General"))
    if offered:
        # What the site has already is not in the empty form: so a code that is not on the list is no error.
        strict = field.kind in ("kind", "yes")
        rule = DataValidation(type="list", formula1=offered, allow_blank=True, showErrorMessage=strict)
        rule.errorTitle, rule.error = str(field.heading), _("Choose one of the list.")
        rule.add(f"{letter}2:{letter}{ROWS_WITH_LISTS}")
        sheet.add_data_validation(rule)


def _offered(sheets, form, field):
    """The formula of the list that a cell of the column offers; "" for none."""
    if field.kind == "yes":
        return f'"{YES},{NO}"'
    if field.kind == "kind":
        return '"{}"'.format(",".join(str(kind.label) for kind in Institution.Kind))
    named = _NAMES_A_ROW_OF.get((form.key, field.key))
    return f"'{sheets[named.key].title}'!$A$2:$A${ROWS_WITH_LISTS}" if named else ""


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

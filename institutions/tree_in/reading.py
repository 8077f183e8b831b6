"""From the bytes of a workbook to rows of plain values, each with its place; what a cell cannot say is a problem."""

import io
import re
import zlib
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from python_calamine import CalamineError, CalamineWorkbook

from institutions import uploads
from institutions.khmer import comparison_key, to_ascii_digits
from institutions.tree_in.form import FORMS, NO, YES, called_so, form_called, in_each_language, kinds_by_name, names_of

ABOUT = _lazy("About this file")
MAX_ROWS = 60_000
MAX_COLUMNS = 60
HEADING_ROWS = 10
HEADINGS_ENOUGH = 3
_CODE = re.compile(r"[-a-zA-Z0-9_]+")
_AREA = re.compile(r"(\d\d){1,3}")
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


@dataclass(frozen=True, order=True)
class Problem:
    """Why a row cannot be taken: the sheet's title, the row as Excel counts it, the column's heading, the reason."""

    sheet: str
    row: int
    column: str
    reason: str


@dataclass(frozen=True)
class Entry:
    """A row of a form. values holds only what its cells say: an empty cell or a missing column says nothing."""

    form: object
    sheet: str
    line: int
    values: dict

    @property
    def name(self):
        """What names the row in its form; None where a part of it is missing."""
        parts = tuple(self.values.get(key, "") for key in self.form.names)
        return parts if all(parts) else None

    def problem(self, key, reason):
        return Problem(self.sheet, self.line, self.form.heading(key) if key else "", str(reason))


@dataclass
class Reading:
    """What a workbook holds: entries by form, the problems of its cells, and sheets that are none of the form's."""

    entries: dict = field(default_factory=lambda: {form.key: [] for form in FORMS})
    problems: list = field(default_factory=list)
    ignored: list = field(default_factory=list)


def read_tree(content):
    """The reading of a workbook; raises UploadRefused for a file that is not safe or not a workbook."""
    uploads.check_workbook(content, max_rows=MAX_ROWS, max_columns=MAX_COLUMNS)
    reading, kinds = Reading(), kinds_by_name()
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [(title, book.get_sheet_by_name(title).to_python(skip_empty_area=False)) for title in book.sheet_names]
    except (CalamineError, IndexError, ValueError, zlib.error, OSError) as error:
        raise uploads.UploadRefused("unsafe") from error
    own_notes = {called_so(name) for name in in_each_language(ABOUT)}
    for title, grid in sheets:
        if called_so(title) in own_notes:
            continue
        form, top, columns = _headed(title, grid)
        if form is None:
            reading.ignored.append(title)
            continue
        if lacking := _lacking(form, title, columns):
            reading.problems.extend(lacking)
            continue
        for line, cells in enumerate(grid[top:], start=top + 1):
            _take(reading, form, title, line, cells, columns, kinds)
    if not any(reading.entries.values()) and not reading.problems:
        reading.problems.append(Problem("", 0, "", _("The file has no sheet of the form. Begin from the empty form.")))
    return reading


def _headed(title, grid):
    """(form, number of the heading row, column index → key) of a sheet: by its title, else by its headings."""
    named = form_called(title)
    best = (0, None, 0, {})
    for top, cells in enumerate(grid[:HEADING_ROWS], start=1):
        for form in [named] if named else FORMS:
            names, columns = names_of(form), {}
            for place, cell in enumerate(cells):
                key = names.get(called_so(uploads.text_of(cell)))
                if key and key not in columns.values():
                    columns[place] = key
            if len(columns) > best[0]:
                best = (len(columns), form, top, columns)
    count, form, top, columns = best
    if named:
        return named, top, columns
    # Without a title only a sheet that names its rows and says something of them is taken for one of the form's.
    is_one = form and count >= HEADINGS_ENOUGH and set(form.names) <= set(columns.values())
    return (form, top, columns) if is_one else (None, 0, {})


def _lacking(form, title, columns):
    return [
        Problem(title, 1, form.heading(key), _("The sheet has no such column. Take the headings of the template."))
        for key in form.names
        if key not in columns.values()
    ]


def _take(reading, form, title, line, cells, columns, kinds):
    """Add a row to the reading, unless it is empty."""
    values, found = {}, []
    for place, key in columns.items():
        cell = cells[place] if place < len(cells) else None
        if uploads.text_of(cell) == "":
            continue
        value, reason = value_of(form.field(key), cell, kinds)
        if reason:
            found.append(Problem(title, line, form.heading(key), reason))
        else:
            values[key] = value
    if values or found:
        reading.entries[form.key].append(Entry(form, title, line, values))
        reading.problems.extend(found)


def value_of(column, cell, kinds):
    """(value, "") of a cell, or (None, the reason why it is not usable)."""
    text = " ".join(uploads.text_of(cell).split())
    if any(ord(sign) < 32 for sign in text):
        return None, _("The cell holds a sign that cannot be kept.")
    match column.kind:
        case "date":
            day = day_of(cell)
            return day, "" if day else _("Write the day as 31/12/2026 or as a date of Excel.")
        case "kind":
            kind = kinds.get(called_so(text))
            return kind, "" if kind else _("This kind is not known. The sheet “About this file” lists them.")
        case "yes":
            return _yes_or_no(text)
        case "area":
            return _area_code(cell, text)
        case "number":
            digits = to_ascii_digits(text)
            return (int(digits), "") if re.fullmatch(r"\d{1,3}", digits) else (None, _("Write a number up to 999."))
        case "list":
            return [part.strip() for part in re.split(r"[;|\n]", text) if part.strip()], ""
    if column.kind == "phone" and isinstance(cell, (int, float)):
        return None, _("Write the telephone as text: Excel takes the zero away from a number.")
    if len(text) > column.most:
        return None, _("The text is longer than %(most)s characters.") % {"most": column.most}
    if column.kind == "code" and not _CODE.fullmatch(text := to_ascii_digits(text)):
        return None, _("A code has only Latin letters, digits, hyphens and low lines.")
    return text, ""


def day_of(cell):
    """The day that a cell holds, as a date of Excel or as text in either order; None for anything else."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = to_ascii_digits(str(cell).strip())
    try:
        if found := _DAY_FIRST.fullmatch(text):
            day, month, year = map(int, found.groups())
            return date(year, month, day)
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def _yes_or_no(text):
    said = comparison_key(text)
    for answer, words in ((True, YES), (False, NO)):
        if said in {comparison_key(word) for word in in_each_language(words)} | {
            str(answer).casefold(),
            str(int(answer)),
        }:
            return answer, ""
    return None, _("Write yes or no.")


def _area_code(cell, text):
    """A gazetteer code. Its digits come in pairs, so the leading zero that Excel took from a number is known."""
    code = to_ascii_digits(text)
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and len(code) % 2:
        code = f"0{code}"
    return (code, "") if _AREA.fullmatch(code) else (None, _("An area code has two, four or six digits."))

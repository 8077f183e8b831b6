"""A workbook of people: its headings wherever they stand, and what each row says, with what is wrong in it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from institutions.people_in import columns as c
from institutions.people_in import values
from institutions.people_in.values import CellRefused
from institutions.uploads import Row, text_of

HEADINGS_WITHIN = 15
MOST_RANK = 80

SENTENCES = {
    "no_headings": _(
        "No row at the top of the first sheet holds the headings. Download the template and copy your rows into it."
    ),
    "twice": _("The heading “%(heading)s” stands in the file twice. Delete one of the two columns."),
    "columns_missing": _("The file lacks these columns: %(columns)s."),
    "no_rows": _("The file has headings and no row below them."),
}


class SheetRefused(ValueError):
    """The file has no table of people; str() says why and what to do."""

    def __init__(self, reason, **facts):
        self.reason = reason
        super().__init__(str(SENTENCES[reason]) % facts)


@dataclass(frozen=True)
class Problem:
    """What is wrong in a row: a key of a sentence, the column it is in, and what the sentence names."""

    reason: str
    column: str = ""
    facts: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Said:
    """A row as it was read: the texts a person sees, the values that could be taken, what is wrong."""

    line: int
    cells: tuple[str, ...]
    values: dict
    problems: tuple[Problem, ...] = ()
    number_was_numeric: bool = False


@dataclass(frozen=True)
class Reading:
    """A whole file: its headings in their order, the keys they stand for ("" for unknown ones), its rows."""

    headings: tuple[str, ...]
    keys: tuple[str, ...]
    rows: tuple[Said, ...]

    @property
    def left_out(self):
        """Headings that nothing was read of."""
        return [heading for heading, key in zip(self.headings, self.keys, strict=True) if heading and not key]


READERS = {
    c.REFERENCE: lambda cell: values.short_text(cell, 20).upper(),
    c.NAME: values.name,
    c.NAME_LATIN: values.name,
    c.SEX: values.sex,
    c.BIRTH_DATE: values.day,
    c.STARTS_ON: values.day,
    c.ENDS_ON: values.day,
    c.INSTITUTION: lambda cell: values.short_text(cell, 200),
    c.INSTITUTION_NAME: lambda cell: values.short_text(cell, 200),
    c.POSITION: lambda cell: values.short_text(cell, 200),
    c.SECTOR: lambda cell: values.short_text(cell, 200),
    c.BASIS: values.basis,
    c.END_REASON: values.end_reason,
    c.RANK: lambda cell: values.short_text(cell, MOST_RANK),
}


def read_people(rows: Sequence[Row]) -> Reading:
    """What the rows of a sheet say. Raises SheetRefused where they hold no table of people."""
    place = _headings_at(rows)
    header = rows[place]
    headings = tuple(values.tidy(text_of(cell)) for cell in header.cells)
    keys = _keys(headings)
    width = max((len(row.cells) for row in rows[place:]), default=0)
    headings += ("",) * (width - len(headings))
    keys += ("",) * (width - len(keys))
    told = tuple(_said(row, keys, headings) for row in rows[place + 1 :] if _has_something(row, keys))
    if not told:
        raise SheetRefused("no_rows")
    return Reading(headings, keys, told)


def read_records(records: Sequence[dict]) -> Reading:
    """What rows say that give each value by the key of its column, as if they stood in a sheet with every column.

    The first row is row 1. Keys that no column has are not read: whoever takes the rows in has refused them.
    """
    headings, keys = tuple(str(column.heading) for column in c.COLUMNS), tuple(c.BY_KEY)
    rows = (Row(line, tuple(record.get(key) for key in keys)) for line, record in enumerate(records, start=1))
    return Reading(headings, keys, tuple(_said(row, keys, headings) for row in rows))


def _meanings(row):
    return [c.meaning_of(text_of(cell)) if isinstance(cell, str) else None for cell in row.cells]


def _headings_at(rows):
    """The place of the row with the most headings among the first; a title above the table is no heading."""
    best, most = None, 1
    for place, row in enumerate(rows[:HEADINGS_WITHIN]):
        count = len({meaning for meaning in _meanings(row) if meaning})
        if count > most:
            best, most = place, count
    if best is None:
        raise SheetRefused("no_headings")
    return best


def _keys(headings):
    keys = tuple(c.meaning_of(heading) or "" for heading in headings)
    for place, key in enumerate(keys):
        if key and key in keys[:place]:
            raise SheetRefused("twice", heading=headings[place])
    if not {c.REFERENCE, c.STAFF_NUMBER, c.NAME, c.NAME_LATIN} & set(keys):
        wanted = (c.STAFF_NUMBER, c.NAME)
        raise SheetRefused("columns_missing", columns=", ".join(str(c.BY_KEY[key].heading) for key in wanted))
    return keys


def _has_something(row, keys):
    return any(values.said(cell) for cell in row.cells)


def _repeats_headings(row, keys):
    meanings = _meanings(row)
    return sum(1 for key, meaning in zip(keys, meanings, strict=False) if key and key == meaning) > 1


def _said(row, keys, headings):
    texts = tuple(shown(cell) for cell in row.cells)
    found, problems, numeric = {}, [], False
    for key, cell in zip(keys, row.cells, strict=False):
        if not key or not values.said(cell):
            continue
        try:
            if key == c.STAFF_NUMBER:
                found[key], numeric = values.staff_number(cell)
            else:
                found[key] = READERS[key](cell)
        except CellRefused as refusal:
            problems.append(Problem(refusal.reason, key, refusal.facts))
    if (problems or texts == headings[: len(texts)]) and _repeats_headings(row, keys):
        return Said(row.line, texts, {}, (Problem("headings_again"),))
    return Said(row.line, texts, found, tuple(problems), numeric)


def shown(cell):
    """A cell as text that is read back as the same value: days as year-month-day."""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat(sep=" ")
    if isinstance(cell, date):
        return cell.isoformat()
    return text_of(cell)

"""Workbooks out: the template with its lists, the register as a file to send back, the rows that were wrong."""

import io
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import override
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from institutions.empty_forms import prepare_column
from institutions.people_in import columns as c
from institutions.workbooks import Column, Sheet, write_workbook

ROWS_WITH_LISTS = 5_000
MOST_PLACES = 20_000
DAYS = {c.BIRTH_DATE, c.STARTS_ON, c.ENDS_ON}


@dataclass(frozen=True)
class Lists:
    """What may stand in a file: (code, name, Latin name) of institutions; (position, sector) in words."""

    institutions: tuple
    positions: tuple
    words: dict = field(default_factory=dict)
    """Column → its few words."""

    @property
    def sectors(self):
        """Each sector of the positions once, in their order."""
        return list(dict.fromkeys(sector for _position, sector in self.positions))


def column_of(column):
    kind = "date" if column.key in DAYS else "text"
    return Column(key=column.key, heading=str(column.heading), kind=kind, width=column.width)


def write_people(target, *, rows, lists, language, title, demonstration=False):
    """Write rows (values in the order of COLUMNS) under headings that an import understands; return their number."""
    with override(language):
        return write_workbook(
            target,
            columns=[column_of(column) for column in c.COLUMNS],
            rows=rows,
            title=title,
            sheet_title=_("People"),
            further=_sheets(lists),
            notes=[(str(column.heading), str(column.note)) for column in c.COLUMNS if column.note],
            demonstration=demonstration,
            language=language,
        )


def _sheets(lists):
    positions = [
        Column(key=c.POSITION, heading=_("Position"), width=40),
        Column(key=c.SECTOR, heading=_("Sector"), width=40),
    ]
    institutions = [
        Column(key=c.INSTITUTION, heading=_("Code of the institution"), width=28),
        Column(key="name", heading=_("Name"), width=48),
        Column(key="name_latin", heading=_("Name in Latin letters"), width=48),
    ]
    return (
        Sheet(title=_("Positions"), columns=positions, rows=lists.positions),
        Sheet(title=_("Institutions"), columns=institutions, rows=lists.institutions),
        Sheet(title=_("Sectors"), columns=positions[1:], rows=[(sector,) for sector in lists.sectors]),
    )


def template(*, lists, language, title):
    """The bytes of an empty workbook whose cells offer what may stand in them."""
    target = io.BytesIO()
    write_people(target, rows=[], lists=lists, language=language, title=title)
    book = load_workbook(io.BytesIO(target.getvalue()))
    sheet, positions, institutions, sectors = book.worksheets[:4]
    with override(language):
        for key, words in {c.SEX: ("F", "M"), **lists.words}.items():
            _offer(sheet, key, f'"{",".join(words)}"')  # Excel holds 255 signs of such a list
        for key, source, column, count in (
            (c.POSITION, positions, "A", len(lists.positions)),
            (c.SECTOR, sectors, "A", len(lists.sectors)),
            (c.INSTITUTION, institutions, "A", len(lists.institutions)),
        ):
            if count:
                _offer(sheet, key, f"'{source.title}'!${column}$2:${column}${count + 1}")
    for column in c.COLUMNS:
        # Text before anything is typed: so Excel keeps the zeros of a staff number.
        prepare_column(sheet, _letter(column.key), number_format="dd/mm/yyyy" if column.key in DAYS else "@")
    filled = io.BytesIO()
    book.save(filled)
    return filled.getvalue()


def _letter(key):
    return get_column_letter([column.key for column in c.COLUMNS].index(key) + 1)


def _offer(sheet, key, formula):
    rule = DataValidation(type="list", formula1=formula, allow_blank=True, showErrorMessage=key != c.INSTITUTION)
    rule.errorTitle, rule.error = str(c.BY_KEY[key].heading), _("Choose one of the list.")
    rule.add(f"{_letter(key)}2:{_letter(key)}{ROWS_WITH_LISTS}")
    sheet.add_data_validation(rule)


def write_refused(target, *, headings, rows, language, title):
    """The rows of a file that were refused, under its own headings, with a column of reasons first."""
    with override(language):
        columns = [
            Column(key="line", heading=_("Row"), kind="integer", width=8),
            Column(key="reasons", heading=_("What is wrong"), width=80, wrap=True),
        ]
        columns += [Column(key=f"c{place}", heading=heading, width=22) for place, heading in enumerate(headings)]
        return write_workbook(
            target, columns=columns, rows=rows, title=title, sheet_title=_("Rows to correct"), language=language
        )

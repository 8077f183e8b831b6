"""Workbooks of people as HR units make them with Excel."""

import io

from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

HEADINGS = {
    "staff_number": "អត្តលេខ",
    "name": "ឈ្មោះ",
    "name_latin": "Latin name",
    "sex": "ភេទ",
    "birth_date": "ថ្ងៃខែឆ្នាំកំណើត",
    "institution": "Institution code",
    "position": "មុខតំណែង",
    "sector": "Sector",
    "rank": "Rank",
    "basis": "ប្រភេទមុខតំណែង",
    "starts_on": "Start date",
    "ends_on": "Until",
    "end_reason": "Why it ended",
    "reference": "Reference",
}


def make_sheet(rows, *, headings=None, above=(), epoch_1904=False, columns=None):
    """The bytes of a workbook with a row for each dict; headings default to a mix of both languages."""
    book = Workbook()
    book.epoch = CALENDAR_MAC_1904 if epoch_1904 else CALENDAR_WINDOWS_1900
    sheet = book.active
    for line in above:
        sheet.append(line)
    used = columns or list(dict.fromkeys(key for row in rows for key in row)) or list(HEADINGS)
    names = HEADINGS | (headings or {})
    sheet.append([names[key] for key in used])
    for row in rows:
        sheet.append([row.get(key) for key in used])
    return saved(book)


def saved(book):
    """The bytes of an openpyxl workbook."""
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()

"""Workbooks that wait to be filled: what a cell is, before anything is typed into it."""

from copy import copy

from openpyxl.worksheet.worksheet import Worksheet

READY_ROWS = 500
"""Rows under the header that have their own format: some programs look at cells, others at whole columns."""


def prepare_column(sheet: Worksheet, letter: str, *, number_format: str) -> None:
    """Give a column, and each of its first rows, a format and the type that Khmer is read in."""
    font = copy(sheet["A1"].font)
    font.b = False
    rows = (sheet[f"{letter}{line}"] for line in range(2, READY_ROWS + 2))
    for cell in (sheet.column_dimensions[letter], *rows):
        cell.number_format, cell.font = number_format, font

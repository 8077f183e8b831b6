"""Workbooks out: typed, safe cells in .xlsx, fast enough for a whole ministry.

openpyxl builds everything but the data: styles, header, widths, print set-up, the second sheet. The shell ends in one
sample row; its place in the sheet's XML is where the data rows are streamed in. A text is written as an inline string,
so it is text whatever it begins with: a formula has a cell type of its own, and none is ever written.
"""

import io
import os
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice, repeat
from pathlib import Path
from typing import Any, BinaryIO, Literal
from xml.etree import ElementTree

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

MAX_ROWS = 1_048_575
"""Data rows that fit under the header of one sheet."""

_LAST_LINE = MAX_ROWS + 1
_MAX_TEXT = 32_767  # UTF-16 units; beyond it Excel calls the file damaged
_MAX_DIGITS = 10**15  # beyond it Excel rounds silently
_ROWS_A_WRITE = 400
_MEMO = 8192

# Excel counts 29 February 1900, which never was; earlier days are written as text.
_FIRST_DAY = date(1900, 3, 1)
_DAY_ZERO = date(1899, 12, 30).toordinal()

_FORMATS = {"text": "@", "integer": "0", "decimal": "0.00", "date": "dd/mm/yyyy", "datetime": "dd/mm/yyyy hh:mm"}
_FONTS = {"km": "Khmer OS Battambang"}
_DATA_SHEET = "xl/worksheets/sheet1.xml"
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


class WorkbookTooLarge(ValueError):
    """More rows than one sheet can hold."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: its heading, what its cells are, and how wide it is in characters."""

    key: str
    heading: str
    kind: Literal["text", "integer", "decimal", "date", "datetime"] = "text"
    width: float = 18
    number_format: str = ""
    wrap: bool = False


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A further sheet of a few thousand rows at most: it is built in memory."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]


def write_workbook(
    target: str | os.PathLike | BinaryIO,
    *,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Any]],
    title: str,
    sheet_title: str,
    notes: Iterable[Sequence[Any]] = (),
    further: Iterable[Sheet] = (),
    demonstration: bool = False,
    language: str = "km",
) -> int:
    """Write the rows under a frozen, filterable header, further sheets, the notes on the last, and return the number
    of rows of the first.

    A path gets the whole file or none. Raises WorkbookTooLarge past MAX_ROWS and ValueError for a value that is not of
    its column's kind. None and "" are empty cells. Moments are shown in the current time zone.
    """
    with translation.override(language):
        shell = _shell(columns, title, sheet_title, further, notes, demonstration, language)
    with _opened(target) as file, zipfile.ZipFile(shell) as parts, _new_zip(file) as book:
        before, styles, after = _cut_at_sample(parts.read(_DATA_SHEET))
        cells = [_Cells(column, style) for column, style in zip(columns, styles, strict=True)]
        with book.open(_DATA_SHEET, "w") as sheet:
            sheet.write(before)
            count = _stream(sheet, cells, rows)
            sheet.write(_with_last_line(after, count))
        for name in parts.namelist():
            if name != _DATA_SHEET:
                # The hidden name of the filter's range is in the workbook part.
                book.writestr(name, _with_last_line(parts.read(name), count))
    return count


# --- the shell ------------------------------------------------------------------------------------------------------


def _shell(columns, title, sheet_title, further, notes, demonstration, language) -> io.BytesIO:
    """A small workbook with everything in place but the rows."""
    book = Workbook()
    mark = _("DEMONSTRATION") if demonstration else ""
    font = _FONTS.get(language, "Calibri")
    book.properties.title = f"{title} ({mark})" if mark else title
    book.properties.creator = "Conduct"
    book.properties.language = language
    sheet = book.active
    sheet.title = _sheet_name(f"{mark} {sheet_title}" if mark else sheet_title)
    _fill_header(sheet, columns, font)
    _fill_sample(sheet, columns, font)
    _set_up_page(sheet, columns, title=f"{title} {mark}".strip(), alarmed=demonstration)
    for more in further:
        extra = book.create_sheet(_sheet_name(more.title, taken=book.sheetnames))
        _fill_header(extra, more.columns, font)
        last = _fill_rows(extra, more, font)
        _set_up_page(extra, more.columns, title=f"{more.title} {mark}".strip(), alarmed=demonstration, last=last)
    about = book.create_sheet(_sheet_name(_("About this file"), taken=book.sheetnames))
    _fill_notes(about, title, mark, notes, font)
    shell = io.BytesIO()
    book.save(shell)
    return shell


def _fill_header(sheet: Worksheet, columns: Sequence[Column], font: str) -> None:
    line = Side(style="thin", color="10203C")
    for place, column in enumerate(columns, start=1):
        cell = _put(sheet, 1, place, column.heading)
        cell.font = Font(name=font, bold=True, color="10203C")
        cell.fill = PatternFill("solid", fgColor="F1ECE1")
        cell.border = Border(bottom=line)
        cell.alignment = Alignment(vertical="center", wrap_text=True)
        sheet.column_dimensions[get_column_letter(place)].width = column.width
    sheet.row_dimensions[1].height = 44


def _fill_sample(sheet: Worksheet, columns: Sequence[Column], font: str) -> None:
    for place, column in enumerate(columns, start=1):
        cell = sheet.cell(row=2, column=place, value=0)
        cell.font = Font(name=font)
        cell.alignment = Alignment(vertical="top" if column.wrap else None, wrap_text=column.wrap or None)
        cell.number_format = column.number_format or _FORMATS[column.kind]


def _fill_rows(sheet: Worksheet, more: Sheet, font: str) -> int:
    """Write the rows of a further sheet and return the line of the last."""
    line = 1
    for line, values in enumerate(more.rows, start=2):
        for place, (column, value) in enumerate(zip(more.columns, values, strict=True), start=1):
            cell = _put(sheet, line, place, value)
            cell.font = Font(name=font)
            cell.number_format = column.number_format or _FORMATS[column.kind]
    return line


def _set_up_page(
    sheet: Worksheet, columns: Sequence[Column], *, title: str, alarmed: bool, last: int = _LAST_LINE
) -> None:
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{last}"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.sheet_format.defaultRowHeight = 20  # Khmer stacks need more than the 15 of Latin
    sheet.sheet_format.customHeight = True
    sheet.oddHeader.left.text = title.replace("&", "&&")
    sheet.oddFooter.right.text = "&P / &N"
    if alarmed:
        sheet.sheet_properties.tabColor = "BB7A00"


def _fill_notes(sheet: Worksheet, title: str, mark: str, notes: Iterable[Sequence[Any]], font: str) -> None:
    lines = [(title,)]
    if mark:
        lines.append((mark, _("Invented people and figures. Not the record of any institution.")))
    for row, line in enumerate([*lines, *notes], start=1):
        for place, value in enumerate(line, start=1):
            cell = _put(sheet, row, place, value)
            cell.font = Font(name=font, bold=row == 1 or (place == 1 and len(line) > 1))
            cell.alignment = Alignment(vertical="top", wrap_text=row > 1)
    sheet.column_dimensions["A"].width = 32
    sheet.column_dimensions["B"].width = 90


def _put(sheet: Worksheet, row: int, place: int, value: Any):
    """One styled cell of the shell: a number or a day as it is, anything else as text, never as a formula."""
    cell = sheet.cell(row=row, column=place)
    if isinstance(value, datetime):
        cell.value, cell.number_format = _local(value), _FORMATS["datetime"]
    elif isinstance(value, date):
        cell.value, cell.number_format = value, _FORMATS["date"]
    elif isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        cell.value = value
    elif value is not None:
        cell.value = _clean(str(value)) or None
        cell.data_type = "s" if cell.value else cell.data_type
    return cell


def _sheet_name(text: str, taken: Iterable[str] = ()) -> str:
    """A name that Excel takes: 31 characters, none of its forbidden ones, not another sheet's."""
    name = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", text).strip(" '")[:31].strip(" '") or "1"
    used, plain, count = {other.casefold() for other in taken}, name, 1
    while name.casefold() in used:
        count += 1
        name = f"{plain[:28]} {count}"
    return name


# --- the rows -------------------------------------------------------------------------------------------------------


def _cut_at_sample(xml: bytes) -> tuple[bytes, list[str], bytes]:
    """What stands before the sample row, the style of each of its cells, and what follows it."""
    # The extent is optional, and wrong as soon as rows come in.
    xml = re.sub(rb"<dimension [^>]*/>", b"", xml, count=1)
    sample = ElementTree.fromstring(xml).findall(f"{_MAIN}sheetData/{_MAIN}row")[-1]
    start = xml.rindex(b'<row r="2"')
    end = xml.index(b"</sheetData>")
    return xml[:start], [cell.get("s", "0") for cell in sample], xml[end:]


def _with_last_line(xml: bytes, count: int) -> bytes:
    """The part with the filter's range ending at the last row instead of at the end of the sheet."""
    last = str(count + 1).encode()
    line = str(_LAST_LINE).encode()
    xml = re.sub(rb'(<autoFilter ref="A1:[A-Z]+)' + line + b'"', rb"\g<1>" + last + b'"', xml)
    return re.sub(rb"(\$A\$1:\$[A-Z]+\$)" + line + b"</definedName>", rb"\g<1>" + last + b"</definedName>", xml)


def _stream(sheet: BinaryIO, cells: Sequence["_Cells"], rows: Iterable[Sequence[Any]]) -> int:
    count, width, rows = 0, len(cells), iter(rows)
    while batch := list(islice(rows, _ROWS_A_WRITE)):
        for place, row in enumerate(batch, start=count + 1):
            if len(row) != width:
                raise ValueError(f"Row {place} has {len(row)} values for {width} columns.")
        count += len(batch)
        if count > MAX_ROWS:
            raise WorkbookTooLarge(f"A sheet holds {MAX_ROWS:,} rows under its header.")
        columns = [column.many(values) for column, values in zip(cells, zip(*batch, strict=True), strict=True)]
        lines = zip(repeat("<row>"), *columns, repeat("</row>"))
        sheet.write("".join(map("".join, lines)).encode())
    return count


class _Cells(dict):
    """The finished cells of one column by value: a dict, so that a value seen before costs one look-up.

    Values that compare equal share a cell, whichever came first; so a text column keeps nothing but texts (1, 1.0 and
    True are equal, "1", "1.0" and "True" are not).
    """

    def __init__(self, column: Column, style: str):
        super().__init__()
        self.column = column
        self.empty = f'<c s="{style}"/>'
        self.open = f'<c s="{style}"'
        self.content: Callable[[Any], str] = _CONTENT[column.kind]
        self.open_text = self.open + _OPEN_TEXT
        self[None] = self[""] = self.empty

    def many(self, values: Sequence[Any]) -> Iterable[str]:
        """The cells of many values, in order."""
        # A full memo means a column of texts that do not repeat, such as names: there a look-up only costs.
        if len(self) >= _MEMO and self.content is _text and _are_plain(values):
            return [self.open_text + value + _CLOSE_TEXT for value in values]
        return map(self.__getitem__, values)

    def __missing__(self, value: Any) -> str:
        try:
            content = self.content(value)
        except (TypeError, ValueError, ArithmeticError) as error:
            raise ValueError(f"{value!r} in column {self.column.key} is not of kind {self.column.kind}.") from error
        cell = self.open + content if content else self.empty
        if len(self) < _MEMO and (self.content is not _text or type(value) is str):
            self[value] = cell
        return cell


_OPEN_TEXT, _CLOSE_TEXT = ' t="inlineStr"><is><t>', "</t></is></c>"


def _text(value: Any) -> str:
    text = str(value)
    if _PLAIN.fullmatch(text) and len(text) <= _SURELY_FITS:
        return _OPEN_TEXT + text + _CLOSE_TEXT
    text = _escaped(_clean(text))
    return ' t="inlineStr"><is><t xml:space="preserve">' + text + _CLOSE_TEXT if text else ""


def _are_plain(values: Sequence[Any]) -> bool:
    """True if all are texts with nothing to escape: one look at a batch costs less than one at each text."""
    if set(map(type, values)) != {str}:
        return False
    lines = "\n".join(values)
    return (
        lines.count("\n") == len(values) - 1
        and _PLAIN_LINES.fullmatch(lines) is not None
        and len(max(values, key=len)) <= _SURELY_FITS
    )


def _integer(value: Any) -> str:
    number = int(value)
    if number != value or abs(number) >= _MAX_DIGITS:
        raise ValueError("not a whole number that a sheet can hold")
    return f"><v>{number}</v></c>"


def _decimal(value: Any) -> str:
    if isinstance(value, str):
        raise TypeError("a text")
    number = float(value)
    if number - number != 0:
        raise ValueError("not a finite number")
    return f"><v>{number!r}</v></c>"


def _date(value: date) -> str:
    day = _local(value).date() if isinstance(value, datetime) else value
    if day < _FIRST_DAY:
        return _text(day.isoformat())
    return f"><v>{day.toordinal() - _DAY_ZERO}</v></c>"


def _datetime(value: date) -> str:
    moment = _local(value) if isinstance(value, datetime) else datetime.combine(value, time())
    if moment.date() < _FIRST_DAY:
        return _text(moment.isoformat(sep=" ", timespec="seconds"))
    seconds = moment.hour * 3600 + moment.minute * 60 + moment.second
    return f"><v>{moment.toordinal() - _DAY_ZERO + seconds / 86_400!r}</v></c>"


_CONTENT = {"text": _text, "integer": _integer, "decimal": _decimal, "date": _date, "datetime": _datetime}


def _local(moment: datetime) -> datetime:
    """The moment as the clock on the wall shows it: a cell knows no time zone."""
    return timezone.make_naive(moment) if timezone.is_aware(moment) else moment


# --- text -----------------------------------------------------------------------------------------------------------

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Words with single blanks between them and nothing to escape; possessive, so that each character is looked at once.
_WORD = r"[^\s_&<>\x00-\x1f\ud800-\udfff\ufffe\uffff]++"
_PLAIN = re.compile(f"{_WORD}(?: {_WORD})*+")
_PLAIN_LINES = re.compile(f"{_WORD}(?:[ \n]{_WORD})*+")
_SURELY_FITS = _MAX_TEXT // 2
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def _clean(text: str) -> str:
    """The text without what XML cannot hold, cut where Excel would call the file damaged."""
    text = _FORBIDDEN.sub("", text)
    if len(text) > _SURELY_FITS and len(text.encode("utf-16-le")) // 2 > _MAX_TEXT:
        text = text.encode("utf-16-le")[: 2 * (_MAX_TEXT - 1)].decode("utf-16-le", "ignore") + "…"
    return text


def _escaped(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # A bare CR would reach the reader as LF; "_x0041_" would reach it as "A".
    return _LOOKS_ESCAPED.sub("_x005F_", text.replace("\r", "&#13;"))


# --- the file -------------------------------------------------------------------------------------------------------


def _new_zip(file: BinaryIO) -> zipfile.ZipFile:
    # Level 1: a download wants speed before size.
    return zipfile.ZipFile(file, "w", compression=zipfile.ZIP_DEFLATED, compresslevel=1)


@contextmanager
def _opened(target: str | os.PathLike | BinaryIO):
    """The target to write to; a path is written beside its place and moved there when it is whole."""
    if hasattr(target, "write"):
        yield target
        return
    place = Path(target)
    part = place.with_name(place.name + ".part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(place)
    finally:
        part.unlink(missing_ok=True)

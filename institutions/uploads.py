"""Files that others send: looked at before anything reads them, and refused with a sentence that says what to do.

A workbook is a zip of XML. What makes one dangerous is checked on its bytes: how much it unpacks to, entities, macros,
links to other files, and cells so far out that a reader would build a grid of billions.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext_lazy as _
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

Cell = str | int | float | bool | date | datetime | time | timedelta

MEBIBYTE = 1024 * 1024
MAX_BYTES = 10 * MEBIBYTE
MAX_UNPACKED = 100 * MEBIBYTE
MAX_ENTRIES = 200
MAX_CELL = 2000

_CHUNK = 256 * 1024
_OVERLAP = 64
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENTITIES = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{0,7})(\d{1,20})["']""")
_CODED_PLACE = re.compile(rb"""\br\s*=\s*["'][^"'<>]{0,20}&""")
_ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_FOREIGN_PARTS = ("xl/externallinks/", "xl/connections", "xl/activex", "xl/embeddings/")

SENTENCES = {
    "empty": _("The file is empty. Choose the file again."),
    "large": _("The file is larger than %(most)s MB. Send it in parts."),
    "format": _("This is not an .xlsx workbook. Open it in Excel and save it as “Excel workbook (.xlsx)”."),
    "locked": _(
        "The workbook is an old .xls file or locked with a password. Save it as “Excel workbook (.xlsx)” without one."
    ),
    "macros": _("The workbook contains macros. Save it as “Excel workbook (.xlsx)”, which has none."),
    "links": _("The workbook is linked to other files or data. Copy the cells as values into a new workbook."),
    "unsafe": _("The workbook is damaged or built in a way that is not safe to read. Copy its cells into a new one."),
    "rows": _("The sheet has cells below row %(most)s. Delete the empty rows at its end, or send it in parts."),
    "columns": _("The sheet has cells to the right of column %(most)s. Delete the columns that are not needed."),
    "cell": _("Row %(row)s: a cell holds more than %(most)s characters. Shorten it."),
}


class UploadRefused(ValueError):
    """The file is not usable; str() says why and what to do."""

    def __init__(self, reason: str, **facts):
        self.reason, self.facts = reason, facts
        super().__init__(reason)

    def __str__(self) -> str:
        sentence = str(SENTENCES[self.reason])
        return sentence % self.facts if self.facts else sentence


@dataclass(frozen=True)
class Row:
    """A row of a sheet that holds something, with the number that Excel shows for it."""

    line: int
    cells: tuple[Cell | None, ...]


def read_workbook(
    content: bytes, *, max_rows: int = 5000, max_columns: int = 60, max_cell: int = MAX_CELL
) -> list[Row]:
    """The rows of the first sheet that is not hidden, without empty ones; None for an empty cell, a formula's value.

    Raises UploadRefused for anything but a plain .xlsx within the limits (bytes, unpacked bytes, rows, columns,
    characters of a cell).
    """
    check_workbook(content, max_rows=max_rows, max_columns=max_columns)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = book.get_sheet_by_index(_first_shown(book))
        grid = sheet.to_python(skip_empty_area=False)
    except (CalamineError, IndexError, ValueError, zlib.error, OSError) as error:
        raise UploadRefused("unsafe") from error
    rows = []
    for line, values in enumerate(grid, start=1):
        cells = tuple(None if value == "" else value for value in values)
        if any(isinstance(cell, str) and len(cell) > max_cell for cell in cells):
            raise UploadRefused("cell", row=line, most=max_cell)
        if any(cell is not None for cell in cells):
            rows.append(Row(line, cells))
    return rows


def _first_shown(book: CalamineWorkbook) -> int:
    """The place of the first sheet with cells that whoever opens the file sees: what is hidden was not looked at."""
    shown = (SheetTypeEnum.WorkSheet, SheetVisibleEnum.Visible)
    return next((place for place, one in enumerate(book.sheets_metadata) if (one.typ, one.visible) == shown), 0)


def check_workbook(content: bytes, *, max_rows: int, max_columns: int) -> None:
    """Raise UploadRefused unless the bytes are a plain .xlsx within the limits."""
    package = open_package(content, main="xl/workbook.xml")
    for name in package.namelist():
        lowered = name.lower()
        if lowered.endswith("vbaproject.bin"):
            raise UploadRefused("macros")
        if lowered.startswith(_FOREIGN_PARTS):
            raise UploadRefused("links")
    unpacked = 0
    for info in package.infolist():
        extent = _Extent(max_rows, max_columns) if info.filename.lower().startswith("xl/worksheets/") else None
        for piece in _pieces(package, info):
            unpacked += len(piece) - _OVERLAP
            if unpacked > MAX_UNPACKED:
                raise UploadRefused("unsafe")
            if extent:
                extent.take(piece)


def open_package(content: bytes, *, main: str) -> zipfile.ZipFile:
    """The zip of an Office file that has the part `main`; refuses what is empty, large, locked or not a zip."""
    if not content:
        raise UploadRefused("empty")
    if len(content) > MAX_BYTES:
        raise UploadRefused("large", most=MAX_BYTES // MEBIBYTE)
    if content.startswith(_OLE):
        raise UploadRefused("locked")
    if not content.startswith(b"PK\x03\x04"):
        raise UploadRefused("format")
    try:
        package = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise UploadRefused("unsafe") from error
    names = package.namelist()
    if len(names) > MAX_ENTRIES or len(set(names)) != len(names) or any(_leads_out(name) for name in names):
        raise UploadRefused("unsafe")
    if main not in names:
        raise UploadRefused("format")
    return package


def check_parts(package: zipfile.ZipFile, *, most: int = MAX_UNPACKED) -> None:
    """Raise UploadRefused if the parts together unpack to more bytes, or one holds XML that is not safe to read."""
    unpacked = 0
    for info in package.infolist():
        for piece in _pieces(package, info):
            unpacked += len(piece) - _OVERLAP
            if unpacked > most:
                raise UploadRefused("unsafe")


def _leads_out(name: str) -> bool:
    return name.startswith("/") or "\\" in name or ".." in name.split("/")


def _pieces(package: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """The unpacked bytes of a part, each piece beginning with the end of the one before; checks XML on the way."""
    is_xml = info.filename.lower().endswith((".xml", ".rels", ".vml"))
    before, first = b"\0" * _OVERLAP, True
    try:
        with package.open(info) as part:
            while chunk := part.read(_CHUNK):
                if is_xml and ((first and b"\0" in chunk[:64]) or _ENTITIES.search(before + chunk)):
                    raise UploadRefused("unsafe")  # entities, or an encoding in which they cannot be seen
                yield before + chunk
                before, first = chunk[-_OVERLAP:].rjust(_OVERLAP, b"\0"), False
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError) as error:
        raise UploadRefused("unsafe") from error


class _Extent:
    """How far out the cells of a sheet lie, by the places they name and by their number where they name none."""

    def __init__(self, max_rows: int, max_columns: int):
        self.max_rows, self.max_columns = max_rows, max_columns
        self.rows = self.cells_of_row = 0

    def take(self, piece: bytes) -> None:
        """Note a piece of the sheet's XML; refuses the sheet once it is too wide or too long."""
        if _CODED_PLACE.search(piece):
            raise UploadRefused("unsafe")
        places = set(_PLACE.findall(piece))
        begun, *others = [len(_CELL.findall(row)) for row in _ROW.split(piece[_OVERLAP:])]
        self.rows += len(others)
        widest = max(begun + self.cells_of_row, *others, *(column_number(letters) for letters, _row in places), 0)
        self.cells_of_row = others[-1] if others else begun + self.cells_of_row
        if self.rows > self.max_rows or any(len(row) > 7 or int(row) > self.max_rows for _letters, row in places):
            raise UploadRefused("rows", most=self.max_rows)
        if widest > self.max_columns:
            raise UploadRefused("columns", most=self.max_columns)


_ERROR_CELL = re.compile(rb"<(?:\w+:)?c\s[^<>]*>")
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^<>]*>")
_SHEET_ID = re.compile(rb"""\w+:id\s*=\s*["']([^"']+)["']""")
_HIDDEN = re.compile(rb"""\sstate\s*=\s*["'](?:hidden|veryHidden)["']""")
_TARGET = rb"<(?:\w+:)?Relationship\s[^<>]*>"


def error_cells(content: bytes) -> dict[int, list[int]]:
    """Line → places (from 0) of cells of the sheet that is read with an error of Excel: the reader shows none.

    Only for a workbook that check_workbook let pass.
    """
    package = zipfile.ZipFile(io.BytesIO(content))
    part = _first_sheet_part(package)
    found: dict[int, list[int]] = {}
    if part not in package.namelist():
        return found
    for tag in _ERROR_CELL.findall(package.read(part)):
        place = _PLACE.search(tag)
        if place and re.search(rb"""\st\s*=\s*["']e["']""", tag):
            found.setdefault(int(place[2]), []).append(column_number(place[1]) - 1)
    return found


def _first_sheet_part(package: zipfile.ZipFile) -> str:
    tags = _SHEET.findall(package.read("xl/workbook.xml"))
    first = _SHEET_ID.search(next((tag for tag in tags if not _HIDDEN.search(tag)), tags[0] if tags else b""))
    if first and "xl/_rels/workbook.xml.rels" in package.namelist():
        for tag in re.findall(_TARGET, package.read("xl/_rels/workbook.xml.rels")):
            values = dict(re.findall(rb"""(\w+)\s*=\s*["']([^"']*)["']""", tag))
            if values.get(b"Id") == first[1]:
                target = values.get(b"Target", b"").decode("utf-8", "replace")
                return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return "xl/worksheets/sheet1.xml"


def column_number(letters: bytes) -> int:
    """The number of a column by its letters: A is 1; none is 0."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


# --- scanned documents ----------------------------------------------------------------------------------------------

_SCANS = {b"%PDF-": "pdf", b"\xff\xd8\xff": "jpg", b"\x89PNG\r\n\x1a\n": "png"}
SCAN_TYPES = {"pdf": "application/pdf", "jpg": "image/jpeg", "png": "image/png"}


def kind_of_scan(content: bytes) -> str | None:
    """ "pdf", "jpg" or "png" by what the bytes are, whatever the file is called; None for anything else."""
    return next((kind for start, kind in _SCANS.items() if content.startswith(start)), None)


# --- what cells say -------------------------------------------------------------------------------------------------


def text_of(cell: Cell | None) -> str:
    """A cell as the text a person sees in it: a whole number without a point, nothing for an empty cell."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 10**15:
        cell = int(cell)
    return str(cell).strip()

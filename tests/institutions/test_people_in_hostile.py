"""Hostile workbooks of people: each is refused with a sentence, and what only looks hostile is read."""

import io
import zipfile
from datetime import date, datetime, time

import pytest
from openpyxl import load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment

from institutions.people_in import child
from institutions.people_in.reading import read_people
from institutions.uploads import UploadRefused, read_workbook
from tests.factories.sheets import make_sheet, saved


def told(content):
    """What a workbook says, read in this process."""
    return read_people(read_workbook(content))


def row(**facts):
    return {"staff_number": "00123", "name": "សុខ ចាន់", "name_latin": "Sok Chan", "sex": "F", **facts}


def repacked(content, **parts):
    """The workbook with some parts replaced or added."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, text in parts.items():
            new.writestr(name, text)
    return target.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
GOOD = make_sheet([row()])


def sheet_xml(inside, before=""):
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<?xml version="1.0"?>{before}<worksheet xmlns="{main}"><sheetData>{inside}</sheetData></worksheet>'


def zipped(**parts):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name, content)
    return target.getvalue()


def with_overlapping_parts(copies=150):
    """The workbook with parts that all lie in the same bytes, so that little unpacks to very much."""
    bomb = repacked(GOOD, **{f"xl/media/{place:03}.bin": b"0" * (1024 * 1024) for place in range(copies)})
    package = bytearray(bomb)
    with zipfile.ZipFile(io.BytesIO(bomb)) as read:
        infos = {info.filename: info for info in read.infolist()}
        start = read.start_dir
    kernel = infos["xl/media/000.bin"].header_offset
    place = bytes(package).find(b"PK\x01\x02", start)
    while place != -1:
        length = int.from_bytes(package[place + 28 : place + 30], "little")
        if package[place + 46 : place + 46 + length].startswith(b"xl/media/"):
            package[place + 42 : place + 46] = kernel.to_bytes(4, "little")
        place = bytes(package).find(b"PK\x01\x02", place + 46)
    return bytes(package)


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
HOSTILE = {
    "W1 flat bomb": repacked(GOOD, **{"xl/media/x.xml": b"0" * (101 * 1024 * 1024)}),
    "W1 overlapping parts": with_overlapping_parts(),
    "W2 a million rows": repacked(GOOD, **{SHEET: sheet_xml('<row r="1048576"><c r="A1048576"><v>1</v></c></row>')}),
    "W2 too many columns": repacked(GOOD, **{SHEET: sheet_xml('<row r="1"><c r="XFD1"><v>1</v></c></row>')}),
    "W3 billion laughs": repacked(GOOD, **{SHEET: sheet_xml("", LAUGHS)}),
    "W3 entity in shared strings": repacked(GOOD, **{"xl/sharedStrings.xml": LAUGHS + "<sst/>"}),
    "W4 zip slip": repacked(GOOD, **{"../evil.xml": "x"}),
    "W3 a file of the server": repacked(GOOD, **{SHEET: sheet_xml("", '<!DOCTYPE x SYSTEM "file:///etc/passwd">')}),
    "W3 an address": repacked(
        GOOD, **{"xl/_rels/workbook.xml.rels": '<!DOCTYPE x [<!ENTITY e SYSTEM "http://127.0.0.1/">]><x>&e;</x>'}
    ),
    "W5 a binary workbook": zipped(**{"xl/workbook.bin": b"x", "[Content_Types].xml": b"<x/>"}),
    "W5 an open document": zipped(
        mimetype=b"application/vnd.oasis.opendocument.spreadsheet", **{"content.xml": b"<x/>"}
    ),
    "W5 encrypted": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") * 40,
    "W6 dynamic data exchange": repacked(
        GOOD, **{"xl/externalLinks/externalLink2.xml": '<externalLink><ddeLink ddeService="cmd"/></externalLink>'}
    ),
    "W5 an old .xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "W5 csv": b"name,sex\n" * 20,
    "W5 html": b"<html><table><tr><td>name</td></tr></table></html>" * 3,
    "W5 truncated": GOOD[: len(GOOD) // 2],
    "W5 another zip": repacked(GOOD)[:4] + b"\0" * 100,
    "W6 macros": repacked(GOOD, **{"xl/vbaProject.bin": "x"}),
    "W6 external link": repacked(GOOD, **{"xl/externalLinks/externalLink1.xml": "<x/>"}),
    "W6 data connection": repacked(GOOD, **{"xl/connections.xml": "<x/>"}),
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_workbook_is_refused_with_a_sentence(name):
    with pytest.raises(UploadRefused) as refused:
        child.read_apart(HOSTILE[name], max_rows=60_015)
    assert str(refused.value)


def test_a_child_that_dies_is_a_refusal(monkeypatch):
    monkeypatch.setattr(child.sys, "executable", "/bin/false")
    with pytest.raises(UploadRefused):
        child.read_apart(GOOD, max_rows=100)


def test_the_child_reads_what_the_reader_reads():
    content = make_sheet(
        [row(birth_date=date(1979, 12, 31), starts_on=datetime(2020, 1, 1, 3), rank=True, ends_on=time(3)), row()]
    )
    assert child.read_apart(content, max_rows=100) == read_workbook(content)


def test_error_cells_are_found_where_the_reader_shows_nothing():
    book = load_workbook(io.BytesIO(make_sheet([row(rank="x"), row()])))
    book.active["E2"] = "#REF!"
    book.active["E2"].data_type = "e"
    found = read_people(child.read_apart(saved(book), max_rows=100))
    assert [(problem.reason, problem.column) for problem in found.rows[0].problems] == [("excel_error", "rank")]


def test_formulas_hidden_sheets_filters_and_comments_do_no_harm():
    book = load_workbook(io.BytesIO(make_sheet([row(rank="=1+1"), row(rank="b")])))
    book.create_sheet("hidden").sheet_state = "veryHidden"
    book.active.auto_filter.ref = "A1:E3"
    book.active["A2"].comment = Comment("ha", "x")
    book.active.row_dimensions[3].hidden = True
    found = told(saved(book))
    # A formula that was never calculated has no value; the hidden row is a row.
    assert "rank" not in found.rows[0].values and found.rows[1].values["rank"] == "b"


def test_a_bomb_inside_a_bomb_and_a_link_of_the_file_system_are_never_opened():
    inner = zipped(**{"0.xml": b"0" * (20 * 1024 * 1024)})
    link = zipfile.ZipInfo("xl/media/link")
    link.external_attr = 0o120777 << 16
    target = io.BytesIO(repacked(GOOD, **{"xl/media/inner.zip": inner}))
    with zipfile.ZipFile(target, "a") as package:
        package.writestr(link, "/etc/passwd")
    assert told(target.getvalue()).rows[0].values == row()


def test_merged_cells_and_text_in_several_styles_are_read_as_text():
    book = load_workbook(io.BytesIO(make_sheet([row(rank="x"), row(rank="y")])), rich_text=True)
    book.active["E2"] = CellRichText("ក.", TextBlock(InlineFont(b=True), "១"), ".៦")
    book.active.merge_cells("E3:F3")
    assert [each.values["rank"] for each in told(saved(book)).rows] == ["ក.១.៦", "y"]


def test_forged_dimension_is_no_grid():
    with zipfile.ZipFile(io.BytesIO(GOOD)) as package:
        xml = package.read(SHEET).decode().replace('ref="A1:D2"', 'ref="A1:XFD1048576"')
    assert told(repacked(GOOD, **{SHEET: xml})).rows[0].values == row()


def test_a_hidden_sheet_before_the_list_is_not_what_is_read():
    book = load_workbook(io.BytesIO(make_sheet([row(), row(rank="x")])))
    hidden = book.create_sheet("old", 0)
    hidden.sheet_state, book.active = "veryHidden", 1
    hidden.append(["អត្តលេខ", "ឈ្មោះ"])
    hidden.append(["99", "ឈ្មោះ ចាស់"])
    book.worksheets[1]["E2"] = "#REF!"
    book.worksheets[1]["E2"].data_type = "e"
    found = read_people(child.read_apart(saved(book), max_rows=100))
    assert [said.values.get("staff_number") for said in found.rows] == ["00123", "00123"]
    assert [problem.reason for problem in found.rows[0].problems] == ["excel_error"]

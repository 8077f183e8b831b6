"""Uploaded workbooks: what is read, and every hostile or unusable file that is refused with a sentence."""

import contextlib
import datetime
import io
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from institutions import uploads
from institutions.uploads import UploadRefused, kind_of_scan, read_workbook, text_of
from institutions.workbooks import Column, write_workbook


def workbook(rows=(("a", "b"), (1, "ក"))):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def changed(content, changes=(), more=()):
    """The same package with parts rewritten (name → function of its bytes) and others added."""
    changes, target = dict(changes), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, changes[name](old.read(name)) if name in changes else old.read(name))
        for name, data in more:
            new.writestr(name, data)
    return target.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def refusal(content, **limits):
    with pytest.raises(UploadRefused) as refused:
        read_workbook(content, **limits)
    assert str(refused.value)
    return refused.value.reason


def test_rows_keep_the_numbers_that_excel_shows_and_empty_ones_are_left_out():
    rows = read_workbook(workbook([(None, None), ("staff", None), (), (42.0, "១២")]))
    assert [(row.line, row.cells) for row in rows] == [(2, ("staff", None)), (4, (42.0, "១២"))]
    assert text_of(rows[1].cells[0]) == "42"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"name,number\n", "format"),
        (b"<html><table></table></html>", "format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "locked"),
        (b"PK\x03\x04" + b"\0" * 50, "unsafe"),
        (workbook()[:900], "unsafe"),
    ],
)
def test_what_is_no_workbook_is_refused(content, reason):
    assert refusal(content) == reason


def test_a_zip_that_is_another_office_file_is_refused():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        package.writestr("word/document.xml", "<w/>")
    assert refusal(target.getvalue()) == "format"


def test_a_file_over_the_limit_of_bytes_is_refused(monkeypatch):
    monkeypatch.setattr(uploads, "MAX_BYTES", 1000)
    assert refusal(workbook()) == "large"


def test_what_unpacks_to_more_than_the_limit_is_refused(monkeypatch):
    monkeypatch.setattr(uploads, "MAX_UNPACKED", 200_000)
    assert refusal(changed(workbook(), more=[("xl/media/a.bin", b"\0" * 300_000)])) == "unsafe"


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"])
def test_entities_are_refused_in_every_part(part):
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>'
    assert refusal(changed(workbook(), [(part, lambda xml: bomb + xml)])) == "unsafe"


def test_entities_over_the_border_of_two_pieces_are_seen():
    filler = b"<!--" + b"x" * (uploads._CHUNK - 10) + b"-->"
    assert refusal(changed(workbook(), [(SHEET, lambda xml: filler + b"<!DOCTYPE a>" + xml)])) == "unsafe"


def test_another_encoding_in_which_nothing_can_be_seen_is_refused():
    content = changed(workbook(), [(SHEET, lambda xml: xml.decode().encode("utf-16"))])
    assert refusal(content) == "unsafe"


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        (("xl/vbaProject.bin", b"x"), "macros"),
        (("xl/externalLinks/externalLink1.xml", b"<x/>"), "links"),
        (("xl/connections.xml", b"<x/>"), "links"),
        (("../../etc/passwd", b"x"), "unsafe"),
        (("/etc/passwd", b"x"), "unsafe"),
        (("xl\\evil", b"x"), "unsafe"),
    ],
)
def test_parts_that_no_plain_workbook_has_are_refused(more, reason):
    assert refusal(changed(workbook(), more=[more])) == reason


def test_too_many_or_doubled_parts_are_refused():
    assert refusal(changed(workbook(), more=[(f"xl/media/{n}", b"") for n in range(200)])) == "unsafe"
    with pytest.warns(UserWarning, match="Duplicate name"):
        doubled = changed(workbook(), more=[(SHEET, b"<x/>")])
    assert refusal(doubled) == "unsafe"


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        (b"XFD1048576", "rows"),
        (b"A5001", "rows"),
        (b"XFD1", "columns"),
        (b"&#65;1", "unsafe"),
        (b"A99999999999", "rows"),
    ],
)
def test_cells_far_out_are_refused_before_a_grid_is_built(place, reason):
    content = changed(workbook(), [(SHEET, lambda xml: xml.replace(b'r="B2"', b'r="' + place + b'"'))])
    assert refusal(content) == reason


@pytest.mark.parametrize(
    ("cells", "reason"),
    [(b"<row><c/></row>" * 5001, "rows"), (b"<row/>" * 5001, "rows"), (b"<row>" + b"<c/>" * 61 + b"</row>", "columns")],
)
def test_cells_that_name_no_place_are_counted(cells, reason):
    content = changed(workbook(), [(SHEET, lambda xml: xml.replace(b"</sheetData>", cells + b"</sheetData>"))])
    assert refusal(content) == reason


def test_what_this_site_writes_is_read(tmp_path):
    columns = [Column(key="number", heading="Number"), Column(key="day", heading="Day", kind="date")]
    rows = [(f"{number:07d}", datetime.date(2026, 1, 31)) for number in range(4000)]
    write_workbook(tmp_path / "roll.xlsx", columns=columns, rows=rows, title="Roll", sheet_title="Roll")
    read = read_workbook((tmp_path / "roll.xlsx").read_bytes())
    assert [row.cells for row in read[1:]] == rows


def test_a_forged_extent_changes_nothing():
    forged = changed(workbook(), [(SHEET, lambda xml: xml.replace(b'ref="A1:B2"', b'ref="A1:XFD1048576"'))])
    assert len(read_workbook(forged)) == 2


def test_a_cell_too_long_is_named_by_its_row():
    with pytest.raises(UploadRefused, match="2"):
        read_workbook(workbook([("a",), ("x" * 3000,)]))


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(noise):
    for content in (noise, b"PK\x03\x04" + noise):
        with pytest.raises(UploadRefused):
            read_workbook(content)


@given(st.integers(0, 4000), st.binary(min_size=1, max_size=8))
def test_a_damaged_workbook_is_read_or_refused(place, noise):
    content = bytearray(GOOD)
    content[place % len(content) : place % len(content) + len(noise)] = noise
    with contextlib.suppress(UploadRefused):
        read_workbook(bytes(content))


GOOD = workbook()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\n", "pdf"),
        (b"\xff\xd8\xff\xe0", "jpg"),
        (b"\x89PNG\r\n\x1a\n", "png"),
        (b"<svg/>", None),
        (b"GIF89a", None),
        (b"", None),
    ],
)
def test_a_scan_is_known_by_its_bytes(content, kind):
    assert kind_of_scan(content) == kind

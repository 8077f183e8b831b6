import io
import re
import zipfile
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from institutions import workbooks
from institutions.workbooks import Column, WorkbookTooLarge, write_workbook

COLUMNS = [
    Column(key="number", heading="អត្តលេខ", width=14),
    Column(key="name", heading="Name & post"),
    Column(key="lessons", heading="Lessons", kind="integer"),
    Column(key="share", heading="Share", kind="decimal", number_format="0.0%"),
    Column(key="signed_on", heading="Signed on", kind="date"),
    Column(key="seen_at", heading="Seen at", kind="datetime"),
]
ROWS = [
    ("0012045", "សុខ ចាន់ដារ៉ា", 6, 0.25, date(2026, 11, 22), datetime(2026, 11, 22, 17, 30, tzinfo=UTC)),
    ("០០១២", "ក្រម\u200bសីលធម៌ <b>&amp;</b>", 0, Decimal("1.5"), date(1979, 2, 28), datetime(2026, 1, 1, 0, 0, 1)),
    ("", None, None, None, None, None),
]
TEXT = [Column(key="text", heading="Text")]
LOOKS_LIKE_A_FORMULA = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "＝1+1",
    "=cmd|'/c calc'!A1",
    '=HYPERLINK("http://example.org")',
    "=WEBSERVICE(A1)",
    "=IMPORTXML(A1)",
    "'=1",
    '"quoted"',
]


def written(rows=(), columns=TEXT, **options):
    options = {"title": "Roster", "sheet_title": "Roster", "language": "en", **options}
    file = io.BytesIO()
    count = write_workbook(file, columns=columns, rows=rows, **options)
    assert count == len(rows)
    file.seek(0)
    return file


def by_openpyxl(file):
    file.seek(0)
    return openpyxl.load_workbook(file)


def by_calamine(file):
    file.seek(0)
    return CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()


def test_write_workbook_gives_every_kind_its_type():
    file = written(ROWS, COLUMNS)
    sheet = by_openpyxl(file).worksheets[0]
    values = list(sheet.iter_rows(min_row=2, values_only=True))
    assert values[0] == (
        "0012045",
        "សុខ ចាន់ដារ៉ា",
        6,
        0.25,
        datetime(2026, 11, 22),
        datetime(2026, 11, 23, 0, 30),  # the clock in Phnom Penh
    )
    assert values[1][:5] == ("០០១២", "ក្រម\u200bសីលធម៌ <b>&amp;</b>", 0, 1.5, datetime(1979, 2, 28))
    assert values[1][5] == datetime(2026, 1, 1, 0, 0, 1)
    assert values[2] == (None,) * 6
    assert [cell.data_type for cell in sheet[2]] == ["s", "s", "n", "n", "d", "d"]
    assert [cell.number_format for cell in sheet[2]] == ["@", "@", "0", "0.0%", "dd/mm/yyyy", "dd/mm/yyyy hh:mm"]


def test_write_workbook_reads_the_same_in_calamine():
    rows = by_calamine(written(ROWS, COLUMNS))
    assert rows[0] == [column.heading for column in COLUMNS]
    assert rows[1] == ["0012045", "សុខ ចាន់ដារ៉ា", 6, 0.25, date(2026, 11, 22), datetime(2026, 11, 23, 0, 30)]
    assert rows[2][:5] == ["០០១២", "ក្រម\u200bសីលធម៌ <b>&amp;</b>", 0, 1.5, date(1979, 2, 28)]


def test_write_workbook_keeps_text_that_looks_like_a_formula_as_text():
    columns = [Column(key="text", heading="=1+1"), Column(key="again", heading="@x")]
    file = written(
        [(text, text) for text in LOOKS_LIKE_A_FORMULA],
        columns,
        title="=1+1",
        notes=[(text, text) for text in LOOKS_LIKE_A_FORMULA],
    )
    book = by_openpyxl(file)
    assert list(book.worksheets[0].iter_rows(min_row=2, values_only=True)) == [
        (text, text) for text in LOOKS_LIKE_A_FORMULA
    ]
    assert [row[0] for row in by_calamine(file)[1:]] == LOOKS_LIKE_A_FORMULA
    for sheet in book.worksheets:
        assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    with zipfile.ZipFile(file) as parts:
        assert not [name for name in parts.namelist() if re.search(rb"<f[ >/]", parts.read(name))]


def test_write_workbook_drops_what_xml_cannot_hold():
    file = written([("a\x00b\x0b\x1fc\ud800\ufffe",), ("\x00",), ("_x0041_",)])
    assert [row[0].value for row in by_openpyxl(file).worksheets[0].iter_rows(min_row=2)][:2] == ["abc", None]
    assert by_calamine(file)[3] == ["_x0041_"]


def test_write_workbook_cuts_a_text_that_excel_cannot_hold():
    kept = by_calamine(written([("ក" * 32_767,), ("ក" * 32_768,), ("😀" * 20_000,)]))
    assert kept[1] == ["ក" * 32_767]
    assert kept[2] == ["ក" * 32_766 + "…"]
    assert len(kept[3][0].encode("utf-16-le")) // 2 <= 32_767


def test_write_workbook_freezes_and_filters_the_header():
    book = by_openpyxl(written(ROWS, COLUMNS))
    sheet = book.worksheets[0]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:F4"
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.column_dimensions["A"].width == 14
    assert sheet.page_setup.orientation == "landscape"
    with zipfile.ZipFile(written(ROWS, COLUMNS)) as parts:
        assert b"!$A$1:$F$4</definedName>" in parts.read("xl/workbook.xml")
        assert b"1048576" not in parts.read("xl/worksheets/sheet1.xml")


def test_write_workbook_puts_the_notes_on_a_second_sheet():
    notes = [("Scope", "នាយកដ្ឋាន"), ("Taken", datetime(2026, 11, 22, 17, 30, tzinfo=UTC)), ("Rows", 3), ()]
    book = by_openpyxl(written(ROWS, COLUMNS, title="Roster of everyone", notes=notes))
    assert len(book.sheetnames) == 2
    rows = list(book.worksheets[1].iter_rows(values_only=True))
    assert rows[:4] == [
        ("Roster of everyone", None),
        ("Scope", "នាយកដ្ឋាន"),
        ("Taken", datetime(2026, 11, 23, 0, 30)),
        ("Rows", 3),
    ]
    assert "DEMONSTRATION" not in str(rows)


def test_write_workbook_says_demonstration_where_a_reader_looks():
    book = by_openpyxl(written(ROWS, COLUMNS, demonstration=True))
    assert book.sheetnames[0] == "DEMONSTRATION Roster"
    assert "DEMONSTRATION" in book.worksheets[0].oddHeader.left.text
    assert book.worksheets[1]["A2"].value == "DEMONSTRATION"
    assert "DEMONSTRATION" in book.properties.title


def test_write_workbook_without_rows_is_a_header_and_a_filter():
    file = written([], COLUMNS)
    sheet = by_openpyxl(file).worksheets[0]
    assert sheet.max_row == 1
    assert sheet.auto_filter.ref == "A1:F1"
    assert by_calamine(file) == [[column.heading for column in COLUMNS]]


@pytest.mark.parametrize("title", ["a/b:c*[d]?\\e", "x" * 60, "'", "About this file"])
def test_write_workbook_makes_a_sheet_name_that_excel_takes(title):
    names = by_openpyxl(written(sheet_title=title)).sheetnames
    assert len({name.casefold() for name in names}) == 2
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("integer", "12"),
        ("integer", 1.5),
        ("integer", 10**15),
        ("decimal", "1.5"),
        ("decimal", float("nan")),
        ("decimal", float("inf")),
        ("date", "2026-11-22"),
        ("datetime", 5),
    ],
)
def test_write_workbook_refuses_a_value_of_another_kind(kind, value):
    with pytest.raises(ValueError, match="column x is not of kind"):
        written([(value,)], [Column(key="x", heading="X", kind=kind)])


def test_write_workbook_writes_a_day_before_excel_counts_as_text():
    columns = [Column(key="day", heading="Day", kind="date"), Column(key="at", heading="At", kind="datetime")]
    rows = [(date(1899, 5, 1), datetime(1900, 2, 28, 1, 2, 3)), (date(1900, 3, 1), date(1900, 3, 1))]
    values = list(by_openpyxl(written(rows, columns)).worksheets[0].iter_rows(min_row=2, values_only=True))
    assert values == [("1899-05-01", "1900-02-28 01:02:03"), (datetime(1900, 3, 1), datetime(1900, 3, 1))]


def test_write_workbook_does_not_mix_up_values_that_are_equal():
    values = [True, 1, 1.0, "1"]
    assert [row[0] for row in by_calamine(written([(value,) for value in values]))[1:]] == ["True", "1", "1.0", "1"]


def test_write_workbook_refuses_a_row_of_another_length():
    with pytest.raises(ValueError, match="Row 2 has 2 values for 1 columns"):
        written([("a",), ("a", "b")])


def test_write_workbook_refuses_more_rows_than_a_sheet_holds(monkeypatch, tmp_path):
    monkeypatch.setattr(workbooks, "MAX_ROWS", 3)
    path = tmp_path / "roster.xlsx"
    with pytest.raises(WorkbookTooLarge):
        write_workbook(path, columns=TEXT, rows=[("a",)] * 4, title="R", sheet_title="R", language="en")
    assert list(tmp_path.iterdir()) == []
    assert write_workbook(path, columns=TEXT, rows=[("a",)] * 3, title="R", sheet_title="R", language="en") == 3
    assert [entry.name for entry in tmp_path.iterdir()] == ["roster.xlsx"]


def test_write_workbook_leaves_the_old_file_when_the_rows_fail(tmp_path):
    path = tmp_path / "roster.xlsx"
    path.write_bytes(b"the old file")

    def rows():
        yield ("a",)
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError):
        write_workbook(path, columns=TEXT, rows=rows(), title="R", sheet_title="R", language="en")
    assert path.read_bytes() == b"the old file"


def test_write_workbook_streams_many_rows_past_its_memory_of_values():
    rows = [(f"{number:07}", number) for number in range(9000)]
    columns = [*TEXT, Column(key="n", heading="N", kind="integer")]
    assert [tuple(row) for row in by_calamine(written(rows, columns))[1:]] == rows


@pytest.mark.parametrize(
    "odd", ["two\nlines", " edge ", "two  blanks", "a & b <c>", "=1+1", "tab\there", "_x0041_", "\u200bx"]
)
def test_write_workbook_keeps_an_odd_text_among_many_plain_ones(odd):
    rows = [(f"Sok Chan {number}",) for number in range(9000)]
    rows[8700] = (odd,)
    found = [row[0] for row in by_calamine(written(rows))[1:]]
    assert (found[8699], found[8700], found[8701]) == ("Sok Chan 8699", odd, "Sok Chan 8701")
    assert len(found) == len(rows)


# A reader takes "_x0041_" for an escape or not; Excel and calamine do, openpyxl does not.
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\ufffe\uffff", exclude_categories=("Cc", "Cs")))
MOMENTS = st.datetimes(min_value=datetime(1900, 3, 2), max_value=datetime(9999, 12, 30)).map(
    lambda moment: moment.replace(microsecond=0)
)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.tuples(
            TEXTS | st.none(),
            st.integers(-(10**15) + 1, 10**15 - 1) | st.none(),
            st.floats(allow_nan=False, allow_infinity=False) | st.none(),
            st.dates(min_value=date(1900, 3, 2)) | st.none(),
            MOMENTS,
        ),
        max_size=6,
    )
)
def test_write_workbook_round_trip(rows):
    assume(not any(re.search("_x[0-9A-Fa-f]{4}_", row[0] or "") for row in rows))
    columns = [Column(key=kind, heading=kind, kind=kind) for kind in ("text", "integer", "decimal", "date", "datetime")]
    sheet = by_openpyxl(written(rows, columns)).worksheets[0]
    values = list(sheet.iter_rows(min_row=2, max_row=1 + len(rows), values_only=True)) if rows else []
    assert len(values) == len(rows)
    for value, row in zip(values, rows, strict=True):
        assert value[:3] == (row[0] or None, row[1], row[2])
        assert value[3] == (row[3] and datetime(row[3].year, row[3].month, row[3].day))
        assert abs(value[4] - row[4]) < timedelta(milliseconds=1)


@settings(deadline=None, max_examples=60)
@given(st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)))
def test_write_workbook_shows_a_moment_by_the_clock_of_the_site(moment):
    columns = [Column(key="at", heading="At", kind="datetime")]
    shown = by_calamine(written([(moment,)], columns))[1][0]
    assert abs(shown - (moment + timedelta(hours=7)).replace(tzinfo=None)) < timedelta(seconds=1.1)

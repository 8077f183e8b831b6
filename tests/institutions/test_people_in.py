"""The reader of workbooks of people: headings and values, each with its clear refusal, and generated workbooks."""

import io
from datetime import date, datetime, time, timedelta

import pytest
from django.conf import settings
from django.utils import translation
from hypothesis import HealthCheck, assume, given
from hypothesis import settings as limits
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import IllegalCharacterError

from institutions.imports import words
from institutions.models import Post
from institutions.people_in import columns, reading, values
from institutions.people_in.columns import COLUMNS, meaning_of
from institutions.people_in.reading import SheetRefused, read_people
from institutions.people_in.values import CellRefused
from institutions.uploads import UploadRefused, read_workbook
from tests.factories.sheets import HEADINGS, make_sheet, saved

GENERATED = limits(
    max_examples=max(300, limits.default.max_examples), deadline=None, suppress_health_check=list(HealthCheck)
)


def told(content):
    """What a workbook says, read in this process."""
    return read_people(read_workbook(content))


def row(**facts):
    return {"staff_number": "00123", "name": "សុខ ចាន់", "name_latin": "Sok Chan", "sex": "F", **facts}


# --- headings -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_every_heading_that_we_write_is_one_that_we_understand(language):
    with translation.override(language):
        for column in COLUMNS:
            assert meaning_of(str(column.heading)) == column.key


def test_no_alias_stands_for_two_columns():
    known = {}
    for column in COLUMNS:
        for alias in column.aliases:
            assert known.setdefault(columns.heading_key(alias), column.key) == column.key


@pytest.mark.parametrize("heading", ["  STAFF  no ", "អត្ត\u200bលេខ", "អត្តលេខ៖", "Staff_Number*", "អត្ដលេខ"])
def test_headings_are_known_by_what_a_reader_sees(heading):
    assert meaning_of(heading) == "staff_number"


def test_headings_in_both_languages_in_any_order_below_a_title():
    above = [["ព្រះរាជាណាចក្រកម្ពុជា"], [], ["Name of the list", "of 2026"]]
    found = told(make_sheet([row()], above=above, columns=["sex", "name_latin", "name", "staff_number"]))
    assert found.rows[0].values == row() and found.rows[0].line == 5


def test_unknown_columns_are_named_and_not_read():
    found = told(make_sheet([row(rank="ក")], headings={"rank": "Favourite colour"}))
    assert found.left_out == ["Favourite colour"] and "rank" not in found.rows[0].values


@pytest.mark.parametrize(
    ("headings", "reason"),
    [
        ({"name": "Latin name"}, "twice"),
        (dict.fromkeys(HEADINGS, "?"), "no_headings"),
        ({"name": "a", "name_latin": "b", "staff_number": "c", "rank": "Rank"}, "columns_missing"),
    ],
)
def test_tables_without_usable_headings_are_refused(headings, reason):
    with pytest.raises(SheetRefused) as refused:
        told(make_sheet([row(rank="x")], headings=headings))
    assert refused.value.reason == reason and str(refused.value)


def test_headings_without_rows_and_an_empty_sheet_are_refused():
    with pytest.raises(SheetRefused):
        told(make_sheet([], columns=["name", "sex"]))
    with pytest.raises(SheetRefused):
        told(saved(Workbook()))


def test_a_second_table_on_the_sheet_is_said():
    book = load_workbook(io.BytesIO(make_sheet([row()])))
    book.active.append([])
    book.active.append([HEADINGS[key] for key in row()])
    found = told(saved(book))
    assert [problem.reason for said in found.rows for problem in said.problems] == ["headings_again"]


# --- values ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("00123", ("00123", False)),
        (" ០០១២៣ ", ("00123", False)),
        ("០០1២3", ("00123", False)),
        ("00\u200b123", ("00123", False)),
        ("ab-12/3.4", ("AB-12/3.4", False)),
        ("'00123", ("00123", False)),
        ("００１２３", ("00123", False)),
        (123.0, ("123", True)),
    ],
)
def test_staff_numbers_keep_their_zeros(cell, number):
    assert values.staff_number(cell) == number


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        (1.2e20, "destroyed"),
        (123.5, "destroyed"),
        (-1.0, "destroyed"),
        ("1.23E+18", "destroyed"),
        ("1,2e+05", "destroyed"),
        ("120000.0", "destroyed"),
        (True, "kind"),
        (date(2020, 1, 2), "kind"),
        (timedelta(1), "kind"),
        ("#REF!", "excel_error"),
        ("=1+1", "number_signs"),
        ("1" * 31, "number_signs"),
        ("12\u202e34", "number_signs"),
    ],
)
def test_destroyed_staff_numbers_are_refused_never_guessed(cell, reason):
    with pytest.raises(CellRefused) as refused:
        values.staff_number(cell)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    "cell",
    [
        date(1979, 12, 31),
        datetime(1979, 12, 31),
        "31/12/1979",
        "31-12-1979",
        "31.12.1979",
        "1979-12-31",
        "1979/12/31",
        "1979-12-31 00:00:00",
        "៣១/១២/១៩៧៩",
        "31 ធ្នូ 1979",
        "ថ្ងៃទី៣១ ខែធ្នូ ឆ្នាំ១៩៧៩",
        "៣១ ខែ ធ្នូ ១៩៧៩",
        "31 Dec 1979",
        "31-December-1979",
        "31\u200b/12/1979",
    ],
)
def test_days_in_the_usual_forms(cell):
    assert values.day(cell) == date(1979, 12, 31)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("12/31/1979", "no_such_day"),
        ("29/02/2027", "no_such_day"),
        ("31/12/79", "two_digits"),
        ("31/12/2569", "buddhist"),
        ("31/12/1879", "too_old"),
        (28855.0, "date_number"),
        ("28855", "date_number"),
        ("1979", "date_number"),
        (True, "no_date"),
        (time(3), "no_date"),
        (datetime(1979, 12, 31, 5), "no_date"),
        ("soon", "no_date"),
        ("31 Brumaire 1979", "no_date"),
        ("#VALUE!", "excel_error"),
    ],
)
def test_days_that_are_not_certain_are_refused(cell, reason):
    with pytest.raises(CellRefused) as refused:
        values.day(cell)
    assert refused.value.reason == reason


@pytest.mark.parametrize("epoch_1904", [False, True])
def test_dates_of_both_epochs_are_the_days_that_excel_shows(epoch_1904):
    content = make_sheet([row(birth_date=date(1979, 12, 31), starts_on=datetime(2020, 11, 1))], epoch_1904=epoch_1904)
    said = told(content).rows[0]
    assert (said.values["birth_date"], said.values["starts_on"]) == (date(1979, 12, 31), date(2020, 11, 1))


def test_serial_60_the_day_that_never_was_is_refused():
    book = load_workbook(io.BytesIO(make_sheet([row(birth_date=60)])))
    book.active["E2"].number_format = "dd/mm/yyyy"
    said = told(saved(book)).rows[0]
    # The reader shows it as the 28th, which no clerk meant: nobody was born then, and the register says so.
    assert "birth_date" not in said.values or said.values["birth_date"] == date(1900, 2, 28)


@pytest.mark.parametrize(
    ("cell", "sex"), [("ស", "F"), ("ស្រី", "F"), ("f", "F"), ("Female", "F"), ("ប", "M"), ("ប្រុស", "M"), ("M", "M")]
)
def test_sexes_in_both_languages(cell, sex):
    assert values.sex(cell) == sex


@pytest.mark.parametrize("cell", ["x", "1", 1.0, "?"])
def test_other_sexes_are_asked_about(cell):
    with pytest.raises(CellRefused):
        values.sex(cell)


@pytest.mark.parametrize(("read", "kind"), [(values.basis, Post.Basis), (values.end_reason, Post.EndReason)])
def test_every_code_and_every_label_of_the_register_is_read(read, kind):
    for code, _label in kind.choices:
        assert read(code) == read(f" {code.upper()} ") == code
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                assert read(str(kind(code).label)) == code
                assert str(kind(code).label) in words.sentence([read.__name__, read.__name__, {}])


@pytest.mark.parametrize(
    ("read", "cell", "code"),
    [
        (values.basis, "A.I.", "acting"),
        (values.basis, "ស្ដីទី", "acting"),
        (values.basis, "ពេញ\u200bសិទ្ធិ", "regular"),
        (values.basis, "permanent", "regular"),
        (values.end_reason, "Acting over", "acting-over"),
        (values.end_reason, "លាឈប់", "resigned"),
        (values.end_reason, "មរណភាព", "died"),
        (values.end_reason, "ផ្លាស់ប្ដូរ", "transfer"),
        (values.end_reason, "RETIREMENT", "retired"),
    ],
)
def test_kinds_of_posts_and_why_they_ended_in_the_words_of_clerks(read, cell, code):
    assert read(cell) == code


@pytest.mark.parametrize("cell", ["?", "left", "sometimes", 1.0, date(2026, 1, 1), True, "#N/A", "-"])
@pytest.mark.parametrize("read", [values.basis, values.end_reason])
def test_other_words_are_refused_with_those_that_may_stand_there(read, cell):
    with pytest.raises(CellRefused) as refused:
        read(cell)
    assert refused.value.reason in (read.__name__, "kind", "excel_error")


@pytest.mark.parametrize("name", ["សុខ ចាន់ដារ៉ា", "ស្រ្តី\u200bល្អ", "ញ\u17b4ឹម", "O'Brien-Sok", "អ៊ុំ ស"])
def test_names_are_kept_as_they_are_written(name):
    assert values.name(f"  {name} ") == name


@pytest.mark.parametrize(
    "name",
    [
        *(
            "ស",
            "x" * 201,
            "សុខ\u202eចាន់",
            "Sok 🙂",
            "Sok\x00",
            "Sok\ud800",
            "=1+1",
            "+cmd",
            "@SUM(1)",
            "-2",
            "＝1",
            "***",
        ),
        *(5.0, date(1990, 1, 1), True, "#N/A"),
    ],
)
def test_what_is_no_name_is_refused(name):
    with pytest.raises(CellRefused):
        values.name(name)


@pytest.mark.parametrize("key", sorted(words.SENTENCES))
def test_every_reason_is_a_sentence_in_both_languages(key):
    facts = {"said": "x", "most": 5, "line": 3, "age": 90}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            assert words.sentence([key, "name", facts]).strip().endswith((".", "។"))


# --- generated workbooks --------------------------------------------------------------------------------------------

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=40)
cells = st.one_of(
    st.none(),
    texts,
    st.integers(-(10**16), 10**16),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.dates(date(1901, 1, 1), date(2100, 1, 1)),
    st.sampled_from(["០០១២៣", "1.2E+05", "31/12/1979", "ស", "#REF!", "=1+1", "សុខ\u200bចាន់", "\u17b4\u17b5"]),
)


@GENERATED
@given(st.data())
def test_any_workbook_is_read_or_refused_and_its_good_rows_say_what_stands_in_them(data):
    keys = data.draw(st.lists(st.sampled_from(sorted(HEADINGS)), min_size=2, max_size=8, unique=True))
    rows = data.draw(st.lists(st.fixed_dictionaries(dict.fromkeys(keys, cells)), max_size=5))
    above = data.draw(st.lists(st.lists(st.sampled_from(["x", "ខ", None]), max_size=3), max_size=4))
    try:
        content = make_sheet(rows, columns=keys, above=above)
    except (ValueError, IllegalCharacterError):  # a sign that no workbook holds
        assume(False)
    try:
        found = told(content)
    except (SheetRefused, UploadRefused):
        return
    for said in found.rows:
        read = set(said.values)
        refused = {problem.column for problem in said.problems}
        assert not read & refused and read | refused <= {*keys, ""}
        for key in reading.READERS:
            if key in read and key in ("birth_date", "starts_on", "ends_on"):
                assert isinstance(said.values[key], date)
        number = said.values.get("staff_number")
        assert number is None or (number.isprintable() and " " not in number and number == number.upper())


@GENERATED
@given(
    st.lists(
        st.tuples(
            st.from_regex(r"\A0{0,4}[0-9]{1,9}\Z"),
            st.text("កខគឃងចឆជឈញសុខចាន់ដាវី", min_size=2, max_size=30),
            st.dates(date(1930, 1, 1), date(2008, 1, 1)),
        ),
        min_size=1,
        max_size=5,
    ),
    st.booleans(),
    st.booleans(),
)
def test_what_a_clerk_writes_is_what_is_read(people, epoch_1904, in_khmer_digits):
    from institutions.khmer import to_khmer_digits

    rows = [
        {"staff_number": to_khmer_digits(number) if in_khmer_digits else number, "name": name, "birth_date": born}
        for number, name, born in people
    ]
    found = told(make_sheet(rows, epoch_1904=epoch_1904))
    for (number, name, born), said in zip(people, found.rows, strict=True):
        assert (said.values["staff_number"], said.values["birth_date"]) == (number, born)
        assert said.values.get("name", name) == name

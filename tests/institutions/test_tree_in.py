"""A country from a workbook: what a row may say, what is refused with its place, and that nothing is half done."""

import datetime
import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation
from openpyxl import Workbook, load_workbook

from institutions.models import Area, AuditEntry, Institution, Position, Sector, TreeChange
from institutions.tree_in import rules
from institutions.tree_in.form import FORMS, INSTITUTIONS, called_so, in_each_language, names_of
from institutions.tree_in.reading import day_of, read_tree
from tests import factories

DAY = datetime.date

AREA_ROWS = [
    ["Area code", "Name in Khmer", "Name in Latin letters"],
    ["0603", "បារាយណ៍", "Baray"],
    ["06", "កំពង់ធំ", "Kampong Thom"],
]
SECTOR_ROWS = [["Sector code", "Name in Khmer", "Name in Latin letters"], ["education", "បុគ្គលិកអប់រំ", "Education"]]
POSITION_ROWS = [
    [
        "Sector code",
        "Position code",
        "Name in Khmer",
        "Name in Latin letters",
        "Works directly with children",
        "aliases",
    ],
    ["education", "teacher", "គ្រូ", "Teacher", "បាទ/ចាស", "លោកគ្រូ; អ្នកគ្រូ"],
]
HEADINGS = ["code", "kind", "name", "name_latin", "parent", "area", "opened_on", "closed_on", "successor", "hr_phone"]
SCHOOL = ["s-1", "School", "សាលា", "School 1", "dep", "0603", "១/៩/១៩៩០", None, None, None]
DEPARTMENT = ["dep", "department", "មន្ទីរ", "Department", "moe", 6, None, None, None, "062 000 001"]
MINISTRY = ["moe", "ក្រសួង", "ក្រសួងអប់រំ", "Ministry of Education", None, None, None, None, None, None]


def book_of(**sheets):
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title.replace("_", " "))
        for row in rows:
            sheet.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def country(*institutions, **others):
    """A workbook whose institutions stand below what they lie in."""
    sheets = {"areas": AREA_ROWS, "sectors": SECTOR_ROWS, "positions": POSITION_ROWS} | others
    return book_of(**sheets, institutions=[HEADINGS, *(institutions or (SCHOOL, DEPARTMENT, MINISTRY))])


@pytest.fixture
def load(tmp_path, capsys):
    """Load a workbook by the command; returns its report."""

    def run(content, *arguments, refused=False):
        file = tmp_path / "country.xlsx"
        file.write_bytes(content)
        command = ["import_institutions", str(file), "--report", "json", "--language", "en", *arguments]
        if refused:
            with pytest.raises(CommandError):
                call_command(*command)
        else:
            call_command(*command)
        return json.loads(capsys.readouterr().out)

    return run


def reasons(report):
    return [(p["sheet"], p["row"], p["column"], p["reason"]) for p in report["problems"]]


# --- without a database ---------------------------------------------------------------------------------------------


def test_headings_of_a_form_never_name_two_columns():
    for form in FORMS:
        for field in form.fields:
            for heading in in_each_language(field.heading):
                assert names_of(form)[called_so(heading)] == field.key


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        (datetime.datetime(2020, 1, 2), DAY(2020, 1, 2)),
        ("២/១/២០២០", DAY(2020, 1, 2)),
        ("2020-01-02", DAY(2020, 1, 2)),
        ("31/02/2020", None),
        ("2020", None),
        (43832.0, None),
        ("soon", None),
    ],
)
def test_a_day_is_read_in_either_order_and_never_guessed(cell, day):
    assert day_of(cell) == day


def test_a_zero_that_excel_took_from_an_area_is_known_and_one_from_a_telephone_is_not():
    row = [*DEPARTMENT[:-1], 62000001]
    reading = read_tree(book_of(institutions=[HEADINGS, row]))
    (entry,) = reading.entries["institutions"]
    assert entry.values["area"] == "06" and "hr_phone" not in entry.values
    assert [(p.row, p.column[:9]) for p in reading.problems] == [(2, str(entry.form.heading("hr_phone"))[:9])]


def test_sheets_are_known_by_their_headings_wherever_these_stand_and_others_are_left_out():
    content = book_of(Places=[["A heading"], [], *AREA_ROWS], Notes=[["Dear colleague"], ["code", "of conduct"]])
    reading = read_tree(content)
    assert [entry.line for entry in reading.entries["areas"]] == [4, 5] and reading.ignored == ["Notes"]


def plan(*institutions, known=None, **others):
    return rules.plan_of(read_tree(country(*institutions, **others)), known or rules.Known())


def test_order_of_rows_does_not_matter():
    found = plan()
    assert found.problems == ()
    assert {row.verdict for row in found.rows} == {"add"} and len(found.rows) == 7


def with_(row, **changes):
    return [changes.get(heading, cell) for heading, cell in zip(HEADINGS, row, strict=True)]


@pytest.mark.parametrize(
    ("row", "column", "part"),
    [
        (with_(SCHOOL, parent="nowhere"), "parent", "nowhere"),
        (with_(SCHOOL, parent="s-1"), "parent", "below itself"),
        (with_(SCHOOL, area="9901"), "area", "9901"),
        (with_(SCHOOL, area="123"), "area", "two, four or six"),
        (with_(SCHOOL, kind="castle"), "kind", "not known"),
        (with_(SCHOOL, kind="ministry"), "kind", "cannot lie below"),
        (with_(SCHOOL, parent=None), "kind", "above"),
        (with_(SCHOOL, code="dep"), "code", "row 3 already"),
        (with_(SCHOOL, code="s 1"), "code", "only Latin letters"),
        (with_(SCHOOL, name=None), "name", "empty"),
        (with_(SCHOOL, closed_on="1/1/1980"), "closed_on", "before it was opened"),
        (with_(SCHOOL, successor="dep"), "successor", "Only a closed"),
        (with_(SCHOOL, closed_on="1/1/2000", successor="gone"), "successor", "gone"),
        (with_(SCHOOL, closed_on="1/1/2000", successor="s-1"), "successor", "own successor"),
        (with_(SCHOOL, closed_on="yesterday"), "closed_on", "31/12/2026"),
    ],
)
def test_a_bad_row_is_named_by_sheet_row_column_and_reason(row, column, part):
    with translation.override("en"):
        found = plan(MINISTRY, DEPARTMENT, row)
        assert [(p.sheet, p.row, p.column) for p in found.problems] == [
            ("institutions", 4, INSTITUTIONS.heading(column))
        ]
        assert part in found.problems[0].reason
    assert [r.verdict for r in found.rows if r.entry.form is INSTITUTIONS] == ["add", "add", "error"]


def test_a_ring_of_three_is_found_however_it_is_entered():
    ring = [with_(DEPARTMENT, code=code, parent=above) for code, above in (("a", "b"), ("b", "c"), ("c", "a"))]
    found = plan(*ring)
    assert {p.row for p in found.problems} == {2, 3, 4}


def test_what_is_closed_has_nothing_open_below_it():
    found = plan(MINISTRY, with_(DEPARTMENT, closed_on="1/1/2020"), SCHOOL)
    assert {p.row for p in found.problems} == {3, 4}


# --- with one -------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_country_is_loaded_whole_and_again_is_unchanged(load):
    report = load(country(), "--dry-run")
    assert not report["applied"] and not Institution.objects.exists() and not Area.objects.exists()
    report = load(country())
    assert report["applied"] and report["counts"]["institutions"]["add"] == 3
    school = Institution.objects.get(code="s-1")
    assert [node.code for node in school.get_ancestors()] == ["moe", "dep"]
    assert (school.area.code, school.opened_on, school.kind) == ("0603", DAY(1990, 9, 1), "school")
    assert Position.objects.get().aliases == ["លោកគ្រូ", "អ្នកគ្រូ"] and Area.objects.get(code="0603").level == 2
    assert Institution.find_problems() == ([], [], [], [], [])
    again = load(country())
    assert {verdict for counts in again["counts"].values() for verdict, n in counts.items() if n} == {"unchanged"}
    assert AuditEntry.objects.filter(verb="institutions.import_tree").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["km", "en"])
def test_what_is_exported_is_imported_unchanged(load, tmp_path, language):
    load(country())
    Institution.objects.filter(code="s-1").update(closed_on=DAY(2020, 1, 1), name="=1+1")
    Institution.objects.filter(code="s-1").update(successor=Institution.objects.get(code="dep"))
    target = tmp_path / "out.xlsx"
    call_command("export_institutions", "--to", str(target), "--language", language, stdout=io.StringIO())
    report = load(target.read_bytes())
    assert report["problems"] == [] and report["counts"] == {
        "areas": {"add": 0, "change": 0, "unchanged": 2, "error": 0},
        "sectors": {"add": 0, "change": 0, "unchanged": 1, "error": 0},
        "positions": {"add": 0, "change": 0, "unchanged": 1, "error": 0},
        "institutions": {"add": 0, "change": 0, "unchanged": 3, "error": 0},
    }


@pytest.mark.django_db
def test_the_template_is_the_empty_form(tmp_path, load):
    target = tmp_path / "form.xlsx"
    call_command("import_institutions", "--template", str(target), "--language", "km", stdout=io.StringIO())
    book = load_workbook(target)
    assert len(book.sheetnames) == 5 and not any(
        any(cells) for cells in book.worksheets[3].iter_rows(min_row=2, values_only=True)
    )
    book.worksheets[3].append([None])
    assert load(target.read_bytes(), refused=True)["problems"][0]["reason"].startswith("The file has no")


@pytest.mark.django_db
def test_one_bad_row_leaves_everything_as_it_was(load):
    load(country())
    renamed = with_(DEPARTMENT, name_latin="Renamed")
    report = load(country(MINISTRY, renamed, with_(SCHOOL, area="9901")), refused=True)
    assert reasons(report) == [("institutions", 4, "Area code", "There is no area 9901.")]
    assert report["counts"]["institutions"] == {"add": 0, "change": 1, "unchanged": 1, "error": 1}
    assert Institution.objects.get(code="dep").name_latin == "Department"


@pytest.mark.django_db
def test_a_missing_row_or_cell_takes_nothing_away(load):
    load(country())
    load(book_of(institutions=[["code", "hr_phone"], ["dep", None]]))
    assert Institution.objects.get(code="dep").hr_phone == "062 000 001" and Institution.objects.count() == 3


@pytest.mark.django_db
def test_another_parent_moves_the_subtree_and_stays_on_record(load):
    load(country())
    other = with_(DEPARTMENT, code="dep-2")
    report = load(country(MINISTRY, other, with_(SCHOOL, parent="dep-2")))
    assert report["counts"]["institutions"] == {"add": 1, "change": 1, "unchanged": 1, "error": 0}
    assert Institution.objects.get(code="s-1").get_parent().code == "dep-2"
    change = TreeChange.objects.get()
    assert (change.kind, change.before.code, change.other.code) == ("moved", "dep", "dep-2")
    assert Institution.find_problems() == ([], [], [], [], [])


@pytest.mark.django_db
def test_a_subtree_does_not_move_to_another_ministry(load):
    load(country())
    second = with_(MINISTRY, code="moi")
    report = load(country(second, with_(DEPARTMENT, parent="moi")), refused=True)
    assert [(row, column[:4]) for _sheet, row, column, _reason in reasons(report)] == [(3, "Code")]


@pytest.mark.django_db
def test_nothing_closes_over_people_who_serve_there(load):
    load(country())
    post = factories.make_post(institution=Institution.objects.get(code="s-1"))
    closed = with_(SCHOOL, closed_on="1/12/2026")
    assert "serve there" in reasons(load(country(MINISTRY, DEPARTMENT, closed), refused=True))[0][3]
    post.ends_on = DAY(2026, 11, 30)
    post.save()
    load(country(MINISTRY, DEPARTMENT, closed))
    assert Institution.objects.get(code="s-1").closed_on == DAY(2026, 12, 1)
    assert TreeChange.objects.get().kind == "closed"


@pytest.mark.django_db
def test_a_file_that_is_no_workbook_is_refused_with_a_sentence(load):
    report = load(b"PK\x03\x04 nothing", refused=True)
    assert report["applied"] is False and report["problems"][0]["reason"]
    assert not Sector.objects.exists()


@pytest.mark.django_db
def test_the_plan_costs_the_same_number_of_queries_whatever_the_file(load, django_assert_num_queries):
    from institutions.tree_in.applying import plan_for

    schools = [with_(SCHOOL, code=f"s-{n}") for n in range(30)]
    for rows in ((), (MINISTRY, DEPARTMENT, *schools)):
        reading = read_tree(country(*rows))
        with django_assert_num_queries(4):
            plan_for(reading)

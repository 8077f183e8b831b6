"""The roster: every line inside the scope, real dates and numbers, text that stays text, equal to a slow recount."""

import datetime
import io

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from certification.filters import Chosen, everybody_on
from certification.people import Selection
from exports import books, rosters
from institutions.models import Person, Role
from institutions.scope import Grant, Scope
from tests import factories
from tests.certification import histories

pytestmark = pytest.mark.django_db

DAY = factories.TODAY
DAYS = datetime.timedelta
FORMULAS = [
    "=1+1",
    "+855 12 345 678",
    "-1",
    "@SUM(A1)",
    "\t=1+1",
    "＝1+1",
    " =1+1",
    "=cmd|'/c calc'!A1",
    '=HYPERLINK("http://example.org")',
    '=WEBSERVICE("http://example.org")',
    '=IMPORTXML("http://example.org";"//a")',
]


def scope_below(*institutions):
    return Scope(DAY, tuple(Grant(Role.Kind.HR, found.path, "", found.pk) for found in institutions))


def written(scope, chosen=None, language="en"):
    file = io.BytesIO()
    with translation.override(language):
        books.write_roster(
            file, scope=scope, chosen=chosen or everybody_on(DAY), at=factories.moment(), by=None, language=language
        )
    file.seek(0)
    return file


def sheet(file, place=0):
    return openpyxl.load_workbook(file).worksheets[place]


def lines(file):
    """The data rows by the key of the column."""
    rows = sheet(file).iter_rows(min_row=2, values_only=True)
    return [dict(zip((column.key for column in rosters.COLUMNS), row, strict=True)) for row in rows]


def day_of(value):
    return value.date() if value else None


# --- the recount ----------------------------------------------------------------------------------------------------


def test_roster_equals_the_list_and_a_slow_recount():
    world = histories.make_world()

    @given(
        history=histories.histories,
        day=histories.past_days,
        tops=st.sampled_from([("ministry",), ("department",), ("firm",), ("school", "firm")]),
    )
    @settings(max_examples=40, deadline=None)
    def holds(history, day, tops):
        with histories.undone(), translation.override("en"):
            saved = histories.save(history, world)
            inside = histories.below(*tops)
            scope = scope_below(*(world.institutions[top] for top in tops))
            selection = Selection(scope, everybody_on(day))
            keys = [column.key for column in rosters.COLUMNS]
            rows = [dict(zip(keys, row, strict=True)) for row in rosters.rows(selection)]
            plans = {person.name: plan for person, plan in zip(saved, history, strict=True)}
            listed = [plan for plan in plans.values() if histories.standing_of(plan, day, inside)]
            assert [row["name"] for row in rows] == [person.name for person in selection.people()]
            assert len(rows) == len(listed)
            codes = {world.institutions[name].code for name in inside}
            for row in rows:
                plan = plans[row["name"]]
                assert row["institution_code"] in codes
                assert row["status"] == histories.standing_of(plan, day, inside).label
                figures = tuple(row[key] for key in ("trained", "passed", "signed", "certified"))
                assert figures == histories.figures_of(plan, day, inside)
                for key in ("signed_on", "trained_on", "passed_on", "issued_on", "post_since"):
                    assert row[key] is None or row[key] <= day

    holds()


def test_roster_takes_as_many_queries_for_thirty_people_as_for_three():
    world = factories.make_bound_world()
    scope = scope_below(world["ministry"])
    counts = []
    for more in (3, 27):
        for _person in range(more):
            factories.make_post(institution=world["school"])
        with CaptureQueriesContext(connection) as context:
            written(scope)
        counts.append(len(context))
    assert counts[0] == counts[1]


def test_roster_reads_in_batches_and_tells_how_far_it_is(monkeypatch):
    monkeypatch.setattr("exports.rosters.BATCH", 2)
    world = factories.make_bound_world()
    for _person in range(5):
        factories.make_post(institution=world["school"])
    told = []
    rows = list(rosters.rows(Selection(scope_below(world["ministry"]), everybody_on(DAY)), told.append))
    assert (len(rows), told) == (5, [2, 4, 5])
    assert len({row[0] for row in rows}) == 5


# --- what stands in a line ------------------------------------------------------------------------------------------


@pytest.fixture
def world():
    return factories.make_bound_world()


def test_line_of_a_certified_officer_has_real_dates_and_numbers(world):
    factories.make_area("0603", name="ស្ទឹងសែន", name_latin="Stueng Saen")
    school = factories.make_institution(world["ministry"], area=factories.make_area("0603"))
    person = factories.make_person(name="សុខ ចាន់ដារ៉ា", name_latin="Sok Chandara")
    factories.make_post(person, school, starts_on=DAY - DAYS(40), staff_number="0012045", rank="ក.១.៦")
    certificate = factories.certify(person, DAY - DAYS(3))
    file = written(scope_below(world["ministry"]))
    (line,) = lines(file)
    assert (line["staff_number"], line["name"], line["name_latin"]) == ("0012045", person.name, person.name_latin)
    assert (line["sex"], line["rank"], line["status"]) == ("Female", "ក.១.៦", "Certified")
    assert (line["institution_code"], line["province"], line["district"]) == (
        school.code,
        "Kampong Thom",
        "Stueng Saen",
    )
    assert (line["institution"], line["institution_latin"]) == (school.name, school.name_latin)
    assert [line[key] for key in ("signed", "trained", "passed", "certified")] == [1, 1, 1, 1]
    assert line["edition_signed"] == world["edition"].number
    assert line["certificate"] == certificate.serial
    done = DAY - DAYS(3)
    assert [day_of(line[key]) for key in ("signed_on", "trained_on", "passed_on", "issued_on")] == [done] * 4
    assert day_of(line["valid_until"]) == day_of(line["next_due"]) == certificate.valid_until
    assert day_of(line["post_since"]) == DAY - DAYS(40)
    types = {column.key: cell.data_type for column, cell in zip(rosters.COLUMNS, sheet(file)[2], strict=True)}
    assert types["signed_on"] == "d"
    assert types["certified"] == "n"
    assert types["staff_number"] == "s"


def test_line_of_who_has_done_nothing_is_empty_where_nothing_happened(world):
    factories.make_post(institution=world["school"], starts_on=DAY - DAYS(10))
    (line,) = lines(written(scope_below(world["ministry"])))
    assert [line[key] for key in ("signed", "trained", "passed", "certified")] == [0, 0, 0, 0]
    assert not any(line[key] for key in ("signed_on", "edition_signed", "trained_on", "certificate", "valid_until"))
    assert day_of(line["next_due"]) == DAY + DAYS(80)


def test_headings_and_words_are_of_the_language_and_both_names_are_always_there(world):
    post = factories.make_post(institution=world["school"])
    for language in ("km", "en"):
        file = written(scope_below(world["ministry"]), language=language)
        with translation.override(language):
            assert [cell.value for cell in sheet(file)[1]] == [str(column.heading) for column in rosters.COLUMNS]
            (line,) = lines(file)
            assert line["sex"] == Person.Sex.FEMALE.label
            assert line["position"] == post.position.label
        assert (line["name"], line["name_latin"]) == (post.person.name, post.person.name_latin)


def test_second_sheet_explains_columns_filters_and_the_moment(world):
    factories.make_post(institution=world["school"])
    chosen = Chosen(on=DAY, status="not-started", unit=world["school"].code, q="sok")
    file = written(scope_below(world["ministry"]), chosen)
    told = [row[:2] for row in sheet(file, 1).iter_rows(values_only=True)]
    assert ("Made at", datetime.datetime(2026, 11, 23, 9)) in told
    assert ("As of the day", datetime.datetime(2026, 11, 23)) in told
    place = told.index(("Filters used", None))
    unit = f"{world['school'].name_latin} ({world['school'].code})"
    assert told[place + 1 : place + 4] == [("Status", "Not started"), ("Search", "sok"), ("Institution", unit)]
    place = told.index(("Columns", None))
    with translation.override("en"):
        explained = [(str(column.heading), str(column.about)) for column in rosters.COLUMNS]
    assert told[place + 1 : place + 1 + len(explained)] == explained


def test_header_is_frozen_and_filtered_and_two_readers_agree(world):
    factories.make_post(institution=world["school"])
    file = written(scope_below(world["ministry"]))
    first = sheet(file)
    assert first.freeze_panes == "A2"
    assert first.auto_filter.ref.startswith("A1:") and first.auto_filter.ref.endswith("2")
    file.seek(0)
    read = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()
    assert read[0] == [cell.value for cell in first[1]]
    assert read[1][1] == first.cell(2, 2).value


@pytest.mark.parametrize("demonstration", [True, False])
def test_workbook_says_demonstration_where_the_site_is_one(world, settings, demonstration):
    settings.CONDUCT_DEMO = demonstration
    factories.make_post(institution=world["school"])
    book = openpyxl.load_workbook(written(scope_below(world["ministry"])))
    told = [value for row in book.worksheets[1].iter_rows(values_only=True) for value in row]
    assert ("DEMONSTRATION" in told) == demonstration
    assert ("DEMONSTRATION" in book.sheetnames[0]) == demonstration


def test_text_that_looks_like_a_formula_stays_text_in_every_field(world):
    for text in FORMULAS:
        school = factories.make_institution(world["ministry"], name=text, name_latin=text)
        person = factories.make_person(name=text, name_latin=text)
        Person.objects.filter(pk=person.pk).update(name=text, name_latin=text)
        factories.make_post(person, school, rank=text)
    file = written(scope_below(world["ministry"]))
    book = openpyxl.load_workbook(file)
    assert not [cell for page in book for row in page.iter_rows() for cell in row if cell.data_type == "f"]
    read = lines(file)
    for key in ("name", "name_latin", "rank", "institution", "institution_latin"):
        assert sorted(line[key] for line in read) == sorted(FORMULAS), key
    file.seek(0)
    by_calamine = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()[1:]
    assert sorted(row[1] for row in by_calamine) == sorted(FORMULAS)


def test_roster_has_nothing_about_discipline(world):
    keys = {column.key for column in rosters.COLUMNS}
    assert not [key for key in keys if "case" in key or "discipline" in key or "measure" in key or "reason" in key]

"""What is wrong in a row is said by its reason: places, positions, days, and people who cannot be told apart."""

import datetime
from functools import partial

import pytest

from institutions.models import ImportRow
from tests import factories
from tests.institutions.place_world import BORN, a_row

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
row = partial(a_row, starts_on=datetime.date(2020, 11, 1))


@pytest.fixture
def department():
    ministry = factories.make_institution()
    department = factories.make_institution(ministry, "department", code="dep-1")
    for code, closed in (("school-1", None), ("school-2", None), ("closed", factories.TODAY - 900 * DAY)):
        name = {"name": "សាលាកណ្ដាល", "name_latin": code.title(), "closed_on": closed}
        factories.make_institution(department, code=code, **name)
    factories.make_institution(ministry, code="beside", name="សាលាក្រៅ", name_latin="Beside")
    factories.make_position(aliases=["គ្រូ", "Instructor"])
    nursing = factories.make_sector("health", name="បុគ្គលិកសុខាភិបាល", name_latin="Health staff")
    factories.make_position(nursing, slug="head", name="ប្រធាន", name_latin="Head")
    factories.make_position(slug="head", name="ប្រធាន", name_latin="Head")
    return department


def judged(department, rows):
    """(verdict, reasons) of each row."""
    found = factories.make_import(department, rows)
    rows = ImportRow.objects.of(found).order_by("place")
    return [(row.verdict, [reason[0] for reason in row.reasons]) for row in rows]


@pytest.mark.parametrize(
    ("facts", "verdict", "reasons"),
    [
        ({"institution": "nowhere"}, "error", ["no_place"]),
        ({"institution": "beside"}, "error", ["no_place"]),
        ({"institution": "សាលាកណ្តាល"}, "error", ["places_of_name"]),
        ({"institution": "closed"}, "error", ["closed_since"]),
        ({"institution": "closed", "starts_on": factories.TODAY}, "error", ["closed"]),
        ({"institution": "closed", "ends_on": datetime.date(2022, 1, 1)}, "add", []),
        ({"institution": "SCHOOL-2"}, "add", []),
        ({"institution": ""}, "add", []),
        ({"position": "Pilot"}, "error", ["no_position"]),
        ({"position": "Head"}, "error", ["positions_of_name"]),
        ({"position": "Head", "sector": "health"}, "add", []),
        ({"position": "Head", "sector": "Sea"}, "error", ["no_sector"]),
        ({"position": "គ្រូ"}, "add", []),
        ({"position": "  instructor "}, "add", []),
        ({"position": ""}, "error", ["missing"]),
        ({"sex": ""}, "error", ["missing"]),
        ({"birth_date": factories.TODAY + DAY}, "error", ["not_born"]),
        ({"birth_date": factories.TODAY - 17 * 365 * DAY}, "add", ["age"]),
        ({"birth_date": datetime.date(1940, 1, 1)}, "add", ["age"]),
        ({"starts_on": BORN}, "error", ["before_birth"]),
        ({"ends_on": datetime.date(2019, 1, 1)}, "error", ["ends_before"]),
        ({"ends_on": datetime.date(2022, 1, 1)}, "add", []),
        ({"staff_number": "", "name": "", "name_latin": ""}, "error", ["nobody_named"]),
        ({"reference": "P-999999"}, "error", ["reference_unknown"]),
        ({"reference": "somebody"}, "error", ["reference_unknown"]),
    ],
)
def test_each_fault_has_its_reason(department, facts, verdict, reasons):
    assert judged(department, [row(**facts)]) == [(verdict, reasons)]


def test_namesakes_born_on_one_day_are_never_guessed_between(department):
    for number in ("00001", "00002"):
        person = factories.make_person(name="សុខ ចាន់ដារ៉ា", name_latin="Sok Chandara", birth_date=BORN)
        factories.make_post(person, department, staff_number=number)
    assert judged(department, [row(staff_number="")]) == [("conflict", ["several_fit"])]


def test_a_namesake_with_another_number_is_not_merged(department):
    person = factories.make_person(name="សុខ ចាន់ដារ៉ា", name_latin="Sok Chandara", birth_date=BORN)
    factories.make_post(person, department, staff_number="00001")
    assert judged(department, [row()]) == [("conflict", ["other_number"])]


def test_a_number_of_somebody_else_is_not_taken(department):
    mine = factories.make_post(None, department, staff_number="00001", starts_on=factories.TODAY - 9 * DAY)
    factories.make_post(None, department, staff_number="00002")
    facts = {"reference": mine.person.reference, "staff_number": "00002", "name": "", "name_latin": ""}
    assert judged(department, [row(**facts)]) == [("conflict", ["number_taken"])]


def test_rows_that_tell_two_stories_about_one_person_are_a_conflict(department):
    rows = [row(), row(institution="school-2", sex="ប")]
    assert judged(department, rows) == [("add", []), ("conflict", ["two_stories"])]


def test_several_posts_are_asked_about_before_one_of_them_ends(department):
    person = factories.make_person(name="សុខ ចាន់ដារ៉ា", name_latin="Sok Chandara", birth_date=BORN)
    for slug in ("teacher", "head"):
        factories.make_post(person, department, factories.make_position(slug=slug), staff_number="00123")
    facts = {"starts_on": factories.TODAY + DAY}
    assert judged(department, [row(**facts)]) == [("conflict", ["which_post_ends"])]


def test_a_move_before_the_old_post_began_is_a_conflict(department):
    person = factories.make_person(name="សុខ ចាន់ដារ៉ា", name_latin="Sok Chandara", birth_date=BORN)
    factories.make_post(person, department, factories.make_position(), staff_number="00123")
    assert judged(department, [row()]) == [("conflict", ["moves_before"])]


def test_who_left_for_good_comes_back_and_who_left_for_others_is_asked_for(department):
    person = factories.make_person(name="សុខ ចាន់ដារ៉ា", name_latin="Sok Chandara", birth_date=BORN)
    past = {"starts_on": factories.TODAY - 900 * DAY, "ends_on": factories.TODAY - 100 * DAY, "staff_number": "00123"}
    factories.make_post(person, department, **past)
    back = row(starts_on=factories.TODAY)
    assert judged(department, [back]) == [("add", ["known_person"])]
    elsewhere = factories.make_institution()
    factories.make_post(person, elsewhere, starts_on=factories.TODAY - 50 * DAY)
    assert judged(department, [back]) == [("transfer", ["elsewhere"])]

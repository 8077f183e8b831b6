"""Nobody changes what the register says of themselves: not by a workbook either, whoever may import the rest of it."""

import datetime

import pytest

from institutions.imports import outgoing
from institutions.imports.applying import start_applying
from institutions.models import Person, Post, RegisterImport, TransferRequest
from tests import factories
from tests.institutions.place_world import BORN

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
OTHER = {"staff_number": "00124", "name": "កែវ មុនី", "name_latin": "Keo Mony", "birth_date": BORN + DAY}


@pytest.fixture
def own(place):
    """The post of the clerk, who is in the register too."""
    post = place.serving()
    post.person.user = place.hr
    post.person.save()
    return post


def verdicts(found):
    return [(row.verdict, [reason[0] for reason in row.reasons]) for row in found.rows.order_by("place")]


REFUSED = ("conflict", ["own_row"])


@pytest.mark.parametrize(
    "facts",
    [
        {"name_latin": "Sok Chandaro"},
        {"ends_on": factories.TODAY},
        {"institution": "school-2", "starts_on": factories.TODAY},
        {"basis": "ស្តីទី", "institution": "school-2", "starts_on": factories.TODAY},
    ],
)
def test_a_row_that_would_change_the_own_one_is_refused_and_the_others_are_applied(place, own, facts):
    found = place.preview([place.row(**facts), place.row(**OTHER)])
    assert verdicts(found) == [REFUSED, ("add", [])]
    place.apply(found)
    own.refresh_from_db()
    assert (own.person.name_latin, own.ends_on, own.person.posts.count()) == ("Sok Chandara", None, 1)
    assert Person.objects.filter(name_latin="Keo Mony").exists()


def test_an_export_that_comes_back_as_it_was_is_unchanged_the_own_row_too(place, own):
    assert verdicts(place.preview([place.row()])) == [("unchanged", [])]


def test_the_row_that_the_own_one_is_merged_into_is_the_own_one(place, own):
    row = Person.objects.create(name="x", name_latin="x", sex="F", merged_into=own.person)
    Person.objects.filter(pk=own.person_id).update(user=None)
    row.user = place.hr
    row.save()
    assert verdicts(place.preview([place.row(name_latin="Sok Chandaro")])) == [REFUSED]


def test_nobody_asks_another_institution_for_themselves(place):
    post = place.serving(place.foreign)
    post.person.user = place.hr
    post.person.save()
    found = place.preview([place.row(starts_on=factories.TODAY)])
    assert verdicts(found) == [REFUSED]
    place.apply(found)
    assert not TransferRequest.objects.exists()


def test_a_complete_list_without_the_clerk_says_so_and_ends_no_post_of_theirs(place, own):
    complete = {"complete_of": place.department, "complete_on": factories.TODAY}
    found = place.preview([place.row(**OTHER)], **complete)
    assert verdicts(found) == [("add", []), ("conflict", ["not_listed", "own_row"])]
    place.apply(found)
    own.refresh_from_db()
    assert own.ends_on is None


def test_rows_to_correct_hold_no_row_for_somebody_whom_the_file_does_not_name(place, own, tmp_path):
    complete = {"complete_of": place.department, "complete_on": factories.TODAY}
    found = place.preview([place.row(**OTHER)], **complete)
    assert outgoing.write_rows_to_correct(tmp_path / "rows.xlsx", found, language="km") == 0


def test_a_colleague_applies_the_same_file_after_a_preview_of_their_own(place, own):
    found = place.preview([place.row(name_latin="Sok Chandaro")])
    colleague = factories.make_role(institution=place.department).user
    asked = {"register_import": found, "at": factories.moment(), "by": colleague}
    start_applying(seal=found.seal, scope=factories.scope_of(colleague), **asked)
    found.refresh_from_db()
    assert (found.state, verdicts(found)) == (RegisterImport.State.JUDGED, [("change", [])])
    start_applying(seal=found.seal, scope=factories.scope_of(colleague), **asked)
    assert Person.objects.get(pk=own.person_id).name_latin == "Sok Chandaro"


def test_another_system_and_a_command_have_no_row_of_their_own(place, own):
    found = factories.make_import(place.department, [place.row(ends_on=factories.TODAY)])
    assert [row.verdict for row in found.rows.all()] == ["leave"]
    assert Post.objects.get().ends_on is None

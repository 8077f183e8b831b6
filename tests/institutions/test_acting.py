"""Acting posts beside regular ones: entered by an import, asked for elsewhere, written to workbooks, sent in JSON."""

import datetime
import io

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import override
from openpyxl import load_workbook

from institutions.actions import RegisterRefused
from institutions.api_rows import rows_schema
from institutions.imports import outgoing, staging
from institutions.imports.transfers import answer_transfer
from institutions.models import Person, Post, TransferRequest
from tests import factories
from tests.factories.sheets import HEADINGS, saved
from tests.institutions.acting_world import acting, everything, posts, told, undo

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
TODAY = factories.TODAY
REASONS = Post.EndReason


# --- an acting post stands beside -----------------------------------------------------------------------------------


def test_an_acting_post_stands_beside_the_one_that_is_held_and_an_undo_takes_it_alone(place, director):
    held = place.serving()
    before = everything()
    found = place.preview([acting(place)])
    assert told(found) == [("add", ["acts_beside"])]
    place.apply(found)
    assert posts() == [
        ("school-1", "teacher", "regular", held.starts_on, None, ""),
        ("school-2", "director", "acting", TODAY, None, ""),
    ]
    assert told(place.preview([acting(place)])) == [("unchanged", [])]
    undo(found, place)
    assert everything() == before


def test_who_holds_two_posts_acts_beside_both(place, director):
    held = place.serving()
    factories.make_post(held.person, place.other, place.position, starts_on=held.starts_on)
    assert told(place.preview([acting(place)])) == [("add", ["acts_beside"])]


def test_somebody_new_begins_with_both_kinds(place, director):
    found = place.preview([place.row(), acting(place)])
    assert told(found) == [("add", []), ("add", [])]
    place.apply(found)
    assert Person.objects.count() == 1 and [basis for _i, _p, basis, *_days in posts()] == ["regular", "acting"]


def test_a_move_ends_the_regular_post_and_the_acting_one_stays(place, director):
    held = place.serving()
    factories.make_post(held.person, place.other, director, starts_on=held.starts_on + DAY, basis="acting")
    for row in (place.row(institution="school-2"), place.row(institution="school-2", basis="ធម្មតា")):
        found = place.preview([row | {"starts_on": TODAY}])
        assert told(found) == [("transfer", ["moves"])]
    place.apply(found)
    assert posts() == [
        ("school-1", "teacher", "regular", held.starts_on, TODAY - DAY, "transfer"),
        ("school-2", "director", "acting", held.starts_on + DAY, None, ""),
        ("school-2", "teacher", "regular", TODAY, None, ""),
    ]


def test_a_regular_post_of_somebody_who_only_acts_ends_nothing(place, director):
    place.serving(basis="acting")
    assert told(place.preview([acting(place, basis="regular")])) == [("add", ["known_person"])]


def test_who_acts_in_a_post_is_appointed_to_it_by_one_row(place, director):
    held = place.serving(basis="acting")
    before = everything()
    found = place.preview([place.row(basis="regular", starts_on=TODAY)])
    assert told(found) == [("transfer", ["appointed"])]
    place.apply(found)
    assert posts() == [
        ("school-1", "teacher", "acting", held.starts_on, TODAY - DAY, "acting-over"),
        ("school-1", "teacher", "regular", TODAY, None, ""),
    ]
    undo(found, place)
    assert everything() == before


def test_who_is_appointed_and_held_another_post_ends_one_of_them_by_a_row(place, director):
    held = place.serving()
    since = held.starts_on + DAY
    factories.make_post(held.person, place.other, director, starts_on=since, basis="acting", staff_number="00123")
    appointed = acting(place, basis="regular")
    assert told(place.preview([appointed])) == [("conflict", ["which_post_ends"])]
    over = acting(place, starts_on=since, ends_on=TODAY - DAY, end_reason="acting over")
    found = place.preview([over, appointed])
    assert told(found) == [("leave", []), ("transfer", ["moves"])]
    place.apply(found)
    assert posts() == [
        ("school-1", "teacher", "regular", held.starts_on, TODAY - DAY, "transfer"),
        ("school-2", "director", "acting", since, TODAY - DAY, "acting-over"),
        ("school-2", "director", "regular", TODAY, None, ""),
    ]
    goes_on = acting(place, starts_on=since)
    undo(found, place)
    assert told(place.preview([goes_on, appointed])) == [("unchanged", []), ("conflict", ["which_post_ends"])]


def test_nobody_acts_in_the_post_that_they_hold(place):
    place.serving()
    assert told(place.preview([place.row(basis="acting", starts_on=TODAY)])) == [("conflict", ["holds_already"])]
    found = place.preview([place.row(ends_on=TODAY - DAY), place.row(basis="acting", starts_on=TODAY)])
    assert told(found) == [("leave", []), ("add", ["acts_beside"])]
    assert place.apply(found).rows == 2


@pytest.mark.parametrize("is_known", [True, False])
def test_one_post_is_not_given_twice_at_a_time(place, director, is_known):
    if is_known:
        place.serving()
    found = place.preview([acting(place), acting(place, basis="regular", starts_on=TODAY + DAY)])
    assert [verdict for verdict, _reasons in told(found)] == ["add", "conflict"]
    assert told(found)[1][1] == ["open_twice"]


# --- registered elsewhere -------------------------------------------------------------------------------------------


@pytest.fixture
def asked(place):
    """A request of the first department for somebody of the second to act in a school."""
    place.serving(place.foreign)
    found = place.preview([place.row(basis="acting", starts_on=TODAY)])
    assert told(found) == [("transfer", ["elsewhere_acting"])]
    place.apply(found)
    return TransferRequest.objects.get()


def test_somebody_elsewhere_is_asked_for_to_act_and_shared(place, asked, client):
    assert asked.is_acting
    releasing = factories.make_role(institution=place.foreign_department).user
    client.force_login(releasing)
    page = reverse("institutions:transfer_answer", args=[asked.pk])
    shown = client.get(page).content.decode()
    assert "ស្តីទី" in shown and 'value="shared"' in shown and 'value="released"' not in shown
    assert client.post(page, {"outcome": "released"}).status_code == 400
    assert client.post(page, {"outcome": "shared"}).status_code == 302
    assert [(code, basis, end) for code, _p, basis, _s, end, _r in posts()] == [
        ("school-9", "regular", None),
        ("school-1", "acting", None),
    ]


def test_somebody_asked_for_to_act_is_never_let_go(place, asked):
    releasing = factories.make_role(institution=place.foreign_department).user
    with pytest.raises(RegisterRefused):
        answer_transfer(request=asked, outcome="released", message="", at=factories.moment(), by=releasing)
    with pytest.raises(IntegrityError), transaction.atomic():
        TransferRequest.objects.update(outcome="released", answered_at=factories.moment())
    answer_transfer(request=asked, outcome="refused", message="No", at=factories.moment(), by=releasing)
    assert Post.objects.count() == 1


def test_who_is_let_go_was_transferred_from_the_regular_post(place, director):
    post = place.serving(place.foreign)
    factories.make_post(post.person, place.foreign, director, starts_on=post.starts_on + DAY, basis="acting")
    place.apply(place.preview([place.row(starts_on=TODAY)]))
    releasing = factories.make_role(institution=place.foreign_department).user
    request = TransferRequest.objects.get()
    answer_transfer(request=request, outcome="released", message="", at=factories.moment(), by=releasing)
    assert posts() == [
        ("school-9", "teacher", "regular", post.starts_on, TODAY - DAY, "transfer"),
        ("school-9", "director", "acting", post.starts_on + DAY, None, ""),
        ("school-1", "teacher", "regular", TODAY, None, ""),
    ]


# --- workbooks out --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_template_offers_the_words_of_its_language(place, language):
    book = load_workbook(io.BytesIO(outgoing.template_for(place.department, day=TODAY, language=language)))
    lists = [rule.formula1 for rule in book.worksheets[0].data_validations.dataValidation]
    with override(language):
        for kind in (Post.Basis, Post.EndReason):
            offered = f'"{",".join(str(label) for label in kind.labels)}"'
            assert offered in lists and len(offered) <= 255


def test_rows_to_correct_are_sent_back_with_the_right_word(place):
    place.serving()
    found = place.preview([place.row(basis="?", ends_on=TODAY, end_reason="gone")])
    target = io.BytesIO()
    outgoing.write_rows_to_correct(target, found, language="en")
    book = load_workbook(target)
    headings = [cell.value for cell in book.active[1]]
    assert "Write “Regular post” or “Acting”." in book.active.cell(2, 2).value
    book.active.cell(2, headings.index(HEADINGS["basis"]) + 1).value = "Acting"
    book.active.cell(2, headings.index(HEADINGS["end_reason"]) + 1).value = "Acting ended"
    reading = staging.read_file(saved(book))
    judged = staging.judge_reading(reading, institution=place.department, scope=place.scope).rows
    assert [(row.verdict, row.facts["basis"], row.facts["end_reason"]) for row in judged] == [
        ("leave", "acting", "acting-over")
    ]


# --- from other systems ---------------------------------------------------------------------------------------------


def test_another_system_enters_both_by_their_codes(place, director, system):
    place.serving()
    answer = system.says([acting(place), place.row(ends_on=TODAY, end_reason="retired")])
    assert answer["counts"] == {"add": 1, "leave": 1}
    assert [(basis, reason) for _i, _p, basis, _s, _e, reason in posts()] == [("regular", "retired"), ("acting", "")]
    schema = rows_schema()["content"]["application/json"]["schema"]["items"]["properties"]
    for field, kind in (("basis", Post.Basis), ("end_reason", Post.EndReason)):
        assert schema[field]["enum"] == ["", *kind.values, None]
    wrong = system.says([place.row(basis="sometimes")])["verdicts"][0]["reasons"][0]
    assert (wrong["code"], wrong["field"]) == ("basis", "basis")

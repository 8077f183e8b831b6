"""Acting posts beside regular ones, and why a post ended, as an import enters, changes and takes them back."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import override

from institutions.actions import RegisterRefused, end_post, open_account, say_why_post_ended
from institutions.imports import preview, undoing
from institutions.imports.staging import ImportRefused
from institutions.imports.transfers import answer_transfer
from institutions.models import AuditEntry, Person, Post, TransferRequest
from tests import factories

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
TODAY = factories.TODAY
REASONS = Post.EndReason


@pytest.fixture
def director():
    return factories.make_position(slug="director", name="នាយក", name_latin="Director")


def told(found):
    """(verdict, reasons) of each row of a preview."""
    return [(row.verdict, [reason[0] for reason in row.reasons]) for row in found.rows.order_by("place")]


def posts():
    """What stands in the register: where, in what, which kind, from, to, why it ended."""
    rows = Post.objects.order_by("starts_on", "pk").select_related("institution", "position")
    return [(p.institution.code, p.position.slug, p.basis, p.starts_on, p.ends_on, p.end_reason) for p in rows]


def everything():
    return [list(model.objects.order_by("pk").values()) for model in (Person, Post, TransferRequest)]


def undo(found, place):
    found.refresh_from_db()
    return undoing.undo_import(register_import=found, at=factories.moment(), by=place.hr)


def acting(place, **facts):
    there = {"institution": "school-2", "position": "Director", "basis": "acting", "starts_on": TODAY}
    return place.row(**there | facts)


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


# --- another kind, another reason -----------------------------------------------------------------------------------


def test_another_kind_of_the_same_post_is_a_change_and_a_row_without_the_column_leaves_it(place):
    post = place.serving()
    before = everything()
    found = place.preview([place.row(basis="ស្តីទី")])
    assert told(found) == [("change", [])]
    with override("en"):
        line = preview.line(found.rows.get(), found)
    assert line.changes == [("Kind of post:", "Regular post", "Acting")]
    place.apply(found)
    post.refresh_from_db()
    assert post.basis == "acting"
    assert AuditEntry.objects.get(verb="institutions.change_post").facts == {"fields": ["basis"]}
    with override("en"):
        assert preview.line(found.rows.get(), found).changes == line.changes
    assert told(place.preview([place.row()])) == [("unchanged", [])]
    undo(found, place)
    assert everything() == before


def test_a_leave_says_why_and_another_reason_later_is_a_change(place):
    post = place.serving()
    before = everything()
    first = place.preview([place.row(ends_on=TODAY - DAY, end_reason="ចូលនិវត្តន៍")])
    assert told(first) == [("leave", [])]
    place.apply(first)
    post.refresh_from_db()
    assert (post.ends_on, post.end_reason) == (TODAY - DAY, "retired")
    kept = everything()
    second = place.preview([place.row(ends_on=TODAY - DAY, end_reason="other")])
    assert told(second) == [("change", [])]
    with override("en"):
        shown = ("Why the post ended:", "Gone into retirement", "Another reason")
        assert preview.line(second.rows.get(), second).changes == [shown]
    place.apply(second)
    post.refresh_from_db()
    assert post.end_reason == "other"
    with override("en"):
        assert preview.line(second.rows.get(), second).changes == [shown]
    undo(second, place)
    assert everything() == kept
    undo(first, place)
    assert everything() == before


def test_a_new_last_day_keeps_the_reason_unless_the_row_gives_another(place):
    post = place.serving()
    end_post(post=post, ends_on=TODAY + 9 * DAY, at=factories.moment(), by=None, reason=REASONS.RETIRED)
    before = everything()
    found = place.preview([place.row(ends_on=TODAY + 2 * DAY)])
    place.apply(found)
    post.refresh_from_db()
    assert (post.ends_on, post.end_reason) == (TODAY + 2 * DAY, "retired")
    again = place.preview([place.row(ends_on=TODAY + DAY, end_reason="resigned")])
    assert told(again) == [("leave", [])]
    with override("en"):
        expected = preview.line(again.rows.get(), again).changes
        assert expected[-1] == ("Why the post ended:", "Gone into retirement", "Resigned")
    place.apply(again)
    with override("en"):
        assert preview.line(again.rows.get(), again).changes == expected
    undo(again, place)
    undo(found, place)
    assert everything() == before


@pytest.mark.parametrize(
    ("facts", "reasons"),
    [
        ({"end_reason": "retired"}, ["no_end"]),
        ({"end_reason": "acting-over", "ends_on": TODAY}, ["not_acting"]),
        ({"end_reason": "gone fishing", "ends_on": TODAY}, ["end_reason"]),
        ({"basis": "sometimes"}, ["basis"]),
        ({"institution": "school-2", "starts_on": TODAY, "end_reason": "retired"}, ["no_end"]),
        (
            {"institution": "school-2", "starts_on": TODAY, "ends_on": TODAY, "end_reason": "acting-over"},
            ["not_acting"],
        ),
    ],
)
@pytest.mark.parametrize("is_known", [True, False])
def test_what_cannot_be_is_refused_by_its_column(place, facts, reasons, is_known):
    if is_known:
        place.serving()
    found = place.preview([place.row(**facts)])
    assert told(found) == [("error", reasons)]
    assert found.rows.get().reasons[0][1] in facts


def test_a_regular_post_is_no_acting_one_that_is_over(place):
    post = place.serving(basis="acting")
    end_post(post=post, ends_on=TODAY - DAY, at=factories.moment(), by=None, reason=REASONS.ACTING_OVER)
    ended = place.row(ends_on=TODAY - DAY)
    assert told(place.preview([ended | {"basis": "regular"}])) == [("error", ["not_acting"])]
    assert told(place.preview([ended | {"basis": "regular", "end_reason": "leave"}])) == [("change", [])]
    Post.objects.update(basis="regular")
    assert told(place.preview([ended | {"end_reason": "acting-over"}])) == [("unchanged", [])]
    with pytest.raises(RegisterRefused):
        say_why_post_ended(post=post, reason="acting-over", at=factories.moment(), by=None)


def test_who_is_missing_from_a_complete_list_leaves_without_a_reason(place, director):
    held = place.serving()
    factories.make_post(held.person, place.other, director, starts_on=held.starts_on, basis="acting")
    other = place.row(staff_number="00124", name="កែវ មុនី", name_latin="Keo Mony")
    found = place.preview([other], complete_of=place.department, complete_on=TODAY)
    assert [verdict for verdict, _reasons in told(found)] == ["add", "leave", "leave"]
    place.apply(found)
    assert [end for *_facts, end in posts()] == ["", "", ""]


def test_an_apply_after_the_kind_was_changed_writes_nothing(place):
    post = place.serving()
    found = place.preview([place.row(rank="ក")])
    Post.objects.filter(pk=post.pk).update(basis="acting")
    assert place.apply(found).is_changed


def test_an_undo_is_refused_once_somebody_has_said_why_the_post_ended(place):
    post = place.serving()
    found = place.preview([place.row(ends_on=TODAY - DAY)])
    place.apply(found)
    say_why_post_ended(post=post, reason="retired", at=factories.moment(), by=place.hr)
    with pytest.raises(ImportRefused):
        undo(found, place)


# --- a death --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("in_two_steps", [True, False])
def test_a_death_closes_the_account_and_its_undo_opens_it_again(place, client, in_two_steps):
    post = place.serving()
    user = open_account(
        username="00123", password=factories.PASSWORD, at=factories.moment(), by=None, person=post.person
    )
    if in_two_steps:
        place.apply(place.preview([place.row(ends_on=TODAY - DAY)]))
    found = place.preview([place.row(ends_on=TODAY - DAY, end_reason="died")])
    place.apply(found)
    user.refresh_from_db()
    assert not user.is_active
    client.force_login(place.hr)
    found.refresh_from_db()
    with override("km"):
        shown = client.get(reverse("institutions:import_undo", args=[found.pk])).content.decode()
    assert "មរណភាព" in shown
    undo(found, place)
    user.refresh_from_db()
    post.refresh_from_db()
    assert user.is_active and post.end_reason == ""
    entry = AuditEntry.objects.get(verb="institutions.reopen_account")
    assert (entry.subject, entry.actor) == (f"person:{post.person_id}", place.hr)


def test_an_account_that_was_closed_before_stays_closed(place):
    post = place.serving()
    user = open_account(
        username="00123", password=factories.PASSWORD, at=factories.moment(), by=None, person=post.person
    )
    user.is_active = False
    user.save()
    found = place.preview([place.row(ends_on=TODAY - DAY, end_reason="died")])
    place.apply(found)
    undo(found, place)
    user.refresh_from_db()
    assert not user.is_active


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


def test_who_is_let_go_was_transferred(place):
    post = place.serving(place.foreign)
    place.apply(place.preview([place.row(starts_on=TODAY)]))
    releasing = factories.make_role(institution=place.foreign_department).user
    request = TransferRequest.objects.get()
    answer_transfer(request=request, outcome="released", message="", at=factories.moment(), by=releasing)
    post.refresh_from_db()
    assert (post.ends_on, post.end_reason) == (TODAY - DAY, "transfer")


# --- from other systems ---------------------------------------------------------------------------------------------


def test_another_system_enters_both_by_their_codes(place, director, system):
    place.serving()
    answer = system.says([acting(place), place.row(ends_on=TODAY, end_reason="retired")])
    assert answer["counts"] == {"add": 1, "leave": 1}
    assert [(basis, reason) for _i, _p, basis, _s, _e, reason in posts()] == [("regular", "retired"), ("acting", "")]
    wrong = system.says([place.row(basis="sometimes")])["verdicts"][0]["reasons"][0]
    assert (wrong["code"], wrong["field"]) == ("basis", "basis")

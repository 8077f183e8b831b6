"""Another kind of a post, why one ended, and deaths, as an import enters, changes and takes them back."""

import datetime

import pytest
from django.urls import reverse
from django.utils.translation import override

from institutions.actions import RegisterRefused, end_post, open_account, say_why_post_ended
from institutions.imports import preview
from institutions.imports.staging import ImportRefused
from institutions.models import AuditEntry, Post
from tests import factories
from tests.institutions.acting_world import acting, everything, posts, told, undo

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
TODAY = factories.TODAY
REASONS = Post.EndReason


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
    with override("en"):
        assert preview.line(first.rows.get(), first).changes[-1][1:] == (None, "Gone into retirement")
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


def test_whoever_dies_ends_every_post(place, director):
    held = place.serving()
    factories.make_post(held.person, place.other, director, starts_on=held.starts_on, basis="acting")
    died = {"ends_on": TODAY, "end_reason": "died"}
    acted = acting(place, starts_on=held.starts_on, **died)
    assert told(place.preview([place.row(**died)])) == [("leave", ["dies_in_one"])]
    assert told(place.preview([place.row(**died), acted])) == [("leave", []), ("leave", [])]

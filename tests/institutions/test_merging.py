"""Merging two rows of one human by pointer: what moves, what stays, who may, what is refused; and the finder."""

import datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from institutions import duplicates
from institutions.actions import RegisterRefused, open_post
from institutions.bulk import NewPost, open_posts
from institutions.duplicates import Likeness, count_pairs, pairs_of
from institutions.merging import keep_apart, merge_people, undo_merge
from institutions.models import AuditEntry, Person, PersonMerge, Post, Role
from institutions.scope import Scope
from tests import factories
from tests.factories import TODAY, moment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

BORN = datetime.date(1988, 4, 2)


@pytest.fixture
def ministry():
    return factories.make_institution()


def someone(institution, name="សុខ ដារា", latin="Sok Dara", born=BORN, **facts):
    person = factories.make_person(name=name, name_latin=latin, birth_date=born)
    return factories.make_post(person, institution, **facts).person


def merge(kept, other, by=None):
    return merge_people(kept=kept, other=other, reason="One human", at=moment(), by=by)


def undo(made):
    return undo_merge(merge=made, reason="Two humans", at=moment(), by=None)


def held(person):
    return set(person.posts.values_list("pk", flat=True)), set(person.staff_numbers.values_list("pk", flat=True))


def test_kept_row_takes_over_posts_and_numbers_and_undoing_gives_each_its_own_back(ministry):
    kept, other = someone(ministry), someone(ministry)
    before = held(kept), held(other)
    made = merge(kept, other)
    other.refresh_from_db()
    assert other.merged_into == kept
    assert held(kept) == tuple(first | second for first, second in zip(*before, strict=True))
    assert held(other) == (set(), set())
    undo(made)
    other.refresh_from_db()
    assert other.merged_into is None
    assert (held(kept), held(other)) == before


def test_both_acts_are_in_the_record_of_both_rows_and_are_never_changed(ministry):
    kept, other = someone(ministry), someone(ministry)
    made = merge(kept, other)
    undo(made)
    for row in (kept, other):
        verbs = AuditEntry.objects.filter(subject=f"person:{row.pk}").values_list("verb", flat=True)
        assert {"institutions.merge_people", "institutions.undo_merge"} <= set(verbs)
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        PersonMerge.objects.filter(pk=made.pk).update(reason="another")


def test_merge_is_undone_once(ministry):
    made = merge(someone(ministry), someone(ministry))
    undo(made)
    with pytest.raises(RegisterRefused):
        undo(made)
    assert PersonMerge.objects.count() == 2


def test_there_are_no_chains_and_no_loops(ministry):
    first, second, third = (someone(ministry) for _row in range(3))
    merge(first, second)
    for kept, other in ((second, third), (third, second), (third, first), (first, first)):
        with pytest.raises(RegisterRefused):
            merge(kept, other)
    merge(first, third)
    assert Person.objects.filter(merged_into=first).count() == 2


def test_database_refuses_a_row_merged_into_itself(ministry):
    person = someone(ministry)
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.filter(pk=person.pk).update(merged_into=person)


def test_account_of_the_other_row_closes_with_its_sessions_and_opens_without_them(ministry):
    kept, other = someone(ministry), someone(ministry)
    factories.give_account(kept)
    client = Client()
    client.force_login(factories.give_account(other))
    page = reverse("institutions:correction_new")
    assert client.get(page).status_code == 200
    made = merge(kept, other)
    assert client.get(page).status_code == 302
    undo(made)
    other.user.refresh_from_db()
    assert other.user.is_active
    assert client.get(page).status_code == 302


def test_account_that_was_closed_before_stays_closed_after_undoing(ministry):
    kept, other = someone(ministry), someone(ministry)
    factories.give_account(kept)
    user = factories.give_account(other)
    user.is_active = False
    user.save()
    undo(merge(kept, other))
    user.refresh_from_db()
    assert not user.is_active


@pytest.mark.parametrize("both", [True, False])
def test_account_with_a_role_does_not_go(ministry, both):
    kept, other = someone(ministry), someone(ministry)
    accounts = [factories.give_account(other), factories.give_account(kept)]
    for account in accounts[: 2 if both else 1]:
        factories.make_role(Role.Kind.MONITOR, ministry, user=account)
    with pytest.raises(RegisterRefused):
        merge(kept, other)
    if not both:
        merge(other, kept)


def test_only_account_does_not_go(ministry):
    kept, other = someone(ministry), someone(ministry)
    factories.give_account(other)
    with pytest.raises(RegisterRefused):
        merge(kept, other)


# --- pages ----------------------------------------------------------------------------------------------------------


def hr(institution, kind=Role.Kind.HR):
    return factories.make_role(kind, institution).user


def test_page_compares_then_merges_with_a_reason_and_nothing_typed_is_lost(client, ministry):
    kept, other = someone(ministry), someone(ministry)
    client.force_login(hr(ministry))
    page = reverse("institutions:merge", args=[kept.pk, other.pk])
    shown = client.get(page).content.decode()
    assert kept.reference in shown and other.reference in shown
    assert client.post(page, {"reason": " "}).status_code == 400
    assert not PersonMerge.objects.exists()
    assert client.post(page, {"reason": "One human"}).status_code == 302
    made = PersonMerge.objects.get()
    assert (made.kept, made.other, made.reason) == (kept, other, "One human")
    back = reverse("institutions:merge_undo", args=[made.pk])
    assert client.post(back, {"reason": ""}).status_code == 400
    assert client.post(back, {"reason": "Two humans"}).status_code == 302
    assert "Two humans" in client.get(reverse("institutions:merge_list")).content.decode()
    assert client.get(back).status_code == 404


def test_only_who_sees_every_current_post_of_both_may_merge(client, ministry):
    school, other_school = (factories.make_institution(ministry) for _place in range(2))
    kept, other = someone(school), someone(other_school)
    page = reverse("institutions:merge", args=[kept.pk, other.pk])
    strangers = [hr(school), hr(other_school), hr(ministry, Role.Kind.MONITOR), hr(factories.make_institution())]
    for user in strangers:
        client.force_login(user)
        assert client.get(page).status_code == 404
        assert client.post(page, {"reason": "One human"}).status_code == 404
    client.force_login(hr(ministry, Role.Kind.REGISTRAR))
    assert client.get(page).status_code == 200
    factories.make_post(other, factories.make_institution())
    assert client.get(page).status_code == 404


def test_nobody_merges_a_row_of_their_own(client, ministry):
    kept, other = someone(ministry), someone(ministry)
    client.force_login(factories.make_role(Role.Kind.HR, ministry, user=factories.give_account(kept)).user)
    assert client.get(reverse("institutions:merge", args=[kept.pk, other.pk])).status_code == 404


def test_refused_merge_says_why_on_the_page(client, ministry):
    kept, other = someone(ministry), someone(ministry)
    factories.give_account(other)
    client.force_login(hr(ministry))
    page = reverse("institutions:merge", args=[kept.pk, other.pk])
    assert 'name="reason"' not in client.get(page).content.decode()
    assert client.post(page, {"reason": "One human"}).status_code == 400


# --- the finder -----------------------------------------------------------------------------------------------------


def likeness_of(first, second, *institutions):
    found = [pairs_of(Scope.of(institution, TODAY)) for institution in institutions]
    return [pairs.get((first.pk, second.pk)) for pairs in found]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((1988, 3, 5), (1988, 5, 3), Likeness.SWAPPED),
        ((1988, 3, 15), (1988, 5, 13), None),
        ((1988, 3, 5), (1989, 5, 3), None),
        ((1988, 5, 5), (1988, 5, 5), Likeness.NAME),
    ],
)
def test_day_and_month_of_birth_in_each_others_place_are_shown_to_hr(client, ministry, first, second, expected):
    one, other = (someone(ministry, born=datetime.date(*born)) for born in (first, second))
    assert likeness_of(one, other, ministry) == [expected]
    client.force_login(hr(ministry))
    page = client.get(reverse("institutions:duplicate_list").replace("/km/", "/en/")).content.decode()
    assert ("3 May 1988" in page) == (expected == Likeness.SWAPPED)


@pytest.mark.parametrize(
    ("name", "latin", "expected"),
    [
        ("សុខ ដារា", "Sok Dara", Likeness.NAME),
        ("សុខ\u200b ដារា", "SOK  dara", Likeness.NAME),
        ("ដារា សុខ", "Dara Sok", Likeness.NEAR),
        ("សុខដារា", "Sokh Tara", Likeness.NEAR),
        ("ស៊ុខ តារា", "Dara Sok", Likeness.NEAR),
        ("ចាន់ ធី", "Chan Thy", None),
    ],
)
def test_names_are_compared_as_a_reader_takes_them(ministry, name, latin, expected):
    first, second = someone(ministry), someone(ministry, name, latin)
    assert likeness_of(first, second, ministry) == [expected]


def test_another_day_of_birth_is_another_human(ministry):
    first, second = someone(ministry), someone(ministry, born=BORN + datetime.timedelta(days=1))
    assert likeness_of(first, second, ministry) == [None]


def test_same_number_in_two_registers_is_a_pair_for_who_sees_both(client, ministry):
    other_ministry = factories.make_institution()
    first = someone(ministry, staff_number="4711")
    second = someone(other_ministry, "ចាន់ ធី", "Chan Thy", staff_number="4711")
    user = hr(ministry)
    assert pairs_of(factories.scope_of(user)) == {}
    factories.make_role(Role.Kind.HR, other_ministry, user=user)
    assert pairs_of(factories.scope_of(user)) == {(first.pk, second.pk): Likeness.NUMBER}


def test_pair_kept_apart_or_merged_is_not_listed_again(client, ministry):
    first, second, third = (someone(ministry) for _row in range(3))
    client.force_login(hr(ministry))
    page = reverse("institutions:keep_apart", args=[second.pk, first.pk])
    assert client.post(page, {"reason": ""}).status_code == 400
    assert client.post(page, {"reason": "Twins"}).status_code == 302
    keep_apart(people=(first, second), reason="Again", at=moment(), by=None)
    assert set(pairs_of(Scope.of(ministry, TODAY))) == {(first.pk, third.pk), (second.pk, third.pk)}
    merge(first, third)
    assert pairs_of(Scope.of(ministry, TODAY)) == {}


def test_list_takes_as_many_queries_for_one_pair_as_for_six(client, ministry):
    people = [someone(ministry) for _row in range(2)]
    client.force_login(hr(ministry))
    page = reverse("institutions:duplicate_list")

    def queries():
        with CaptureQueriesContext(connection) as found:
            assert people[0].reference in client.get(page).content.decode()
        return len(found)

    queries()
    before = queries()
    people += [someone(ministry) for _row in range(2)]
    assert queries() == before


def test_to_do_counts_the_pairs(client, ministry):
    someone(ministry)
    client.force_login(hr(ministry))
    address = reverse("institutions:duplicate_list")
    assert address not in client.get(reverse("certification:todo")).content.decode()
    someone(ministry)
    assert address in client.get(reverse("certification:todo")).content.decode()


def test_count_of_a_large_register_is_known_for_some_minutes_and_a_decision_shows_at_once(ministry, monkeypatch):
    monkeypatch.setattr(duplicates, "LARGE", 1)
    monkeypatch.setattr(duplicates, "_counted", {})
    first, second = someone(ministry), someone(ministry)
    scope, now = Scope.of(ministry, TODAY), [0]

    def count_at(seconds):
        now[0] = seconds
        return count_pairs(scope, clock=lambda: now[0])

    assert count_at(0) == 1
    someone(ministry)
    assert (count_at(599), count_at(600)) == (1, 3)
    keep_apart(people=(first, second), reason="Twins", at=moment(), by=None)
    assert count_at(601) == 2


def test_count_of_a_small_register_is_true_at_once(ministry):
    someone(ministry)
    assert count_pairs(Scope.of(ministry, TODAY)) == 0
    someone(ministry)
    assert count_pairs(Scope.of(ministry, TODAY)) == 1


# --- what comes in after a merge ------------------------------------------------------------------------------------


def test_nobody_gets_a_post_for_a_row_that_was_merged_one_by_one_or_in_bulk():
    kept, other = factories.make_person(), factories.make_person()
    merge_people(kept=kept, other=other, reason="Twice", at=factories.moment(), by=None)
    place, position = factories.make_institution(), factories.make_position()
    facts = {"person": other, "institution": place, "position": position, "starts_on": factories.TODAY}
    facts |= {"at": factories.moment(), "by": None}
    with pytest.raises(RegisterRefused):
        open_post(**facts)
    with pytest.raises(RegisterRefused):
        open_posts([NewPost(**facts | {"person": kept}), NewPost(**facts)])
    assert not Post.objects.exists()


@pytest.mark.parametrize("by", ["reference", "name"])
def test_an_import_that_names_a_merged_row_finds_the_one_that_stays(place, by):
    kept = place.serving().person
    other = factories.make_person(name="សុខ តារា", name_latin="Sok Dara", birth_date=kept.birth_date)
    reference, names = other.reference, {"name": other.name, "name_latin": other.name_latin}
    merge_people(kept=kept, other=other, reason="Twice", at=factories.moment(), by=None)
    row = place.row(rank="ខ") | ({"reference": reference} if by == "reference" else names | {"staff_number": ""})
    found = place.preview([row])
    assert found.rows.get().person_id == kept.pk

"""Roles given from a page: whose right it is, and every way around it."""

import datetime
from functools import partial

import pytest
from django.urls import reverse

from institutions.actions import RegisterRefused, end_post, end_role
from institutions.grant_rules import Refusal
from institutions.grants import give_role, take_role
from institutions.merging import merge_people
from institutions.models import AuditEntry, NotOneHuman, Role
from institutions.tree_actions import close_institution
from tests import factories
from tests.institutions.role_world import DAY, NOW, ONE, Clock, World, page, roles_of
from tests.racing import together

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("role_clock")]


# --- giving ---------------------------------------------------------------------------------------------------------


def test_a_registrar_checks_what_is_given_and_then_gives_it(client, world):
    client.force_login(world.registrar)
    found = client.get(page("account_find"), {"q": world.clerk.username}).content.decode()
    assert page("role_give", world.clerk.pk) in found
    address = page("role_give", world.clerk.pk)
    check = client.post(address, world.form(ends_on="៣១/១២/២០២៦"))
    assert check.status_code == 200 and roles_of(world.clerk) == set()
    given = client.post(address, world.form(ends_on="31/12/2026", confirmed="1"))
    role = Role.objects.get(user=world.clerk)
    assert given["Location"] == page("role", role.pk)
    assert (role.institution, role.post, role.starts_on) == (world.north, world.post, DAY)
    assert role.ends_on == datetime.date(2026, 12, 31)
    entry = AuditEntry.objects.get(subject=f"user:{world.clerk.pk}", verb="institutions.grant_role")
    assert (entry.actor, entry.institution, entry.facts["reason"]) == (world.registrar, world.north, "Letter 12")
    assert "Letter 12" in client.get(given["Location"]).content.decode()


def test_a_role_is_there_on_the_next_request_and_gone_on_the_one_after_its_end(client, world):
    client.force_login(world.clerk)
    people = reverse("certification:person_list")
    assert client.get(people).status_code == 404
    role = world.give()
    assert client.get(people).status_code == 200
    take_role(role=role, last_day=None, reason="Letter 13", at=NOW, by=world.registrar)
    assert client.get(people).status_code == 404
    assert AuditEntry.objects.filter(verb="institutions.end_role", facts__reason="Letter 13").exists()


def test_a_role_from_tomorrow_opens_nothing_today(client, world):
    world.give(starts_on=DAY + ONE)
    client.force_login(world.clerk)
    people = reverse("certification:person_list")
    assert client.get(people).status_code == 404
    Clock.now = NOW + ONE
    client.force_login(world.clerk)
    assert client.get(people).status_code == 200


def test_without_an_institution_the_role_is_for_that_of_the_post(client, world):
    client.force_login(world.registrar)
    client.post(page("role_give", world.clerk.pk), world.form(institution="", confirmed="1"))
    assert Role.objects.get(user=world.clerk).institution == world.school


def test_a_role_ends_with_the_post_that_justifies_it(world):
    world.post.ends_on = DAY + 5 * ONE
    world.post.save()
    assert world.give().ends_on == DAY + 5 * ONE


def test_a_planned_end_does_not_outlast_the_post(world):
    role = world.give(ends_on=DAY + 30 * ONE)
    later = world.give(kind="trainer", starts_on=DAY + 20 * ONE)
    end_post(post=world.post, ends_on=DAY + ONE, at=NOW, by=None)
    role.refresh_from_db()
    assert role.ends_on == DAY + ONE and not Role.objects.filter(pk=later.pk).exists()


def test_the_owner_gives_every_kind_with_or_without_a_post(world):
    silent = factories.make_user()
    for kind in Role.Kind.values:
        assert world.give(world.owner, user=silent, kind=kind, post=None, institution=world.ministry).kind == kind
    area = world.give(world.owner, user=silent, kind="monitor", post=None, institution=None, area=world.area)
    assert area.area == world.area


# --- ways around it -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", sorted(set(Role.Kind.values) - {"hr", "monitor", "trainer"}))
def test_a_registrar_gives_no_role_that_reaches_further_than_their_own(client, world, kind):
    with pytest.raises(RegisterRefused):
        world.give(kind=kind)
    client.force_login(world.registrar)
    sent = client.post(page("role_give", world.clerk.pk), world.form(kind=kind, confirmed="1"))
    assert sent.status_code == 400 and roles_of(world.clerk) == set()


def outside(world):
    """What a registrar of the north asks for in vain."""
    closed = factories.make_institution(world.north, code="shut")
    close_institution(institution=closed, on=DAY, at=NOW, by=None, reason="x")
    closed.refresh_from_db()
    ended = factories.make_post(world.clerk.person, world.school, factories.make_position(slug="old"), DAY - 9 * ONE)
    end_post(post=ended, ends_on=DAY - ONE, at=NOW, by=None)
    elsewhere = factories.make_post(institution=world.foreign, starts_on=DAY - 9 * ONE)
    return {
        "an institution beside it": {"institution": world.south},
        "the ministry above it": {"institution": world.ministry},
        "another ministry": {"institution": world.foreign},
        "an area": {"kind": "monitor", "institution": None, "area": world.area},
        "an area and an institution": {"kind": "monitor", "area": world.area},
        "no place": {"institution": None},
        "a closed institution": {"institution": closed},
        "no post": {"post": None},
        "a post that ended": {"post": ended},
        "a post of somebody else": {"post": elsewhere},
        "a day that has been": {"starts_on": DAY - ONE},
        "a far day": {"starts_on": DAY + 200 * ONE},
        "an end before the beginning": {"ends_on": DAY - ONE},
    }


def test_no_role_is_given_wider_than_the_givers_own_nor_without_a_ground(world):
    north = world.account(world.north)
    factories.make_role(Role.Kind.REGISTRAR, world.north, user=north)
    for what, others in outside(world).items():
        with pytest.raises(RegisterRefused):
            world.give(north, **others)
        assert roles_of(world.clerk) == set(), what
    assert world.give(north).kind == "hr"


def test_the_page_refuses_what_lies_outside_as_if_it_did_not_exist(client, world):
    client.force_login(world.registrar)
    address, texts = page("role_give", world.clerk.pk), set()
    for code in ("foreign", "no-such"):
        sent = client.post(address, world.form(institution=code, confirmed="1"))
        assert sent.status_code == 400
        texts.add(str(sent.context["form"].errors))
    assert len(texts) == 1 and roles_of(world.clerk) == set()
    sent = client.post(address, world.form(area="06", institution="", kind="monitor", confirmed="1"))
    assert not Role.objects.of(world.clerk).filter(area__isnull=False).exists()


def test_who_serves_elsewhere_is_no_account_to_a_registrar(client, world):
    stranger = world.account(world.foreign)
    client.force_login(world.registrar)
    assert client.get(page("role_give", stranger.pk)).status_code == 404
    assert client.get(page("account_find"), {"q": stranger.username}).context["page_obj"].paginator.count == 0


def test_nobody_gives_a_role_to_themselves(client, world):
    own = world.registrar.person.posts.get()
    for giver, others in ((world.registrar, {"post": own}), (world.owner, {"post": None})):
        with pytest.raises(RegisterRefused):
            world.give(giver, user=giver, **others)
        client.force_login(giver)
        sent = client.post(page("role_give", giver.pk), world.form(post="", confirmed="1"))
        assert sent.status_code == 200 and "form" not in sent.context
    assert roles_of(world.registrar) == {"registrar"} and roles_of(world.owner) == set()


def test_nobody_gives_a_role_to_the_account_of_a_row_merged_with_their_own(world):
    second = world.account(world.school)
    merge_people(kept=world.registrar.person, other=second.person, reason="Twice", at=NOW, by=None)
    type(second).objects.filter(pk=second.pk).update(is_active=True)  # somebody opened it again
    for giver in (world.registrar, second):
        scope = {"user": second if giver == world.registrar else world.registrar}
        with pytest.raises(RegisterRefused, match=str(Refusal.OWN.label)):
            world.give(giver, post=None, **scope)


def test_a_row_that_looks_like_the_givers_own_is_compared_first(world):
    own = world.registrar.person
    twin = world.account(world.school, name=own.name, name_latin=own.name_latin, birth_date=own.birth_date)
    facts = {"user": twin, "post": twin.person.posts.get()}
    with pytest.raises(RegisterRefused):
        world.give(**facts)
    first, second = sorted([own.pk, twin.person.pk])
    NotOneHuman.objects.create(first_id=first, second_id=second, reason="Twins", at=NOW, by=None)
    assert world.give(**facts).user == twin


def test_a_closed_account_gets_no_role(world):
    type(world.clerk).objects.update(is_active=True)
    world.clerk.is_active = False
    world.clerk.save()
    with pytest.raises(RegisterRefused):
        world.give(world.owner)


def test_a_registrar_whose_role_ended_meanwhile_gives_nothing(world):
    asked = world.asked()
    end_role(role=Role.objects.get(user=world.registrar), ends_on=DAY - ONE, at=NOW, by=None)
    with pytest.raises(RegisterRefused):
        give_role(asked=asked, at=NOW, by=world.registrar)


def test_a_role_begins_while_the_givers_own_still_holds(world):
    Role.objects.filter(user=world.registrar).update(ends_on=DAY + ONE)
    with pytest.raises(RegisterRefused):
        world.give(starts_on=DAY + 2 * ONE)
    assert world.give(starts_on=DAY + ONE)


def test_the_same_role_is_given_once(world):
    world.give(ends_on=DAY + 5 * ONE)
    with pytest.raises(RegisterRefused):
        world.give(starts_on=DAY + 3 * ONE)
    assert world.give(starts_on=DAY + 6 * ONE)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_equal_grants_at_once_one_is_made():
    world = World()
    asked = world.asked()
    given = together(*(partial(give_role, asked=asked, at=NOW, by=by) for by in (world.registrar, world.owner)))
    assert [type(one) for one in given if not isinstance(one, Role)] == [RegisterRefused]
    assert Role.objects.of(world.clerk).count() == 1

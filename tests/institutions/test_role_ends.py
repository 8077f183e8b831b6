"""Roles ended and listed, the owner's page of an account, and rights in the admin that follow roles."""

import datetime

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext

from institutions import actions
from institutions.actions import RegisterRefused, end_role
from institutions.grants import take_role
from institutions.imports.undoing import undo_import
from institutions.models import Activation, AuditEntry, Role
from institutions.words_rights import settle_everybody
from tests import factories
from tests.institutions.role_world import DAY, NOW, ONE, Clock, page, roles_of
from tests.site.khmer_reading import latin_words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("role_clock")]


# --- ending ---------------------------------------------------------------------------------------------------------


def test_a_registrar_reads_what_an_end_means_and_then_ends_the_role(client, world):
    role = factories.make_role(Role.Kind.HR, world.north, user=world.clerk)
    client.force_login(world.registrar)
    address = page("role_end", role.pk)
    assert client.get(address).status_code == 200
    assert client.post(address, {"when": "now"}).status_code == 400
    assert client.post(address, {"when": "day", "last_day": "01/11/2026", "reason": "x"}).status_code == 400
    assert client.post(address, {"when": "now", "reason": "Letter 13"}).status_code == 302
    role.refresh_from_db()
    assert role.ends_on == DAY - ONE
    assert client.get(address).status_code == 404
    ended = client.get(page("role_list"), {"state": "ended"}).content.decode()
    assert world.clerk.username in ended


def test_a_role_of_today_that_is_ended_at_once_leaves_the_record_alone(world):
    role = world.give()
    take_role(role=role, last_day=None, reason="Mistake", at=NOW, by=world.registrar)
    assert roles_of(world.clerk) == set()
    entries = AuditEntry.objects.filter(subject=f"user:{world.clerk.pk}", facts__role=role.pk)
    verbs = entries.values_list("verb", flat=True)
    assert set(verbs) == {"institutions.grant_role", "institutions.end_role"}


def test_a_role_is_ended_earlier_never_later(world):
    role = world.give(ends_on=DAY + 5 * ONE)
    with pytest.raises(RegisterRefused):
        take_role(role=role, last_day=DAY + 6 * ONE, reason="x", at=NOW, by=world.registrar)
    assert take_role(role=role, last_day=DAY + 4 * ONE, reason="x", at=NOW, by=world.registrar)


@pytest.mark.parametrize("kind", ["registrar", "discipline", "auditor", "editor"])
def test_a_registrar_ends_no_role_that_only_the_owner_gives(client, world, kind):
    role = factories.make_role(kind, world.ministry)
    client.force_login(world.registrar)
    assert client.get(page("role", role.pk)).status_code == 200
    assert client.post(page("role_end", role.pk), {"when": "now", "reason": "x"}).status_code == 404
    with pytest.raises(RegisterRefused):
        take_role(role=role, last_day=None, reason="x", at=NOW, by=world.registrar)
    take_role(role=role, last_day=None, reason="x", at=NOW, by=world.owner)
    assert not Role.objects.active_on(DAY).filter(pk=role.pk).exists()


def test_a_role_of_another_ministry_is_not_there(client, world):
    role = factories.make_role(Role.Kind.HR, world.foreign)
    client.force_login(world.registrar)
    assert client.get(page("role", role.pk)).status_code == 404
    assert client.post(page("role_end", role.pk), {"when": "now", "reason": "x"}).status_code == 404
    assert role.user.username not in client.get(page("role_list"), {"state": "all"}).content.decode()


# --- the list -------------------------------------------------------------------------------------------------------


def test_the_list_asks_as_many_questions_for_three_roles_as_for_one(client, world, settings):
    settings.CONDUCT_MFA_ROLES = ["hr"]
    factories.make_role(Role.Kind.HR, world.school, user=world.account(world.school))
    client.force_login(world.owner)
    client.get(page("own_roles"))
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as asked:
            client.get(page("role_list"))
        counts.append(len(asked))
        for _each in range(2):
            factories.make_role(Role.Kind.HR, world.school, user=world.account(world.school))
    assert counts[0] == counts[1]


def test_a_search_by_name_finds_only_whom_the_registrar_sees_by_name(client, world):
    outside = world.account(world.foreign, name="ហេង វិសាល", name_latin="Heng Visal")
    inside = world.account(world.school, name="ហេង វិសាល", name_latin="Heng Visal")
    for user in (outside, inside):
        factories.make_role(Role.Kind.REVIEWER, world.ministry, user=user)
    client.force_login(world.registrar)
    found = client.get(page("role_list"), {"q": "visal"}).context["lines"]
    assert [line.role.user for line in found] == [inside]
    client.force_login(world.owner)
    assert len(client.get(page("role_list"), {"q": "visal"}).context["lines"]) == 2


def test_a_role_that_asks_for_a_second_step_waits_for_it(client, world, settings):
    world.give()
    client.force_login(world.registrar)
    words = gettext("Waits for the second step")
    assert words not in client.get(page("role_list")).content.decode()
    settings.CONDUCT_MFA_ROLES = ["hr"]
    assert words in client.get(page("role_list")).content.decode()


def test_an_account_sees_its_own_roles_and_no_others(client, world):
    mine, other = world.give(), factories.make_role(Role.Kind.TRAINER, world.ministry)
    client.force_login(world.clerk)
    lines = client.get(page("own_roles")).context["lines"]
    assert [line.role for line in lines] == [mine] and other not in [line.role for line in lines]
    assert client.get(page("role", mine.pk)).status_code == 404


# --- the owner's page of an account ---------------------------------------------------------------------------------


def test_the_owner_gives_access_to_an_account_with_any_role(client, world):
    factories.make_role(Role.Kind.DISCIPLINE, world.ministry, user=world.clerk)
    client.force_login(world.owner)
    shown = client.get(page("account", world.clerk.pk))
    assert AuditEntry.objects.filter(verb="institutions.view_account", subject=f"user:{world.clerk.pk}").count() == 1
    sent = {"people": world.clerk.person.pk, "seen": shown.context["seen"]}
    Clock.now = NOW + datetime.timedelta(seconds=5)
    answer = client.post(page("account", world.clerk.pk), sent)
    assert answer["Content-Type"] == "application/pdf" and Activation.objects.of(world.clerk.person).open().exists()


def test_the_owner_gives_no_slip_for_an_owner_or_for_themselves(client, world):
    other = world.account(world.school)
    type(other).objects.filter(pk=other.pk).update(is_superuser=True)
    client.force_login(world.owner)
    shown = client.get(page("account", other.pk))
    client.post(page("account", other.pk), {"people": other.person.pk, "seen": shown.context["seen"]})
    assert not Activation.objects.exists()


def test_a_registrar_has_no_page_of_an_account(client, world):
    client.force_login(world.registrar)
    assert client.get(page("account", world.clerk.pk)).status_code == 404
    assert client.post(page("account", world.clerk.pk)).status_code == 404


def test_the_owners_page_and_the_check_before_a_role_are_in_khmer(client, world):
    factories.make_role(Role.Kind.DISCIPLINE, world.ministry, user=world.clerk)
    client.force_login(world.owner)
    check = client.post(page("role_give", world.clerk.pk), world.form(reason="លិខិត ១២"))
    for shown in (check, client.get(page("account", world.clerk.pk)), client.get(page("account", world.owner.pk))):
        assert latin_words(BeautifulSoup(shown.text, "html.parser")) == set()


# --- rights in the admin --------------------------------------------------------------------------------------------


def test_an_editors_rights_in_the_admin_begin_and_end_by_the_calendar(world):
    facts = {"kind": "editor", "post": None, "institution": world.ministry}
    user = factories.make_user()
    world.give(world.owner, user=user, starts_on=DAY + ONE, ends_on=DAY + 2 * ONE, **facts)
    assert not user.groups.exists()
    for days, there in ((1, True), (2, True), (3, False)):
        settle_everybody(DAY + days * ONE)
        assert user.groups.exists() is there


def test_an_editors_rights_in_the_admin_end_with_the_role(world):
    role = factories.make_role("editor", world.ministry)
    assert role.user.groups.exists()
    take_role(role=role, last_day=None, reason="x", at=NOW, by=world.owner)
    assert not role.user.groups.exists()
    assert settle_everybody(DAY) == 0


def test_the_command_still_gives_the_first_roles(world):
    actions.grant_role(user=world.clerk, kind="registrar", institution=world.foreign, starts_on=DAY, at=NOW, by=None)
    assert roles_of(world.clerk) == {"registrar"}


# --- roles that an import ended -------------------------------------------------------------------------------------


def test_undoing_an_import_gives_a_role_back_to_its_planned_day_unless_somebody_ended_it_since(place):
    post = place.serving()
    facts = {"user": factories.give_account(post.person), "institution": place.department, "post": post}
    facts |= {"starts_on": DAY - 9 * ONE, "at": NOW, "by": None}
    planned = actions.grant_role(kind="trainer", ends_on=DAY + 90 * ONE, **facts)
    by_hand = actions.grant_role(kind="monitor", **facts)
    found = place.preview([place.row(ends_on=DAY)])
    place.apply(found)
    assert set(Role.objects.values_list("ends_on", flat=True)) == {DAY, None}  # None: the role of the HR unit
    end_role(role=by_hand, ends_on=DAY - ONE, at=NOW, by=None)
    found.refresh_from_db()
    undo_import(register_import=found, at=Clock.now + datetime.timedelta(hours=1), by=place.hr)
    ends = dict(Role.objects.of(facts["user"]).values_list("kind", "ends_on"))
    assert ends == {"trainer": DAY + 90 * ONE, "monitor": DAY - ONE}
    assert planned.kind == "trainer"

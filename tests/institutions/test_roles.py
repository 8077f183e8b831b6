"""Roles given and ended from a page: whose right it is, every way around it, and what the next request may do."""

import datetime
import threading

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import gettext

from institutions import actions
from institutions.actions import RegisterRefused, end_post, end_role
from institutions.grant_rules import Refusal
from institutions.grants import Asked, give_role, take_role
from institutions.imports.undoing import undo_import
from institutions.merging import merge_people
from institutions.models import Activation, AuditEntry, NotOneHuman, Role
from institutions.tree_actions import close_institution
from institutions.words_rights import settle_everybody
from tests import factories
from tests.site.khmer_reading import latin_words

pytestmark = pytest.mark.django_db
DAY, NOW = factories.TODAY, factories.moment(hour=11)
ONE = datetime.timedelta(days=1)


class Clock:
    now = NOW


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    Clock.now = NOW
    monkeypatch.setattr("django.utils.timezone.now", lambda: Clock.now)
    return Clock


class World:
    """A ministry with two departments and a school, its registrar, a clerk to be, and another ministry."""

    def __init__(self):
        make = factories.make_institution
        self.ministry = make(code="min")
        self.north, self.south = (make(self.ministry, "department", code=code) for code in ("north", "south"))
        self.school = make(self.north, code="school")
        self.foreign = make(code="foreign")
        self.area = factories.make_area()
        self.registrar = self.account(self.ministry)
        factories.make_role(Role.Kind.REGISTRAR, self.ministry, user=self.registrar)
        self.owner = factories.make_user(is_superuser=True)
        self.clerk = self.account(self.school)
        self.post = self.clerk.person.posts.get()

    def account(self, institution, **facts):
        post = factories.make_post(factories.make_person(**facts), institution, starts_on=DAY - 90 * ONE)
        return factories.give_account(post.person)

    def asked(self, **others):
        facts = {"user": self.clerk, "kind": "hr", "institution": self.north, "post": self.post, "starts_on": DAY}
        return Asked(**facts | {"reason": "Letter 12"} | others)

    def give(self, by=None, **others):
        return give_role(asked=self.asked(**others), at=Clock.now, by=by or self.registrar)

    def form(self, **others):
        return {"kind": "hr", "institution": "north", "post": self.post.pk, "reason": "Letter 12"} | others


@pytest.fixture
def world():
    return World()


def page(name, *args):
    return reverse(f"institutions:{name}", args=args)


def roles_of(user):
    return set(Role.objects.of(user).values_list("kind", flat=True))


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
    asked, begin, refused = world.asked(), threading.Barrier(2), []

    def give(by):
        try:
            begin.wait(timeout=10)
            give_role(asked=asked, at=NOW, by=by)
        except RegisterRefused as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=give, args=[by]) for by in (world.registrar, world.owner)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(refused) == 1 and Role.objects.of(world.clerk).count() == 1


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

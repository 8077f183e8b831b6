"""What ends at midnight or with a death: rights in the admin of words, accounts, slips, sessions."""

import datetime

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from institutions.access_actions import close_accounts_of_the_dead, issue_activations
from institutions.actions import end_post, end_role, grant_role, open_account
from institutions.models import AccountSession, Activation, AuditEntry, Institution, Person, Post, Role
from institutions.words_rights import role_group, settle_everybody
from jobs.upkeep import Upkeep
from tests import factories

pytestmark = pytest.mark.django_db
DAYS = datetime.timedelta
DAY, NOW = factories.TODAY, factories.moment(hour=11)
DIED, RETIRED = Post.EndReason.DIED, Post.EndReason.RETIRED


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until it is set."""

    class Clock:
        now = NOW

        def __call__(self):
            return self.now

        def to(self, day, hour=0, minute=0):
            self.now = factories.moment(day, hour).replace(minute=minute)

    clock = Clock()
    monkeypatch.setattr("django.utils.timezone.now", clock)
    return clock


def tick(clock):
    Upkeep(clock=clock).once()


# --- rights in the admin of words -----------------------------------------------------------------------------------


@pytest.fixture
def editor():
    return factories.make_role(Role.Kind.EDITOR)


def groups_of(role):
    return list(role.user.groups.values_list("name", flat=True))


def test_a_role_that_ends_on_a_day_to_come_keeps_its_group_to_the_end_of_that_day(editor, clock):
    before = groups_of(editor)
    end_role(role=editor, ends_on=DAY + DAYS(3), at=NOW, by=None)
    for day, hour in ((DAY, 12), (DAY + DAYS(3), 23)):
        clock.to(day, hour, 59)
        tick(clock)
        assert groups_of(editor) == before != []
    clock.to(DAY + DAYS(4), 0, 1)
    for _time in range(2):
        tick(clock)
        assert groups_of(editor) == []


def test_the_last_day_is_included_when_a_role_ends_today(editor, clock):
    end_role(role=editor, ends_on=DAY, at=NOW, by=None)
    assert groups_of(editor) != [] and settle_everybody(DAY) == 0
    clock.to(DAY + DAYS(1))
    assert settle_everybody(DAY + DAYS(1)) == 1 and groups_of(editor) == []
    assert settle_everybody(DAY + DAYS(1)) == 0


def test_a_role_that_is_over_already_loses_its_group_at_once(editor):
    end_role(role=editor, ends_on=DAY - DAYS(1), at=NOW, by=None)
    assert groups_of(editor) == []


@pytest.mark.parametrize("ends_on", [None, DAY + DAYS(90)])
def test_another_role_of_the_same_kind_and_place_keeps_the_group(editor, ends_on):
    facts = {"user": editor.user, "kind": editor.kind, "institution": editor.institution}
    other = grant_role(**facts, starts_on=DAY, at=NOW, by=None)
    if ends_on:
        end_role(role=other, ends_on=ends_on, at=NOW, by=None)
    end_role(role=editor, ends_on=DAY - DAYS(1), at=NOW, by=None)
    assert settle_everybody(DAY) == 0 and len(groups_of(editor)) == 1


def test_groups_of_other_places_accounts_and_hands_stay(editor):
    user = editor.user
    elsewhere = grant_role(
        user=user, kind=editor.kind, institution=factories.make_institution(), starts_on=DAY, at=NOW, by=None
    )
    colleague = factories.make_role(Role.Kind.EDITOR, editor.institution)
    by_hand = role_group("guest", editor.institution)
    user.groups.add(by_hand)
    Role.objects.filter(pk=editor.pk).update(ends_on=DAY - DAYS(1))
    assert settle_everybody(DAY) == 1
    assert set(user.groups.all()) == {by_hand, role_group(elsewhere.kind, elsewhere.institution)}
    assert len(groups_of(colleague)) == 1


@pytest.mark.parametrize("ended", [1, 3])
def test_the_tick_asks_the_same_however_many_roles_have_ended_before(django_assert_num_queries, ended):
    for _number in range(ended):
        end_role(role=factories.make_role(Role.Kind.EDITOR), ends_on=DAY - DAYS(1), at=NOW, by=None)
    with django_assert_num_queries(3):
        settle_everybody(DAY)


# --- death ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def nurse():
    """Somebody who serves, has an account and is logged in."""
    post = factories.make_post(starts_on=DAY - DAYS(400), staff_number="440001")
    person = Person.objects.get(pk=post.person_id)
    user = open_account(username="440001", password=factories.PASSWORD, person=person, at=NOW, by=None)
    person.browser = Client()
    person.browser.force_login(user)
    assert person.browser.get("/en/devices/").status_code == 200
    return person


def is_open(person):
    person.user.refresh_from_db()
    return person.user.is_active


def end(person, reason, ends_on=DAY, **facts):
    return end_post(post=person.posts.get(**facts), ends_on=ends_on, at=NOW, by=None, reason=reason)


def test_a_death_closes_the_account_and_every_session_at_once(nurse, clock):
    end(nurse, DIED)
    assert not is_open(nurse) and not AccountSession.objects.exists() and not Session.objects.exists()
    assert nurse.browser.get("/en/devices/").status_code == 302
    entry = AuditEntry.objects.get(verb="institutions.close_account")
    assert (entry.subject, entry.facts, entry.actor) == (f"person:{nurse.pk}", {"reason": "died"}, None)


def test_a_death_entered_for_a_day_to_come_counts_on_that_day(nurse, clock):
    end(nurse, DIED, DAY + DAYS(2))
    tick(clock)
    assert is_open(nurse)
    clock.to(DAY + DAYS(2))
    for _time in range(2):
        tick(clock)
    assert not is_open(nurse) and AuditEntry.objects.filter(verb="institutions.close_account").count() == 1


@pytest.mark.parametrize("reason", [RETIRED, Post.EndReason.RESIGNED, Post.EndReason.TRANSFER, ""])
def test_whoever_leaves_in_another_way_keeps_the_account(nurse, clock, reason):
    end(nurse, reason)
    tick(clock)
    assert is_open(nurse) and nurse.browser.get("/en/devices/").status_code == 200


def test_the_account_stays_while_another_institution_holds_a_post_and_closes_with_the_last(nurse, clock):
    other = factories.make_post(nurse, factories.make_institution(), starts_on=DAY - DAYS(9), staff_number="9")
    end(nurse, DIED, staff_number__number="440001")
    assert is_open(nurse)
    end_post(post=other, ends_on=DAY, at=NOW, by=None)
    assert not is_open(nurse)


def test_an_open_slip_of_somebody_who_died_is_taken_back(clock):
    department = factories.make_institution(factories.make_institution(), Institution.Kind.DEPARTMENT)
    post = factories.make_post(institution=department, starts_on=DAY - DAYS(9), staff_number="440002")
    hr = factories.make_role(Role.Kind.HR, department).user
    issue_activations(scope=factories.scope_of(hr), people=[post.person], seen_at=NOW, at=NOW, by=hr)
    end_post(post=post, ends_on=DAY, at=NOW, by=None, reason=DIED)
    assert not Activation.objects.open().exists()
    assert close_accounts_of_the_dead(at=NOW) == 0


def test_the_tick_asks_once_where_nobody_died(nurse, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert close_accounts_of_the_dead(at=NOW) == 0

"""A6: who loses a right loses it with the next request; what runs for them is refused, and a closed account is out."""

import datetime

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from institutions.access_actions import shut_out_closed_accounts
from institutions.actions import end_post, end_role, grant_role
from institutions.models import AccountSession, Role, User
from jobs.actions import request_job, run_job
from jobs.models import Job
from jobs.signals import tick
from tests import factories

pytestmark = pytest.mark.django_db
TODAY, NOW = factories.TODAY, factories.moment(hour=11)
DAY = datetime.timedelta(days=1)
OPENED_BY = {
    "hr": "certification:person_list",
    "registrar": "institutions:role_list",
    "monitor": "certification:coverage",
    "discipline": "discipline:case_list",
    "auditor": "institutions:audit_list",
    "reviewer": "conduct_codes:review_list",
    "adopter": "conduct_codes:adoption_list",
    "trainer": "courses:tries",
    "editor": "conduct_codes:text_list",
}


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def officer():
    """Somebody with a post in a ministry, and an account."""
    world = factories.make_bound_world()
    post = factories.make_post(institution=world["school"], starts_on=TODAY - 90 * DAY)
    factories.give_account(post.person)
    post.ministry = world["ministry"]
    return post


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def role_on(post, kind):
    """A role that rests on the post."""
    facts = {"institution": post.ministry, "post": post, "starts_on": TODAY - 30 * DAY}
    return grant_role(user=post.person.user, kind=kind, at=factories.moment(TODAY - 30 * DAY), by=None, **facts)


# --- the next request -------------------------------------------------------------------------------------------------


def revoked(role):
    end_role(role=role, ends_on=TODAY - DAY, at=NOW, by=None)


def transferred(role):
    end_post(post=role.post, ends_on=TODAY - DAY, at=NOW, by=None, reason="transfer")
    elsewhere = factories.make_institution(role.institution, code="elsewhere")
    factories.make_post(role.post.person, elsewhere, starts_on=TODAY)


def closed(role):
    User.objects.filter(pk=role.user_id).update(is_active=False)


@pytest.mark.parametrize("lost", [revoked, transferred, closed])
@pytest.mark.parametrize("kind", OPENED_BY)
def test_the_first_request_afterwards_is_refused(officer, kind, lost):
    role = role_on(officer, kind)
    client, page = browser(role.user), reverse(OPENED_BY[kind])
    assert client.get(page).status_code == 200
    lost(role)
    for answer in (client.get(page), client.post(page, {"x": "1"})):
        assert answer.status_code == (302 if lost is closed else 404)
        assert "account/login" in answer.get("Location", "account/login")


def test_a_role_that_ends_today_holds_until_midnight_and_not_a_request_longer(officer, monkeypatch):
    role = role_on(officer, "hr")
    client, page = browser(role.user), reverse(OPENED_BY["hr"])
    end_role(role=role, ends_on=TODAY, at=NOW, by=None)
    assert client.get(page).status_code == 200
    monkeypatch.setattr("django.utils.timezone.now", lambda: factories.moment(TODAY + DAY, hour=0))
    client.force_login(role.user)
    assert client.get(page).status_code == 404


# --- what runs --------------------------------------------------------------------------------------------------------


def roster_job(role, monkeypatch):
    """A roster too long for a click, asked for and waiting."""
    monkeypatch.setattr("exports.actions.DIRECT_ROWS", 1)
    for _person in range(3):
        factories.make_post(institution=role.post.institution)
    browser(role.user).post(reverse("exports:roster"), {"status": "all"})
    return Job.objects.get(kind="exports.roster")


@pytest.mark.parametrize("lost", [revoked, transferred, closed])
def test_a_roster_that_waits_or_runs_is_refused_and_leaves_no_file(officer, monkeypatch, lost):
    role = role_on(officer, "hr")
    job = roster_job(role, monkeypatch)
    lost(role)
    run_job(job_id=job.pk, clock=lambda: NOW)
    job.refresh_from_db()
    assert job.status == Job.Status.FAILED and not job.result and job.message


@pytest.mark.parametrize("lost", [revoked, closed])
def test_a_roster_stops_at_the_batch_at_which_the_right_ends(officer, monkeypatch, lost):
    role = role_on(officer, "hr")
    job, batches = roster_job(role, monkeypatch), []
    monkeypatch.setattr("exports.rosters.BATCH", 1)
    from exports import rosters

    lines = rosters._lines

    def lines_and_a_loss(*args):
        batches.append(1)
        if len(batches) == 2:
            lost(role)
        return lines(*args)

    monkeypatch.setattr("exports.rosters._lines", lines_and_a_loss)
    run_job(job_id=job.pk, clock=lambda: NOW)
    job.refresh_from_db()
    assert (job.status, len(batches), bool(job.result)) == (Job.Status.FAILED, 2, False)


def test_what_a_closed_account_asked_for_is_cancelled(officer, monkeypatch):
    role = role_on(officer, "hr")
    job = roster_job(role, monkeypatch)
    closed(role)
    assert shut_out_closed_accounts(at=NOW)[1] == 1
    job.refresh_from_db()
    assert job.status == Job.Status.CANCELLED
    assert run_job(job_id=job.pk, clock=lambda: NOW) is None and shut_out_closed_accounts(at=NOW) == (0, 0)


def test_the_request_of_another_system_whose_account_is_never_open_goes_on(monkeypatch):
    made = factories.make_client()
    facts = {"params": {"changes": 1}, "by": made.client.user, "at": NOW}
    job = request_job(kind="institutions.push_people", **facts)
    assert shut_out_closed_accounts(at=NOW) == (0, 0)
    job.refresh_from_db()
    assert job.is_open


# --- sessions ---------------------------------------------------------------------------------------------------------


def is_in(client):
    return client.get(reverse("institutions:session_list")).status_code == 200


@pytest.mark.parametrize("by_many", [False, True])
def test_an_account_that_the_owner_closes_is_logged_out_at_once_and_stays_out(officer, by_many):
    user = officer.person.user
    client, owner = browser(user), browser(factories.make_user(is_superuser=True))
    assert is_in(client) and AccountSession.objects.of(user).count() == 1
    if by_many:
        address = reverse("wagtail_bulk_action", args=["institutions", "user", "set_active_state"])
        sent = owner.post(f"{address}?id={user.pk}", {"mark_as_active": "False"})
    else:
        sent = owner.post(
            reverse("wagtailusers_users:edit", args=[user.pk]),
            {"username": user.username, "email": "a@example.org", "first_name": "-", "last_name": "-"},
        )
    assert sent.status_code == 302, sent.content
    user.refresh_from_db()
    assert not user.is_active and not AccountSession.objects.of(user).exists() and not is_in(client)
    User.objects.filter(pk=user.pk).update(is_active=True)
    assert not is_in(client)


def test_an_account_closed_in_any_other_way_is_logged_out_within_a_minute(officer):
    user = officer.person.user
    client = browser(user)
    key = client.session.session_key
    assert is_in(client)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert not is_in(client)
    tick.send_robust(None, at=NOW)
    assert not Session.objects.filter(pk=key).exists()


def test_the_last_role_is_not_the_account(officer):
    role = role_on(officer, "hr")
    client = browser(role.user)
    revoked(role)
    assert Role.objects.of(role.user).count() == 1 and is_in(client)

"""Whose account a provider's login opens: the decision, the link, and what else the register makes of it."""

import threading

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core.management import CommandError, call_command
from django.db import connection

from institutions.access import access_to, without_access
from institutions.actions import open_account
from institutions.models import AuditEntry, Institution, Person, Role, User
from institutions.provider_logins import LoginRefused, admit
from institutions.provider_rules import Facts, Refusal, refusal_of
from tests import factories

pytestmark = pytest.mark.django_db
NOW = factories.moment(hour=11)


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def make_nurse(number="440001"):
    ministry = Institution.objects.filter(code="moh").first() or factories.make_institution(code="moh")
    post = factories.make_post(institution=factories.make_institution(ministry), staff_number=number)
    return Person.objects.get(pk=post.person_id)


def come(number="440001", subject="f:1", provider="moh"):
    return admit(provider=provider, register_code="moh", subject=subject, number=number, at=NOW)


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"posts_here": 1}, None),
        ({}, Refusal.NO_POST),
        ({"posts_here": 1, "is_active": False}, Refusal.CLOSED),
        ({"posts_here": 1, "reaches_further": True}, Refusal.REACHES_FURTHER),
        ({"posts_here": 1, "is_login_of_another": True}, Refusal.OTHER_NUMBER),
        ({"posts_here": 1, "has_another_login": True}, Refusal.OTHER_LOGIN),
    ],
)
def test_the_decision_by_its_facts(facts, refusal):
    assert refusal_of(Facts(**facts)) == refusal


def test_an_account_that_a_provider_opens_is_in_use_for_whoever_gives_out_slips():
    person = make_nurse()
    hr = factories.make_role(Role.Kind.HR, Institution.objects.get(code="moh")).user
    scope = factories.scope_of(hr)
    assert list(without_access(scope)) == [person]
    come()
    person.refresh_from_db()
    assert not without_access(scope).exists() and access_to(scope, [person])[0].is_in_use


def test_two_numbers_of_one_human_in_one_register_open_one_account():
    person = make_nurse()
    factories.make_post(person, factories.make_institution(Institution.objects.get(code="moh")), staff_number="440002")
    assert come("440001") == come("440002")
    assert SocialAccount.objects.count() == 1


def test_where_two_registers_have_the_number_the_new_account_bears_the_register_s_code():
    factories.make_post(institution=factories.make_institution(code="edu"), staff_number="440001")
    make_nurse()
    assert come().username == "MOH-440001"


def test_a_second_provider_may_open_the_same_account_with_a_login_of_its_own():
    make_nurse()
    assert come() == come(provider="moh-backup", subject="other")
    assert SocialAccount.objects.count() == 2


def test_a_name_that_somebody_takes_at_the_same_moment_is_a_refusal_and_leaves_nothing(monkeypatch):
    make_nurse()
    monkeypatch.setattr("institutions.access._taken", lambda numbers: set())
    open_account(username="440001", password=None, at=NOW, by=None)
    with pytest.raises(LoginRefused):
        come()
    assert AuditEntry.objects.get(verb="institutions.refuse_login").facts["reason"] == "two-at-once"
    assert not SocialAccount.objects.exists()


def test_an_owner_lets_a_login_that_the_ministry_made_anew_begin_again(capsys):
    make_nurse()
    user = come()
    with pytest.raises(LoginRefused):
        come(subject="f:new")
    call_command("end_login_links", username=user.username, provider="other")
    assert "nothing was changed" in capsys.readouterr().out
    call_command("end_login_links", username=user.username, provider="moh")
    assert come(subject="f:new") == user
    entry = AuditEntry.objects.get(verb="institutions.end_login_links")
    assert (entry.subject, entry.facts) == (f"person:{user.person.pk}", {"provider": "moh"})
    with pytest.raises(CommandError, match="no account nobody"):
        call_command("end_login_links", username="nobody")


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
@pytest.mark.parametrize("subjects", [("f:1", "f:1"), ("f:1", "f:2")])
def test_two_first_logins_at_once_make_one_account_and_one_link(subjects):
    person = make_nurse()
    barrier, results = threading.Barrier(2), []

    def run(subject):
        try:
            barrier.wait(timeout=10)
            results.append(come(subject=subject))
        except Exception as error:
            results.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[subject]) for subject in subjects]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    names = sorted(type(result).__name__ for result in results)
    assert names == (["User", "User"] if len(set(subjects)) == 1 else ["LoginRefused", "User"])
    assert User.objects.filter(person=person).count() == SocialAccount.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_one_login_with_two_numbers_at_once_opens_one_account():
    make_nurse("440001")
    make_nurse("440002")
    barrier, results = threading.Barrier(2), []

    def run(number):
        try:
            barrier.wait(timeout=10)
            results.append(come(number))
        except Exception as error:
            results.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[number]) for number in ("440001", "440002")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(type(result).__name__ for result in results) == ["LoginRefused", "User"]
    assert SocialAccount.objects.count() == User.objects.filter(person__isnull=False).count() == 1

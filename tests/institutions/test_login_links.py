"""Links to a ministry's identity provider: their owner sees and ends them, and whoever may reset the password too."""

import datetime

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.urls import reverse

from institutions import login_links
from institutions.access import access_to
from institutions.actions import RegisterRefused
from institutions.login_links import end_link_for, end_own_link, links_of
from institutions.models import AccountSession, AuditEntry, Institution, Person, Role
from institutions.provider_logins import admit
from institutions.provider_rules import is_only_way_in
from tests import factories

pytestmark = pytest.mark.django_db
NOW = factories.moment(hour=11)
HOUR = datetime.timedelta(hours=1)


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    monkeypatch.setattr(login_links, "_names", [lambda: {"moh": "Ministry of Health", "spare": "Spare"}])


@pytest.fixture
def nurse():
    """Somebody whom the provider's login has let in; no password, no passkey."""
    ministry = factories.make_institution(code="moh")
    clinic = factories.make_institution(ministry)
    post = factories.make_post(institution=clinic, staff_number="440001")
    admit(provider="moh", register_code="moh", subject="f:1", number="440001", at=NOW)
    return Person.objects.get(pk=post.person_id)


def link_of(person):
    return links_of(person.user)[0]


def with_password(person):
    person.user.set_password(factories.PASSWORD)
    person.user.save()
    return person


def passkey(user, alone):
    data = {"name": "phone", "credential": {"clientExtensionResults": {"credProps": {"rk": alone}}}}
    Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data=data)


def browser_of(user):
    client = Client()
    client.force_login(user)
    return client


def page(name, *args):
    return reverse(f"institutions:{name}", args=args)


# --- the rule ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "only"),
    [
        ({}, True),
        ({"has_password": True}, False),
        ({"passkeys_alone": 1}, False),
        ({"other_links": 1}, False),
    ],
)
def test_the_last_way_in_is_the_only_one(facts, only):
    assert is_only_way_in(**{"has_password": False, "passkeys_alone": 0, "other_links": 0, **facts}) is only


def test_the_owner_cannot_end_the_only_way_in(nurse):
    with pytest.raises(RegisterRefused):
        end_own_link(user=nurse.user, link=link_of(nurse), at=NOW)
    assert SocialAccount.objects.exists() and not AuditEntry.objects.filter(verb="institutions.end_login_links")


@pytest.mark.parametrize("alone", [True, False, None])
def test_a_passkey_counts_where_it_opens_the_account_alone(nurse, alone):
    passkey(nurse.user, alone)
    if alone:
        assert end_own_link(user=nurse.user, link=link_of(nurse), at=NOW) == 1
    else:
        with pytest.raises(RegisterRefused):
            end_own_link(user=nurse.user, link=link_of(nurse), at=NOW)


def test_a_second_provider_counts_while_it_is_connected(nurse, monkeypatch):
    SocialAccount.objects.create(provider="spare", uid="s:1", user=nurse.user)
    monkeypatch.setattr(login_links, "_names", [lambda: {"moh": "Ministry of Health"}])
    with pytest.raises(RegisterRefused):
        end_own_link(user=nurse.user, link=link_of(nurse), at=NOW)
    monkeypatch.setattr(login_links, "_names", [lambda: {"moh": "Ministry of Health", "spare": "Spare"}])
    assert end_own_link(user=nurse.user, link=link_of(nurse), at=NOW) == 1
    assert [link.provider for link in links_of(nurse.user)] == ["spare"]
    with pytest.raises(RegisterRefused):
        end_own_link(user=nurse.user, link=link_of(nurse), at=NOW)


def test_a_link_to_a_provider_that_is_no_longer_connected_can_always_go(nurse, monkeypatch):
    monkeypatch.setattr(login_links, "_names", [])
    link = link_of(nurse)
    assert (link.name, link.is_configured) == ("moh", False)
    assert end_own_link(user=nurse.user, link=link, at=NOW) == 1


def test_each_login_of_the_provider_is_noted_as_the_last_use(nurse):
    later = NOW + 3 * HOUR
    admit(provider="moh", register_code="moh", subject="f:1", number="440001", at=later)
    link = link_of(nurse)
    assert (link.since, link.last_used) == (NOW, later)


def test_whoever_ends_it_stands_in_the_record_and_the_next_login_begins_anew(nurse):
    end_own_link(user=with_password(nurse).user, link=link_of(nurse), at=NOW)
    entry = AuditEntry.objects.get(verb="institutions.end_login_links")
    assert (entry.actor, entry.subject, entry.facts) == (nurse.user, f"person:{nurse.pk}", {"provider": "moh"})
    assert admit(provider="moh", register_code="moh", subject="f:new", number="440001", at=NOW) == nurse.user


# --- the own page -----------------------------------------------------------------------------------------------------


def test_the_page_shows_issuer_days_and_the_way_to_end_it(nurse):
    text = browser_of(nurse.user).get(page("login_list")).content.decode()
    assert "Ministry of Health" in text and page("login_end", link_of(nurse).pk) in text


def test_an_account_without_a_link_says_so(client):
    client.force_login(factories.make_user())
    answer = client.get(page("login_list"))
    assert answer.status_code == 200 and answer.context["links"] == []


def test_ending_asks_first_and_says_why_the_only_way_stays(nurse):
    client, address = browser_of(nurse.user), page("login_end", link_of(nurse).pk)
    asked = client.get(address)
    assert asked.context["only_way"] and page("login_end", 0)[:-6] in address
    sent = client.post(address, follow=True)
    assert SocialAccount.objects.exists() and "alert-danger" in sent.content.decode()
    client = browser_of(with_password(nurse).user)
    assert not client.get(address).context["only_way"] and SocialAccount.objects.exists()
    assert client.post(address)["Location"] == page("login_list")
    assert not SocialAccount.objects.exists() and client.post(address).status_code == 404


def test_a_link_of_somebody_else_is_not_there(nurse, client):
    client.force_login(factories.make_user())
    for pk in (link_of(nurse).pk, 99_999):
        assert client.get(page("login_end", pk)).status_code == client.post(page("login_end", pk)).status_code == 404
    assert SocialAccount.objects.exists()


# --- whoever resets access -------------------------------------------------------------------------------------------


def clerk_of(institution, kind=Role.Kind.HR):
    return factories.make_role(kind, institution).user


def test_hr_sees_and_ends_it_where_it_might_reset_the_password(nurse):
    nurse_browser = browser_of(nurse.user)
    nurse_browser.get(page("login_list"))
    assert AccountSession.objects.of(nurse.user).exists()
    ministry = Institution.objects.get(code="moh")
    hr = clerk_of(ministry)
    client, address = browser_of(hr), page("access_login_end", nurse.pk, link_of(nurse).pk)
    assert address in client.get(page("access_person", nurse.pk)).content.decode()
    assert client.get(address).status_code == 200 and SocialAccount.objects.exists()
    assert client.post(address)["Location"] == page("access_person", nurse.pk)
    assert not SocialAccount.objects.exists() and not AccountSession.objects.of(nurse.user).exists()
    assert nurse_browser.get(page("login_list")).status_code == 302
    entry = AuditEntry.objects.get(verb="institutions.end_login_links")
    assert (entry.actor, entry.institution.get_root()) == (hr, ministry)


def serves_elsewhere(nurse):
    factories.make_post(nurse, factories.make_institution(code="edu"))


def has_a_role(nurse):
    factories.make_role(Role.Kind.DISCIPLINE, Institution.objects.get(code="moh"), user=nurse.user)


@pytest.mark.parametrize("beyond", [serves_elsewhere, has_a_role])
def test_hr_neither_sees_nor_ends_it_where_it_may_not_reset_the_password(nurse, beyond):
    beyond(nurse)
    hr = clerk_of(Institution.objects.get(code="moh"))
    client, address = browser_of(hr), page("access_login_end", nurse.pk, link_of(nurse).pk)
    assert address not in client.get(page("access_person", nurse.pk)).content.decode()
    assert client.get(address).status_code == client.post(address).status_code == 404
    access = access_to(factories.scope_of(hr), [nurse])[0]
    with pytest.raises(RegisterRefused):
        end_link_for(access=access, link=link_of(nurse), at=NOW, by=hr)
    assert SocialAccount.objects.exists()


def test_hr_of_another_ministry_finds_nothing_and_the_link_of_another_is_not_the_persons(nurse):
    stranger = browser_of(clerk_of(factories.make_institution(code="edu")))
    address = page("access_login_end", nurse.pk, link_of(nurse).pk)
    assert stranger.get(address).status_code == stranger.post(address).status_code == 404
    other = factories.make_post(institution=factories.make_institution(Institution.objects.get(code="moh"))).person
    hr = browser_of(clerk_of(Institution.objects.get(code="moh")))
    wrong = page("access_login_end", other.pk, link_of(nurse).pk)
    assert hr.get(wrong).status_code == hr.post(wrong).status_code == 404
    assert SocialAccount.objects.exists()


def test_the_platform_owner_ends_what_hr_may_not(nurse):
    has_a_role(nurse)
    owner = browser_of(factories.make_user(is_superuser=True))
    address = page("account_login_end", nurse.user.pk, link_of(nurse).pk)
    assert address in owner.get(page("account", nurse.user.pk)).content.decode()
    assert owner.get(address).status_code == 200
    assert owner.post(address)["Location"] == page("account", nurse.user.pk)
    assert not SocialAccount.objects.exists()


def test_the_own_link_is_ended_on_the_own_page_only(nurse):
    """A clerk who comes in by the provider does not reset the own account as a clerk."""
    factories.make_role(Role.Kind.HR, Institution.objects.get(code="moh"), user=nurse.user)
    client = browser_of(nurse.user)
    assert client.post(page("access_login_end", nurse.pk, link_of(nurse).pk)).status_code == 404
    assert SocialAccount.objects.exists()

"""A provider's login and the second step, and showing once more that it is oneself."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.utils import timezone

from conduct_codes.actions import text_to_sign
from conduct_codes.models import SignOff, SignRequest
from institutions.models import Role
from tests import factories
from tests.site.provider_visits import (
    DAYS,
    NOW,
    come_back,
    go,
    log_in,
    nurse,
    user_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    cache.clear()


@pytest.fixture
def clerk(ministry, settings):
    settings.CONDUCT_MFA_ROLES = ["hr"]
    person = nurse(ministry)
    factories.make_role(Role.Kind.HR, ministry, user=person.user)
    return person.user


def test_a_role_that_needs_a_second_step_is_led_to_set_one_up(provider, clerk):
    client, _answer = log_in(provider, amr=["pwd", "otp"])
    assert client.get("/en/people/")["Location"] == "/en/account/second-step/"


def test_whoever_has_a_second_step_is_asked_for_it(provider, clerk):
    TOTP.activate(clerk, generate_totp_secret())
    client, answer = log_in(provider, amr=["pwd", "otp"])
    assert answer["Location"] == "/en/account/two-step/authenticate/" and user_of(client) is None


@pytest.mark.parametrize("has_own", [True, False])
@pytest.mark.parametrize("said", [{"amr": ["pwd", "otp"]}, {"acr": "gold"}])
def test_the_provider_s_second_step_counts_where_the_settings_say_so(provider, clerk, settings, said, has_own):
    if has_own:
        TOTP.activate(clerk, generate_totp_secret())
    settings.CONDUCT_OIDC = [provider.entry(second_step={"amr": ["otp"], "acr": ["gold"]})]
    client, _answer = log_in(provider, **said)
    assert user_of(client) == clerk and client.get("/en/people/").status_code == 200
    assert Authenticator.objects.count() == has_own


@pytest.mark.parametrize("said", [{}, {"amr": ["pwd"]}, {"amr": "otp"}, {"acr": "silver"}, {"acr": ["gold"]}])
def test_nothing_else_that_the_provider_says_counts_as_a_second_step(provider, clerk, settings, said):
    settings.CONDUCT_OIDC = [provider.entry(second_step={"amr": ["otp"], "acr": ["gold"]})]
    client, _answer = log_in(provider, **said)
    assert client.get("/en/people/")["Location"] == "/en/account/second-step/"


def test_the_provider_s_second_step_holds_for_that_session_alone(provider, clerk, settings):
    settings.CONDUCT_OIDC = [provider.entry(second_step={"amr": ["otp"]})]
    client, _answer = log_in(provider, amr=["otp"])
    client.post("/en/account/logout/")
    client.post("/en/account/login/", {"login": clerk.username, "password": factories.PASSWORD})
    assert user_of(client) == clerk and client.get("/en/people/")["Location"] == "/en/account/second-step/"


# --- showing once more that it is oneself ---------------------------------------------------------------------------


def show_again(client, provider, back_to="/en/devices/", **claims):
    provider.claims = {"staff_number": "440001"} | claims
    _asked, query = provider.consent(go(client, provider, again="1", next=back_to))
    return come_back(client, query)


def confirmed(client):
    return [each for each in client.session["account_authentication_methods"] if each.get("reauthenticated")]


def test_an_account_without_a_password_confirms_at_its_provider(provider, ministry):
    nurse(ministry, account=False)
    client, _answer = log_in(provider)
    sent = client.get("/en/account/reauthenticate/?next=/en/devices/")
    assert sent["Location"].startswith("/en/account/provider/moh/again/?next=")
    page = BeautifulSoup(client.get(sent["Location"]).content, "html.parser")
    assert page.find("input", {"name": "next"})["value"] == "/en/devices/"
    key = client.session.session_key
    assert show_again(client, provider)["Location"] == "/en/devices/"
    assert len(confirmed(client)) == 1 and client.session.session_key == key


@pytest.mark.parametrize(
    "claims",
    [
        {"auth_time": 1},
        {"auth_time": int(time.time()) - 90},
        {"auth_time": None},
        {"auth_time": "now"},
        {"staff_number": "440002", "sub": "f:2"},
    ],
)
def test_an_old_login_or_somebody_else_confirms_nothing(provider, ministry, claims):
    nurse(ministry, account=False)
    nurse(ministry, "440002")
    client, _answer = log_in(provider)
    before = user_of(client)
    assert show_again(client, provider, **claims).status_code == 400
    assert confirmed(client) == [] and user_of(client) == before


def test_somebody_without_a_password_signs_a_code_by_logging_in_once_more(provider, ministry, monkeypatch):
    monkeypatch.undo()  # confirming compares the real clock with itself
    factories.make_edition()
    day = timezone.localdate() - DAYS(5)
    person = factories.make_post(institution=ministry, staff_number="440001", starts_on=day).person
    client, _answer = log_in(provider)
    asked = SignRequest.objects.select_related("edition__code", "person").get(person=person)
    page = f"/en/sign/{asked.pk}/"
    text = text_to_sign(asked, language="en", day=timezone.localdate())
    form = {"text_sha256": text.sha256, "statements": ["read", "penalties", "report"]}
    led = client.get(client.post(page, form)["Location"])["Location"]
    assert led == f"/en/account/provider/moh/again/?next=%2Fen%2Fsign%2F{asked.pk}%2F"
    assert show_again(client, provider, back_to=page)["Location"] == page
    assert "You have confirmed that it is you" in client.get(page).content.decode()
    client.post(page, form)
    assert SignOff.objects.get().method == SignOff.Method.CONFIRMED


def test_the_page_for_it_asks_for_a_login_first(provider, client):
    assert "/account/login/" in client.get("/en/account/provider/moh/again/")["Location"]

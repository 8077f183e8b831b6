"""When a login ends by itself, how many tries there are, and what a shared computer keeps: security.md, section 10."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from conduct_site import sessions
from institutions.models import Role
from tests import factories

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
PAGE = "institutions:session_list"
MINUTE, HOUR = 60, 60 * 60


class Clock:
    """The seconds that sessions go by, and the moment that the database compares with."""

    def __init__(self, monkeypatch):
        self.passed, self.first = 0, timezone.now()
        monkeypatch.setattr("django.utils.timezone.now", lambda: self.first + timedelta(seconds=self.passed))
        for module in ("conduct_site.sessions", "conduct_site.middleware", "conduct_site.kept"):
            monkeypatch.setattr(f"{module}.time", lambda: self.first.timestamp() + self.passed)

    def later(self, seconds):
        self.passed += seconds


@pytest.fixture
def clock(monkeypatch):
    cache.clear()
    return Clock(monkeypatch)


def browser(user):
    client = Client()
    client.force_login(user)
    assert is_in(client)
    return client


def is_in(client):
    return client.get(reverse(PAGE)).status_code == 200


def test_an_hour_without_use_ends_a_learners_login(clock):
    client = browser(factories.make_user())
    clock.later(55 * MINUTE)
    assert is_in(client)
    clock.later(61 * MINUTE)
    assert not is_in(client)


def test_half_an_hour_without_use_ends_the_login_of_an_account_with_a_role(clock):
    client = browser(factories.make_role(Role.Kind.HR).user)
    clock.later(25 * MINUTE)
    assert is_in(client)
    clock.later(31 * MINUTE)
    assert not is_in(client)


def test_the_platform_owners_login_ends_as_early(clock):
    client = browser(factories.make_user(is_superuser=True))
    clock.later(31 * MINUTE)
    assert not is_in(client)


def test_a_role_given_meanwhile_counts_from_the_next_touch(clock):
    user = factories.make_user()
    client = browser(user)
    factories.make_role(Role.Kind.HR, user=user)
    clock.later(10 * MINUTE)
    assert is_in(client)
    clock.later(31 * MINUTE)
    assert not is_in(client)


@pytest.mark.parametrize("with_role", [True, False])
def test_twelve_hours_after_the_login_it_ends_however_much_it_was_used(clock, with_role):
    user = factories.make_role(Role.Kind.HR).user if with_role else factories.make_user()
    client = browser(user)
    for _quarter in range(47):
        clock.later(15 * MINUTE)
        assert is_in(client)
    clock.later(15 * MINUTE)
    assert not is_in(client)


def test_a_new_login_in_the_same_browser_has_its_own_twelve_hours(clock):
    user = factories.make_user()
    client = browser(user)
    for _quarter in range(40):
        clock.later(15 * MINUTE)
        is_in(client)
    client.force_login(user)
    for _quarter in range(40):
        assert is_in(client)
        clock.later(15 * MINUTE)
    assert client.session["began"] > clock.first.timestamp() + 9 * HOUR


def test_what_was_typed_when_the_twelve_hours_were_over_is_kept_for_its_owner(clock):
    user = factories.make_user()
    client = browser(user)
    key = client.session.session_key
    for _quarter in range(48):
        clock.later(15 * MINUTE)
        client.get(reverse(PAGE))
    sent = client.post(reverse("account_change_password"), {"note": "ខ្ញុំបានសរសេរវែង"})
    assert "kept" in sent["Location"] and Session.objects.filter(pk=key).exists()
    client.post(reverse("account_login"), {"login": user.username, "password": factories.PASSWORD})
    assert "ខ្ញុំបានសរសេរវែង" in client.get(reverse("kept_form")).content.decode()


def test_a_session_is_a_secret_of_128_bits_and_more_and_ends_with_the_browser(clock):
    user = factories.make_user()
    client = Client()
    client.post(reverse("account_login"), {"login": user.username, "password": factories.PASSWORD})
    cookie = client.cookies["sessionid"]
    assert len(cookie.value) == 32 and re.fullmatch(r"[a-z0-9]+", cookie.value)  # 32 of 36 signs: 165 bits
    assert not cookie["max-age"] and not cookie["expires"] and cookie["httponly"] and cookie["samesite"] == "Lax"
    assert sessions.SessionStore(cookie.value).get_expire_at_browser_close()


# --- tries ------------------------------------------------------------------------------------------------------------


def try_once(user, password="not this one"):
    """Whether a login got in, was refused, or was told to wait."""
    answer = Client().post(reverse("account_login"), {"login": user.username, "password": password})
    if answer.status_code == 302:
        return "in"
    return next(error.code for error in answer.context["form"].errors.as_data()["__all__"])


@pytest.fixture
def tries(monkeypatch):
    """The seconds by which tries are counted."""
    cache.clear()
    clock = type("Seconds", (), {"now": 1_800_000_000})()
    monkeypatch.setattr("allauth.core.internal.ratelimit.time.time", lambda: clock.now)
    return clock


def test_after_six_wrong_tries_an_account_rests_for_a_minute_and_no_longer(tries):
    user = factories.make_user()
    first = [try_once(user) for _try in range(6)]
    assert first == ["username_password_mismatch"] * 6
    assert try_once(user) == try_once(user, factories.PASSWORD) == "too_many_login_attempts"
    tries.now += 61
    assert try_once(user, factories.PASSWORD) == "in"


def test_after_a_hundred_wrong_tries_in_an_hour_it_rests_until_the_hour_is_over(tries):
    user, other = factories.make_user(), factories.make_user()
    for _minute in range(20):
        for _try in range(5):
            assert try_once(user) == "username_password_mismatch"
        tries.now += 61
    assert try_once(user, factories.PASSWORD) == "too_many_login_attempts"
    assert try_once(other, factories.PASSWORD) == "in"
    tries.now += HOUR
    assert try_once(user, factories.PASSWORD) == "in"


def test_right_passwords_use_up_no_tries(tries):
    user = factories.make_user()
    assert [try_once(user, factories.PASSWORD) for _try in range(10)] == ["in"] * 10


# --- one answer, one time ---------------------------------------------------------------------------------------------


def cases():
    """Numbers that do not get in: a known one, one without a password, a closed account, none at all."""
    without = factories.make_user("8880002")
    without.set_unusable_password()
    without.save()
    return {
        "known": factories.make_user("8880001").username,
        "no password": without.username,
        "closed": factories.make_user("8880003", is_active=False).username,
        "unknown": "8889999",
    }


def test_every_number_that_does_not_get_in_costs_one_hash_and_gets_one_answer(monkeypatch, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    from django.contrib.auth import hashers

    hashed, encode = [], hashers.PBKDF2PasswordHasher.encode

    def count(self, password, salt, iterations=None):
        hashed.append(1)
        return encode(self, password, salt, 1 if iterations is None else iterations)

    monkeypatch.setattr(hashers.PBKDF2PasswordHasher, "iterations", 1)
    monkeypatch.setattr(hashers.PBKDF2PasswordHasher, "encode", count)
    numbers, work, answers = cases(), {}, set()
    for case, number in numbers.items():
        cache.clear()
        hashed.clear()
        answer = Client().post(reverse("account_login"), {"login": number, "password": "not this one"})
        text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", answer.content.decode()).replace(number, "")
        work[case] = len(hashed)
        answers.add((answer.status_code, text))
    assert set(work.values()) == {1}, work
    assert len(answers) == 1


# --- shared computers -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["km", "en"])
def test_every_page_of_an_account_has_the_way_out(language):
    client = Client()
    client.force_login(factories.make_role(Role.Kind.HR).user)
    for path in ("devices", "people", "my-roles", "logins", "account/two-step"):
        page = client.get(f"/{language}/{path}/")
        assert page.status_code == 200 and f'href="/{language}/account/logout/"' in page.content.decode(), path
        assert "no-store" in page["Cache-Control"]


def test_no_form_of_a_case_is_filled_in_by_the_browser():
    forms = {
        (path.name, form)
        for path in (ROOT / "discipline/templates").rglob("*.html")
        for form in re.findall(r"<form[^>]*>", path.read_text(encoding="utf-8"))
    }
    assert len(forms) >= 8
    assert {each for each in forms if 'autocomplete="off"' not in each[1]} == set()

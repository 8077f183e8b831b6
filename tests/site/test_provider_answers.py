"""Which answers of an identity provider are believed, and what is said where none comes."""

import time

import jwt
import pytest
from django.core.cache import cache
from django.test import Client

from tests import factories
from tests.site.fake_provider import CLIENT_ID, key_of
from tests.site.provider_visits import (
    NOW,
    SILENT,
    UNCHECKED,
    come_back,
    go,
    log_in,
    nurse,
    read,
    refusals,
    user_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    cache.clear()


def signed_by_another(claims):
    return jwt.encode(claims, key_of("three"), algorithm="RS256", headers={"kid": "one"})


def signed_by_unknown(claims):
    return jwt.encode(claims, key_of("three"), algorithm="RS256", headers={"kid": "three"})


def signed_by_nobody(claims):
    return jwt.encode(claims, None, algorithm="none", headers={"kid": "one"})


def signed_with_the_secret(claims):
    return jwt.encode(
        claims, "a secret of the provider, long enough for this", algorithm="HS256", headers={"kid": "one"}
    )


PAST = {"iat": int(time.time()) - 900, "exp": int(time.time()) - 600}


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "somebody-else"},
        {"aud": [CLIENT_ID, "somebody-else"]},
        {"azp": "somebody-else"},
        {"nonce": "of another visit"},
        {"nonce": None},
        {"exp": None},
        {"sub": ""},
        {"sub": "x" * 192},
        PAST,
    ],
    ids=str,
)
def test_an_id_token_with_a_wrong_word_in_it_opens_nothing(provider, ministry, claims):
    nurse(ministry)
    client, answer = log_in(provider, **claims)
    assert answer.status_code == 400 and UNCHECKED in answer.content.decode() and user_of(client) is None
    assert refusals() == []  # anybody can send such a thing: it is in the log, and fills no record


@pytest.mark.parametrize("forge", [signed_by_another, signed_by_unknown, signed_by_nobody, signed_with_the_secret])
def test_an_id_token_that_the_provider_did_not_sign_opens_nothing(provider, ministry, forge):
    nurse(ministry)
    provider.make_token = forge
    client, answer = log_in(provider)
    assert answer.status_code == 400 and UNCHECKED in answer.content.decode() and user_of(client) is None


@pytest.mark.parametrize(
    ("token", "status", "sentence"),
    [
        ((400, {"error": "invalid_grant", "hint": "440001"}), 400, UNCHECKED),
        ((200, {"access_token": "at"}), 400, UNCHECKED),
        ((200, {"access_token": "at", "id_token": "no.token.at-all"}), 400, UNCHECKED),
        ((200, ["access_token"]), 400, UNCHECKED),
        ((200, b'{"half": '), 503, SILENT),
    ],
)
def test_a_token_answer_that_cannot_be_used_opens_nothing(provider, ministry, token, status, sentence, caplog):
    nurse(ministry)
    provider.token_answer = token
    _client, answer = log_in(provider)
    assert answer.status_code == status and sentence in answer.content.decode()
    assert "440001" not in caplog.text and "A login through moh failed" in caplog.text


def test_an_answer_serves_once_and_only_the_browser_that_asked(provider, ministry):
    nurse(ministry)
    client = Client()
    client.cookies["conduct_language"] = "en"
    provider.claims = {"staff_number": "440001"}
    _asked, query = provider.consent(go(client, provider))
    stranger = Client()
    assert come_back(stranger, query).status_code == 400 and user_of(stranger) is None
    assert come_back(client, query).status_code == 302
    client.post("/en/account/logout/")
    assert come_back(client, query).status_code == 400 and user_of(client) is None


def test_whoever_cancels_at_the_provider_is_told_what_next(provider):
    client = Client()
    asked, _query = provider.consent(go(client, provider))
    answer = come_back(client, {"error": "access_denied", "state": asked["state"]})
    assert answer.status_code == 200 and "did not finish logging in" in answer.content.decode()


@pytest.mark.parametrize(
    "said",
    [
        {"issuer": "https://elsewhere.example"},
        {"issuer": None},
        {"authorization_endpoint": "https://elsewhere.example/auth"},
        {"token_endpoint": "ftp://elsewhere.example/"},
        {"jwks_uri": None},
    ],
    ids=str,
)
def test_a_server_that_is_not_the_one_of_the_settings_is_not_gone_to(provider, client, said):
    provider.discovery = said
    answer = read(client, client.post("/en/account/provider/moh/"))
    assert answer.status_code == 400 and UNCHECKED in answer.content.decode()


# --- the provider is down -------------------------------------------------------------------------------------------


def test_a_provider_that_is_down_says_so_and_the_password_still_opens(provider, ministry, client):
    person = nurse(ministry)
    _asked, query = provider.consent(go(client, provider))
    provider.stop()
    for answer in (read(client, client.post("/en/account/provider/moh/")), come_back(client, query)):
        assert answer.status_code == 503 and SILENT in answer.content.decode()
    client.post("/en/account/login/", {"login": person.user.username, "password": factories.PASSWORD})
    assert user_of(client) == person.user

"""What was typed survives a session that ended, for whoever typed it, and for nobody else."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

pytestmark = pytest.mark.django_db

FORM = "/km/account/password/"
TYPED = {"note": "ខ្ញុំបានសរសេរវែង", "choice": ["a", "b"], "oldpassword": "secret", "password1": "secret"}


@pytest.fixture
def account():
    return get_user_model().objects.create_user("EDU-0001", password="a long enough word")


def log_in(client, name="EDU-0001"):
    return client.post(
        "/km/account/login/", {"login": name, "password": "a long enough word", "next": "/km/account/kept/"}
    )


def end_session(client):
    """Lets the session run out, as an hour of reading does."""
    Session.objects.filter(pk=client.session.session_key).update(expire_date=timezone.now() - timedelta(hours=2))


def test_form_sent_after_the_session_ended_is_kept_without_secrets(client, account):
    client.force_login(account)
    end_session(client)
    response = client.post(FORM, TYPED)
    assert "next=%2Fkm%2Faccount%2Fkept%2F" in response["Location"]
    log_in(client)
    page = client.get("/km/account/kept/").content.decode()
    assert f'action="{FORM}"' in page
    assert TYPED["note"] in page
    assert page.count('name="choice"') == 2
    assert "secret" not in page


def test_kept_form_is_gone_once_it_was_sent_again(client, account):
    client.force_login(account)
    end_session(client)
    client.post(FORM, TYPED)
    log_in(client)
    client.post(FORM, TYPED)
    assert client.get("/km/account/kept/")["Location"] == "/km/account/start/"


def test_kept_form_is_not_shown_to_another_account(client, account):
    get_user_model().objects.create_user("EDU-0002", password="a long enough word")
    client.force_login(account)
    end_session(client)
    client.post(FORM, TYPED)
    log_in(client, "EDU-0002")
    assert client.get("/km/account/kept/")["Location"] == "/km/account/start/"


def test_stale_token_from_our_own_page_can_be_sent_again(account):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(account)
    page = strict.post(FORM, TYPED, headers={"origin": "http://testserver"})
    assert page.status_code == 403
    assert TYPED["note"] in page.content.decode()


def test_form_from_another_site_is_never_offered_again(account):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(account)
    for origin in ({"origin": "https://evil.example"}, {"referer": "https://evil.example/"}, {}):
        page = strict.post(FORM, TYPED, headers=origin)
        assert page.status_code == 403
        assert TYPED["note"] not in page.content.decode()

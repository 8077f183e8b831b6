"""What holds for every page: its language, its policy, whether it may be kept, and the pages for when it is wrong."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from django.utils import translation

pytestmark = pytest.mark.django_db

LOGIN = "/km/account/login/"


@pytest.fixture
def account():
    return get_user_model().objects.create_user("EDU-0001", password="a long enough word")


def test_front_door_leads_to_khmer_whatever_the_phone_is_set_to(client):
    response = client.get("/", headers={"accept-language": "en-GB,en;q=0.9"})
    assert response["Location"] == "/km/"


def test_language_switch_keeps_the_place_and_the_query(client):
    page = client.get(f"{LOGIN}?next=/km/account/start/").content.decode()
    assert 'href="/en/account/login/?next=%2Fkm%2Faccount%2Fstart%2F"' in page
    assert 'hreflang="en"' in page


def test_language_is_remembered_for_addresses_that_have_none(client):
    client.get("/en/account/login/")
    assert client.cookies["conduct_language"].value == "en"
    assert client.get("/nowhere/")["Content-Language"] == "en"


def test_address_without_language_obeys_lang_and_ignores_nonsense(client):
    assert client.get("/nowhere/?lang=en")["Content-Language"] == "en"
    assert Client().get("/nowhere/?lang=" + "x" * 100_000)["Content-Language"] == "km"


def test_switch_on_an_address_without_language_asks_by_lang(client):
    assert 'href="/nowhere/?lang=en"' in client.get("/nowhere/").content.decode()


@pytest.mark.parametrize("language", ["km", "en"])
def test_missing_page_answers_404_in_the_frame(client, language):
    response = client.get(f"/{language}/account/nowhere/")
    assert response.status_code == 404
    page = response.content.decode()
    assert f'<html lang="{language}">' in page
    with translation.override(language):
        assert translation.gettext("We cannot find this page") in page


def test_policy_is_strict_on_the_site_and_loose_only_in_the_admin(client, account):
    strict = client.get(LOGIN)["Content-Security-Policy"]
    assert "unsafe" not in strict
    assert "default-src 'none'" in strict and "frame-ancestors 'none'" in strict
    loose = client.get("/admin/")["Content-Security-Policy"]
    assert "script-src 'self' 'unsafe-inline'" in loose


def test_redirect_of_the_front_door_carries_the_policy_too(client):
    assert "Content-Security-Policy" in client.get("/")


def test_pages_carry_no_inline_style_or_script(client):
    page = client.get(LOGIN).content.decode()
    assert "style=" not in page and not re.search(r"<script(?![^>]* src=)", page) and " on" + "click=" not in page


def test_nothing_is_kept_unless_a_view_says_so(client):
    assert "no-store" in client.get(LOGIN)["Cache-Control"]


def test_health_answers_without_a_language_or_a_session(client):
    response = client.get("/healthz")
    assert response.json() == {"status": "ok"}
    assert "sessionid" not in response.cookies and "conduct_language" not in response.cookies


def test_nobody_can_sign_up_or_reset_by_mail(client):
    for address in ("signup", "email", "password/reset"):
        assert client.get(f"/km/account/{address}/").status_code == 404


def test_login_takes_khmer_digits(client, account):
    response = client.post(LOGIN, {"login": "EDU-០០០១", "password": "a long enough word"})
    assert response.status_code == 302
    assert response["Location"] == reverse("start")


def test_login_says_what_was_wrong_and_keeps_the_number(client, account):
    page = client.post(LOGIN, {"login": "EDU-0001", "password": "wrong"}).content.decode()
    assert 'role="alert"' in page
    assert 'value="EDU-0001"' in page


def test_right_password_is_refused_after_six_wrong_ones(client, account):
    from django.core.cache import cache

    cache.clear()
    for _ in range(6):
        client.post(LOGIN, {"login": "EDU-0001", "password": "wrong"})
    response = client.post(LOGIN, {"login": "EDU-0001", "password": "a long enough word"})
    assert response.status_code in (200, 429)
    assert "_auth_user_id" not in client.session
    cache.clear()


def test_server_error_page_needs_neither_session_nor_database(client, rf, django_assert_num_queries):
    from conduct_site.views import server_error

    with django_assert_num_queries(0):
        response = server_error(rf.get("/km/"))
    assert response.status_code == 500
    assert b"<h1>" in response.content


def test_session_is_renewed_by_use_but_not_written_on_every_page(client, account):
    client.force_login(account)
    client.get("/km/account/password/")
    seen = client.session["seen"]
    client.get("/km/account/password/")
    assert client.session["seen"] == seen
    session = client.session
    session["seen"] = seen - 301
    session.save()
    client.get("/km/account/password/")
    assert client.session["seen"] >= seen

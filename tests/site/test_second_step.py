"""A role that must have a second step is led to it before anything else; passkeys without JavaScript say so."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.urls import reverse

from conduct_site.second_step import OPEN
from institutions.models import Role
from tests import factories
from tests.site.access_table import TABLE
from tests.site.khmer_reading import latin_words, read
from tests.site.test_headers import CACHEABLE

pytestmark = pytest.mark.django_db


@pytest.fixture
def hr(settings):
    settings.CONDUCT_MFA_ROLES = ["hr", "owner"]
    user = factories.make_role(Role.Kind.HR).user
    client = Client()
    client.force_login(user)
    return client, user


def leads_to_set_up(response):
    return response.status_code == 302 and response["Location"] == reverse("second_step_required")


@pytest.mark.parametrize("name", ["certification:person_list", "start", "institutions:session_list"])
def test_without_the_second_step_every_page_leads_to_it(hr, name):
    client, _user = hr
    assert leads_to_set_up(client.get(reverse(name)))
    assert leads_to_set_up(client.post(reverse(name)))


def test_htmx_is_led_there_as_a_whole_page(hr):
    client, _user = hr
    answer = client.get(reverse("certification:person_list"), headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == reverse("second_step_required")


@pytest.mark.parametrize("name", ["second_step_required", "account_logout", "help", "mfa_index"])
def test_set_up_leaving_help_and_public_pages_stay_open(hr, name):
    client, _user = hr
    assert client.get(reverse(name)).status_code == 200


def test_the_page_of_set_up_leads_to_both_ways_in_both_languages(hr):
    client, _user = hr
    for language in ("km", "en"):
        page = client.get(f"/{language}/account/second-step/").content.decode()
        assert f"/{language}/account/two-step/totp/activate/" in page
        assert f"/{language}/account/two-step/webauthn/add/" in page


def test_with_the_second_step_nothing_stands_in_the_way(hr):
    client, user = hr
    TOTP.activate(user, generate_totp_secret())
    assert client.get(reverse("certification:person_list")).status_code == 200
    assert client.get(reverse("second_step_required"))["Location"] == reverse("start")


def test_other_roles_and_officers_are_not_asked(hr):
    monitor = Client()
    monitor.force_login(factories.make_role(Role.Kind.MONITOR).user)
    assert monitor.get(reverse("certification:coverage")).status_code == 200


def test_the_platform_owner_is_asked_as_owner(hr):
    owner = Client()
    owner.force_login(factories.make_user(is_superuser=True))
    assert leads_to_set_up(owner.get(reverse("wagtailadmin_home")))


def test_a_role_that_is_granted_counts_from_the_next_request(settings):
    settings.CONDUCT_MFA_ROLES = ["hr"]
    user = factories.make_user()
    client = Client()
    client.force_login(user)
    assert not leads_to_set_up(client.get(reverse("start")))
    factories.make_role(Role.Kind.HR, user=user)
    assert leads_to_set_up(client.get(reverse("start")))


def test_what_a_shared_cache_keeps_stays_open_and_asks_no_session(hr):
    client, _user = hr
    assert set(CACHEABLE) <= OPEN <= set(TABLE)
    answer = client.get(reverse("conduct_codes:register"))
    assert "Cookie" not in answer.headers.get("Vary", "")


def test_a_button_for_passkeys_is_hidden_until_a_script_shows_it(hr):
    for page in (Client().get(reverse("account_login")),):
        text = page.content.decode()
        button = text[text.index('id="passkey_login"') :].partition(">")[0]
        assert "hidden" in button and "<noscript>" in text


def test_a_forged_passkey_opens_nothing():
    client = Client()
    for credential in ("", "{}", "[]", '"x"', '{"id": "AA", "rawId": "AA", "response": {}, "type": "public-key"}'):
        answer = client.post(reverse("mfa_login_webauthn"), {"credential": credential})
        assert answer.status_code == 302 and "_auth_user_id" not in client.session


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_login_page_says_what_to_do_when_locked_out_at_night(language):
    text = Client().get(f"/{language}/account/login/").content.decode()
    assert text.count("<details") == 2 and reverse("institutions:activate") in text


# --- pages of passkeys, which no link of the demo leads to ------------------------------------------------------------


@pytest.fixture
def keeper():
    """An account with a passkey that has just said its password again."""
    user = factories.make_user()
    Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "ទូរស័ព្ទ", "credential": {}})
    client = Client()
    client.force_login(user)
    client.post(reverse("account_reauthenticate"), {"password": factories.PASSWORD})
    return client, Authenticator.objects.get(user=user)


def test_pages_of_passkeys_and_of_the_required_step_are_khmer(keeper, hr):
    client, key = keeper
    pages = [client.get(reverse(name)) for name in ("mfa_index", "mfa_list_webauthn")]
    pages += [client.get(reverse(name, args=[key.pk])) for name in ("mfa_edit_webauthn", "mfa_remove_webauthn")]
    pages.append(client.post(reverse("mfa_edit_webauthn", args=[key.pk]), {"name": ""}))
    pages.append(hr[0].get(reverse("second_step_required")))
    hr[0].post(reverse("account_reauthenticate"), {"password": factories.PASSWORD})
    pages.append(hr[0].get(reverse("mfa_add_webauthn")))
    assert [page.status_code for page in pages] == [200] * len(pages)
    assert [latin_words(read(page.content.decode())) for page in pages] == [set()] * len(pages)


def test_a_passkey_is_renamed_and_removed_by_its_owner_alone(keeper, hr):
    client, key = keeper
    client.post(reverse("mfa_edit_webauthn", args=[key.pk]), {"name": "កុំព្យូទ័រ"})
    assert "កុំព្យូទ័រ" in client.get(reverse("mfa_list_webauthn")).content.decode()
    stranger, _user = hr
    stranger.post(reverse("account_reauthenticate"), {"password": factories.PASSWORD})
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        assert stranger.get(reverse(name, args=[key.pk])).status_code == 404
    client.post(reverse("mfa_remove_webauthn", args=[key.pk]))
    assert not Authenticator.objects.exists()


def test_saying_again_who_one_is_offers_the_passkey_in_khmer(keeper):
    _client, key = keeper
    again = Client()
    again.force_login(key.user)
    page = again.get(reverse("account_reauthenticate")).content.decode()
    assert reverse("mfa_reauthenticate_webauthn") in page and latin_words(read(page)) == set()

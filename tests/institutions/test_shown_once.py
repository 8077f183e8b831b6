"""A secret on its way to the page that shows it: once, within minutes, never in the open."""

import datetime
from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import translation

from institutions import sealing, shown_once
from institutions.models import ApiClient
from tests import factories

pytestmark = pytest.mark.django_db
SECRET = "conduct_0123_of_nobody"


def visit(session=None, *, method="GET", later=0):
    now = factories.moment() + datetime.timedelta(seconds=later)
    return SimpleNamespace(session={} if session is None else session, now=now, method=method)


def kept(of="client:1"):
    request = visit()
    shown_once.keep(request, of=of, secret=SECRET)
    return request.session


def test_a_secret_is_taken_once():
    session = kept()
    assert shown_once.take(visit(session), of="client:1") == SECRET
    assert shown_once.take(visit(session), of="client:1") == ""


def test_what_waits_in_the_session_is_sealed():
    assert SECRET not in str(kept())


@pytest.mark.parametrize(("seconds", "found"), [(300, SECRET), (301, "")])
def test_it_waits_five_minutes(seconds, found):
    assert shown_once.take(visit(kept(), later=seconds), of="client:1") == found


def test_the_page_of_another_thing_does_not_show_it():
    session = kept()
    assert shown_once.take(visit(session), of="client:2") == shown_once.take(visit(), of="client:1") == ""
    assert shown_once.take(visit(session), of="client:1") == SECRET


def test_two_forms_one_after_the_other_show_both():
    session = kept("client:1")
    shown_once.keep(visit(session), of="webhook:1", secret="another")
    assert shown_once.take(visit(session), of="client:1") == SECRET
    assert shown_once.take(visit(session), of="webhook:1") == "another"


def test_a_head_request_takes_nothing():
    session = kept()
    assert shown_once.take(visit(session, method="HEAD"), of="client:1") == ""
    assert shown_once.take(visit(session), of="client:1") == SECRET


def test_after_the_key_of_the_site_changed_nothing_is_shown(settings):
    session = kept()
    settings.SECRET_KEY = "another-key-0123456789-0123456789-0123456789"
    assert shown_once.take(visit(session), of="client:1") == ""


def test_what_was_sealed_for_one_purpose_opens_for_no_other():
    with pytest.raises(sealing.SecretLost):
        sealing.unseal(sealing.seal(SECRET, purpose="one"), purpose="another")


# --- the page ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def shown(client, monkeypatch):
    """A registrar who has just let a system in, and the address that shows its token."""
    monkeypatch.setattr("django.utils.timezone.now", factories.moment)
    ministry = factories.make_institution(code="ministry")
    client.force_login(factories.make_role("registrar", ministry).user)
    form = {"name": "Payroll", "institution": "ministry", "may_push": "on", "expires_on": "2027-05-01"}
    return client, client.post(reverse("institutions:client_new"), form)["Location"]


def test_a_reload_says_that_it_was_shown_and_makes_no_second_token(shown):
    client, address = shown
    first, second = client.get(address), client.get(address)
    token = first.context["token"]
    made = ApiClient.objects.get()
    assert token and token not in address and token not in second.content.decode()
    assert reverse("institutions:client_renew", args=[made.pk]) in second.content.decode()
    assert "no-store" in first["Cache-Control"] and "no-store" in second["Cache-Control"]
    assert factories.Machine(token).get("/client").status_code == 200


def test_another_registrar_of_the_ministry_is_not_shown_it(shown, client):
    _client, address = shown
    other = type(client)()
    other.force_login(factories.make_role("registrar", ApiClient.objects.get().institution).user)
    assert other.get(address).context["token"] == ""


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_page_after_the_showing_is_in_the_language_of_its_address(shown, language):
    client, _address = shown
    with translation.override(language):
        address = reverse("institutions:client_token", args=[ApiClient.objects.get().pk])
    client.get(address)
    text = client.get(address).content.decode()
    assert ("The token is not shown again" in text) == (language == "en")

"""What the settings say of identity providers: read from the environment, and complained of where half is missing."""

import json

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from conduct_site.providers import checks
from conduct_site.providers.configured import configured, from_environment, is_usable_address
from tests import factories
from tests.site.test_settings import COMPLETE, manage

ENTRY = {
    "id": "moh",
    "name": {"km": "ក្រសួងសុខាភិបាល", "en": "Ministry of Health"},
    "server": "https://login.example.org/realms/moh",
    "client_id": "conduct",
    "secret": "secret-of-the-provider",
    "claim": "staff_number",
    "register": "moh",
}


def problems(settings, **facts):
    settings.CONDUCT_OIDC = [{name: value for name, value in (ENTRY | facts).items() if value is not None}]
    return [found.msg for found in checks.check_entries(None)]


def test_providers_come_as_json_or_as_the_path_of_a_file(tmp_path):
    file = tmp_path / "providers.json"
    file.write_text(json.dumps([ENTRY]), encoding="utf-8")
    assert from_environment(json.dumps(ENTRY)) == from_environment(str(file)) == [ENTRY]
    assert from_environment("  ") == []


@pytest.mark.parametrize("value", ['[{"secret": "tell nobody"', "/no/such/file.json"])
def test_what_cannot_be_read_stops_the_site_and_tells_no_secret(value):
    with pytest.raises(ImproperlyConfigured) as refusal:
        from_environment(value)
    assert "CONDUCT_OIDC" in str(refusal.value) and "tell nobody" not in str(refusal.value)


def test_a_whole_entry_is_offered_in_both_languages(settings):
    assert problems(settings) == [] and [provider.label for provider in configured()] == ["ក្រសួងសុខាភិបាល"]
    assert "secret-of-the-provider" not in repr(configured())


@pytest.mark.parametrize(
    ("facts", "complaint"),
    [
        ({"secret": None}, "secret is missing"),
        ({"secret": " "}, "secret is missing"),
        ({"client_id": None}, "client_id is missing"),
        ({"claim": None}, "claim is missing"),
        ({"register": None}, "register is missing"),
        ({"server": None}, "server is missing"),
        ({"server": "http://login.example.org"}, "begins with https"),
        ({"server": "https://user:pass@login.example.org"}, "begins with https"),
        ({"server": "https://a.example;script-src *"}, "begins with https"),
        ({"server": "https://["}, "begins with https"),
        ({"id": "Ministry of Health"}, "id is missing"),
        ({"name": {"en": "Health"}}, "no text in km"),
        ({"name": "Health"}, "no text in en"),
        ({"second_step": ["otp"]}, "second_step"),
        ({"second_step": {"amr": "otp"}}, "second_step"),
        ({"verified_claim": True}, "verified_claim"),
        ({"secrett": "x"}, "secrett is not known"),
    ],
    ids=str,
)
def test_half_an_entry_is_complained_of_and_not_offered(settings, facts, complaint):
    (found,) = problems(settings, **facts)
    assert complaint in found and found.startswith("CONDUCT_OIDC, ") and configured() == []
    assert "secret-of-the-provider" not in found


def test_what_is_no_entry_at_all_is_complained_of(settings):
    settings.CONDUCT_OIDC = ["moh"]
    assert [found.id for found in checks.check_entries(None)] == ["conduct.E003"] and configured() == []


def test_two_providers_with_one_id_are_complained_of(settings):
    settings.CONDUCT_OIDC = [ENTRY, ENTRY | {"client_id": "other"}]
    assert [found.id for found in checks.check_entries(None)] == ["conduct.E004"]
    assert [provider.client_id for provider in configured()] == ["conduct"]


@pytest.mark.django_db
def test_a_register_that_there_is_not_is_complained_of(settings):
    settings.CONDUCT_OIDC = [ENTRY, ENTRY | {"id": "school", "register": "s-1"}]
    factories.make_institution(factories.make_institution(code="moh"), code="s-1")
    (found,) = checks.check_registers(None)
    assert found.id == "conduct.E005" and "CONDUCT_OIDC, school" in found.msg
    with pytest.raises(SystemCheckError, match=r"conduct\.E005"):
        call_command("check", "--deploy", "--tag=security")


def test_http_is_for_debugging_alone(settings):
    assert not is_usable_address("http://127.0.0.1:8080/realms/moh") and is_usable_address(ENTRY["server"])
    settings.DEBUG = True
    assert is_usable_address("http://127.0.0.1:8080/realms/moh")


def test_check_deploy_complains_of_the_environment_of_a_public_site(tmp_path):
    given = COMPLETE | {"CONDUCT_OIDC": json.dumps(ENTRY | {"secret": "", "server": "http://login.example.org"})}
    module = "conduct_site.settings.production"
    result = manage("check", "--deploy", settings_module=module, DATA_DIR=str(tmp_path), **given)
    assert result.returncode != 0
    assert "conduct.E003" in result.stderr and "secret is missing" in result.stderr and "https://" in result.stderr
    assert "conduct.W001" in result.stderr  # a database that is not migrated yet

"""The table of addresses: one namespace an app, with a language for pages and none for what is permanent."""

from django.urls import resolve, reverse
from django.utils import translation


def test_pages_of_an_app_carry_the_language_and_permanent_addresses_do_not():
    for language in ("km", "en"):
        with translation.override(language):
            assert reverse("certification:training") == f"/{language}/training/"
            assert reverse("certification:verify_lookup") == "/c/"
            assert resolve(f"/{language}/training/").view_name == "certification:training"
    assert resolve("/c/").view_name == "certification:verify_lookup"


def test_menu_of_an_english_page_stays_english_on_an_address_without_language(client, db):
    assert 'href="/c/?lang=en"' in client.get("/en/account/login/").content.decode()
    assert 'href="/c/"' in client.get("/km/account/login/").content.decode()

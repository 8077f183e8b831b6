"""The site as an app on a phone: its worker, its name and pictures, and what logging out tells the browser."""

import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from PIL import Image

from conduct_site import installed
from tests import factories

pytestmark = pytest.mark.django_db


def test_worker_may_serve_the_whole_site_and_is_asked_for_anew(client):
    response = client.get("/sw.js")
    assert response["Content-Type"].startswith("text/javascript")
    assert response["Service-Worker-Allowed"] == "/"
    assert "no-cache" in response["Cache-Control"]
    assert "worker-src 'self';" in response["Content-Security-Policy"] + ";"
    assert "manifest-src 'self';" in response["Content-Security-Policy"] + ";"
    assert not response.cookies


def test_worker_keeps_our_own_files_and_two_pages_without_a_name(client):
    script = client.get("/sw.js").content.decode()
    files = json.loads(re.search(r"const FILES = (.*);", script)[1])
    pages = json.loads(re.search(r"const PAGES = (.*);", script)[1])
    assert files and all(finders.find(name.removeprefix("/static/")) for name in files)
    assert pages == {"km": "/km/learn/offline/", "en": "/en/learn/offline/"}
    for page in pages.values():
        assert "public" in client.get(page)["Cache-Control"]


def test_worker_is_another_one_as_soon_as_a_file_is(client, monkeypatch):
    before = client.get("/sw.js").content
    assert client.get("/sw.js").content == before
    monkeypatch.setattr(installed, "static", lambda name: f"/static/{name}?2")
    assert client.get("/sw.js").content != before


def test_page_of_saved_courses_needs_no_file_that_the_worker_does_not_keep(client):
    page = client.get("/km/learn/offline/").content.decode()
    named = set(re.findall(r'(?:href|src)="/static/([^"]+)"', page))
    assert named and named <= set(installed.FILES)


@pytest.mark.parametrize(("language", "name"), [("km", "ក្រមសីលធម៌វិជ្ជាជីវៈ"), ("en", "Professional Codes of Conduct")])
def test_manifest_names_the_site_in_the_language_of_the_page(client, language, name):
    response = client.get(f"/{language}/app.webmanifest")
    facts = response.json()
    assert response["Content-Type"] == "application/manifest+json"
    assert (facts["name"], facts["lang"]) == (name, language)
    assert facts["start_url"].startswith(f"/{language}/")
    assert {icon["purpose"] for icon in facts["icons"]} == {"any", "maskable"}
    for icon in facts["icons"]:
        picture = Path(finders.find(icon["src"].removeprefix("/static/")))
        with Image.open(picture) as image:
            assert "x".join(map(str, image.size)) == icon["sizes"]
        assert picture.stat().st_size < 10_000


def test_only_pages_of_learners_name_the_manifest(client):
    assert "app.webmanifest" not in client.get("/km/account/login/").content.decode()
    post = factories.make_post()
    client.force_login(factories.give_account(post.person))
    assert "app.webmanifest" in client.get("/km/training/").content.decode()


def test_logging_out_deletes_what_the_site_keeps_on_the_phone_even_without_scripts(client):
    post = factories.make_post()
    client.force_login(factories.give_account(post.person))
    asked = client.get("/km/account/logout/")
    assert "Clear-Site-Data" not in asked
    assert client.post("/km/account/logout/")["Clear-Site-Data"] == '"storage"'
    assert "Clear-Site-Data" not in client.post("/km/account/logout/")

"""The front page: every code with its edition, kept by any cache, with no trace of who looks."""

import datetime

import pytest
from django.core.cache import cache
from wagtail.models import Site

from conduct_site.models import HomePage
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def front(client):
    """A front page in Khmer, with an English translation, at the root of the site."""
    cache.clear()
    line = {"number": "1288", "what": "ប៉ូលិស", "checked_on": datetime.date(2026, 11, 4)}
    page = HomePage(
        title="ទំព័រដើម",
        slug="front",
        heading="រកក្រមសីលធម៌",
        intro="<p>អ្នករាល់គ្នាអាចអាន។</p>",
        hotlines=[("hotline", line)],
        locale=factories.locale("km"),
    )
    factories.root_page().add_child(instance=page)
    Site.objects.all().delete()
    Site.objects.create(hostname="testserver", root_page=page, is_default_site=True)
    english = page.copy_for_translation(factories.locale("en"))
    english.heading = "Find your code"
    english.save_revision().publish()
    Site.clear_site_root_paths_cache()
    return page


def test_front_page_shows_each_code_with_articles_and_edition(client, front):
    factories.make_edition()
    page = client.get("/km/").content.decode()
    assert "បុគ្គលិកអប់រំ" in page
    english = client.get("/en/").content.decode()
    assert "Education staff" in english
    assert "3 articles" in english and "edition 1" in english


def test_front_page_takes_the_same_queries_for_one_and_for_three_codes(client, front, django_assert_num_queries):
    factories.make_edition()
    assert front.tiles(factories.TODAY)[0]["edition"].article_count == 3
    for slug in ("health", "tourism"):
        factories.make_edition(factories.make_code(factories.make_sector(slug)))
    with django_assert_num_queries(3):
        tiles = front.tiles(factories.TODAY)
        names = [(tile["page"].code.sector.name, tile["page"].code.owner.name) for tile in tiles]
    assert len(names) == 3


def test_front_page_may_be_kept_and_carries_no_name_and_no_cookie(client, front):
    person = factories.make_person()
    client.force_login(factories.give_account(person))
    session_cookie = client.cookies["sessionid"].value
    response = client.get("/en/")
    page = response.content.decode()
    assert response["Cache-Control"] == "public, max-age=300"
    assert "Cookie" not in response.get("Vary", "")
    assert person.name_latin not in page and person.user.username not in page
    assert not response.cookies or response.cookies["sessionid"].value == session_cookie


def test_switch_leads_to_the_translated_page_and_else_to_the_front_page(client, front):
    assert 'href="/en/" lang="en"' in client.get("/km/").content.decode()
    front.get_translations().get().specific.unpublish()
    assert 'href="/en/" lang="en"' in client.get("/km/").content.decode()


def test_hotline_is_dialled_in_latin_digits_and_says_when_it_was_checked(client, front):
    page = client.get("/km/").content.decode()
    assert 'href="tel:1288"' in page
    assert "៤ វិច្ឆិកា ២០២៦" in page


def test_a_code_without_edition_says_so(client, front):
    factories.make_code_page(language="en")
    assert "not adopted yet" in client.get("/en/").content.decode()

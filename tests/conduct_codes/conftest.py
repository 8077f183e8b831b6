"""A front page in both languages with a list of codes below it: what a page needs to have an address."""

import pytest
from django.core.cache import cache
from django.utils import translation
from wagtail.models import Site

from conduct_codes.models import CodeIndexPage
from conduct_site.models import HomePage
from tests.factories import locale, root_page


@pytest.fixture
def site(db):
    key = None
    for language in ("km", "en"):
        facts = {"locale": locale(language), **({"translation_key": key} if key else {})}
        home = HomePage(title=f"Home {language}", slug=f"home-{language}", heading="Heading", **facts)
        root_page().add_child(instance=home)
        if key is None:
            key, first = home.translation_key, home
        home.add_child(instance=CodeIndexPage(title="All codes", slug="codes", locale=locale(language)))
    Site.objects.all().delete()
    return Site.objects.create(hostname="testserver", root_page=first, is_default_site=True)


@pytest.fixture(autouse=True)
def no_tries_counted():
    """Rate limits of one test are not those of the next."""
    cache.clear()


@pytest.fixture
def english_sentences(first_language):
    """Sentences are compared in English; a page has the language of its address."""
    translation.activate("en")

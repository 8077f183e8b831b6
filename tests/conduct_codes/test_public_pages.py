"""What everybody may read: the list of codes, a code's page, the permanent address of an edition."""

import datetime
import hashlib

import pytest
from django.urls import reverse
from wagtail.models import Page

from conduct_codes.models import CodeIndexPage, CodePage
from conduct_site.models import HomePage
from tests import factories
from tests.factories import TODAY

pytestmark = pytest.mark.django_db


def address(code, number, language=None):
    return reverse("conduct_codes:edition", args=[code.slug, number]) + (f"?lang={language}" if language else "")


def body(response):
    assert response.status_code == 200
    return response.content.decode()


def test_edition_address_has_no_language_and_never_changes():
    assert address(factories.make_code(), 3) == "/editions/education/3/"


def test_edition_page_is_public_names_every_hash_and_holds_no_name(client, site):
    edition = factories.make_edition()
    client.force_login(factories.give_account(factories.make_post().person))
    response = client.get(address(edition.code, 1))
    page = body(response)
    assert response["Cache-Control"] == "public, max-age=300"
    assert not response.cookies
    for text in edition.texts.all():
        assert text.sha256 in page
    assert 'class="who"' not in page
    assert "អត្ថបទ 2" in page


def test_edition_page_follows_the_language_of_the_address_not_of_a_cookie(client):
    edition = factories.make_edition()
    client.cookies["conduct_language"] = "en"
    assert '<html lang="km">' in body(client.get(address(edition.code, 1)))
    english = body(client.get(address(edition.code, 1, "en")))
    assert '<html lang="en">' in english
    assert "Text 2" in english


def test_edition_page_shows_the_authoritative_text_where_there_is_no_translation(client):
    edition = factories.make_edition(languages=["km"])
    page = body(client.get(address(edition.code, 1, "en")))
    assert "no text in the language of this page" in page
    assert '<div lang="km"><p>អត្ថបទ 2</p></div>' in page


def test_edition_page_says_in_force_replaced_or_not_yet(client):
    first = factories.make_edition(day=TODAY - datetime.timedelta(days=60))
    second = factories.make_edition(first.code, day=TODAY - datetime.timedelta(days=30))
    page = first.code.pages.get(locale__language_code="km")
    factories.adopt(factories.approve(page), in_force_from=datetime.date(2999, 1, 1))
    states = ["Replaced", "In force<", "Not in force yet"]
    found = [[state in body(client.get(address(first.code, n, "en"))) for state in states] for n in (1, 2, 3)]
    assert found == [[True, False, False], [False, True, False], [False, False, True]]
    assert f'href="{address(second.code, 2, "en")}"' in body(client.get(address(first.code, 1, "en")))


@pytest.mark.parametrize("path", ["/editions/education/2/", "/editions/other/1/", "/editions/education/1/fr.json"])
def test_an_unknown_edition_is_not_found(client, path):
    factories.make_edition()
    assert client.get(path).status_code == 404


def test_edition_bytes_are_the_frozen_ones_and_hash_to_the_fingerprint(client):
    edition = factories.make_edition()
    for text in edition.texts.all():
        response = client.get(f"/editions/education/1/{text.language}.json")
        assert response.content == bytes(text.content)
        assert hashlib.sha256(response.content).hexdigest() == text.sha256
        assert response["Content-Type"] == "application/json; charset=utf-8"
        assert response["Cache-Control"] == "public, max-age=300"


def test_edition_bytes_of_an_earlier_revision_stay_at_their_address(client):
    from conduct_codes.actions import freeze_text

    edition = factories.make_edition()
    first = client.get("/editions/education/1/en.1.json").content
    page = edition.code.pages.get(locale__language_code="en")
    page.preamble = "Mended"
    freeze_text(edition=edition, page=page, at=factories.moment())
    assert client.get("/editions/education/1/en.1.json").content == first
    assert client.get("/editions/education/1/en.2.json").content == client.get("/editions/education/1/en.json").content
    assert client.get("/editions/education/1/en.3.json").status_code == 404


def test_code_page_shows_the_edition_in_force_not_the_words_of_the_page(client, site):
    edition = factories.make_edition()
    page = edition.code.pages.get(locale__language_code="en")
    page.title, page.preamble = "Later title", "Later preamble"
    page.save_revision().publish()
    response = client.get(page.get_url())
    shown = body(response)
    assert response["Cache-Control"] == "public, max-age=300"
    assert "Later" not in shown.split("<main")[1]
    assert "Draft, not binding" not in shown
    assert edition.texts.get(language="en").sha256[:4] in shown
    assert address(edition.code, 1, "en") in shown


def test_code_page_without_an_edition_is_a_draft_that_binds_nobody(client, site):
    page = factories.make_code_page(language="en")
    assert "Draft, not binding" in body(client.get(page.get_url()))


def test_code_page_before_its_first_edition_is_in_force_is_a_draft(client, site):
    page = factories.make_code_page()
    factories.adopt(factories.approve(page), in_force_from=datetime.date(2999, 1, 1))
    english = factories.make_code_page(page.code, "en")
    assert "Draft, not binding" in body(client.get(english.get_url()))


def test_code_page_lists_the_measures_of_a_prohibition_by_seriousness(client, site):
    edition = factories.make_edition()
    shown = " ".join(body(client.get(edition.code.pages.get(locale__language_code="en").get_url())).split())
    assert "Minor, First time: <b>Reprimand</b>." in shown
    assert "after the opinion of the disciplinary council" in shown
    assert "Appeal within 30 days." in shown
    assert "To be confirmed by the legal office." in shown


def test_code_page_in_khmer_writes_numbers_in_khmer_digits(client, site):
    edition = factories.make_edition()
    shown = body(client.get(edition.code.pages.get(locale__language_code="km").get_url()))
    article = edition.articles.get(number="2")
    assert f'id="a-{article.key}"' in shown
    assert "២" in shown


def test_code_page_holds_no_name_and_no_cookie_for_whoever_is_logged_in(client, site):
    edition = factories.make_edition()
    client.force_login(factories.give_account(factories.make_post().person))
    response = client.get(edition.code.pages.get(locale__language_code="en").get_url())
    assert 'class="who"' not in body(response)
    assert not response.cookies


@pytest.mark.parametrize("demonstration", [True, False])
def test_code_page_says_illustrative_only_in_a_demonstration(client, site, settings, demonstration):
    settings.CONDUCT_DEMO = demonstration
    page = factories.make_code_page(language="en")
    assert ("Illustrative text" in body(client.get(page.get_url()))) is demonstration


def test_code_page_takes_the_same_queries_for_one_edition_and_for_three(client, site, django_assert_max_num_queries):
    edition = factories.make_edition(day=TODAY - datetime.timedelta(days=90))
    url = edition.code.pages.get(locale__language_code="en").get_url()
    client.get(url)
    counts = []
    for days in (0, 60, 30):
        if days:
            factories.make_edition(edition.code, day=TODAY - datetime.timedelta(days=days))
        with django_assert_max_num_queries(30) as queries:
            client.get(url)
        counts.append(len(queries))
    assert len(set(counts)) == 1


def test_code_list_takes_the_same_queries_for_one_code_and_for_three(client, site, django_assert_max_num_queries):
    counts = []
    for slug in ("education", "health", "police"):
        factories.make_edition(factories.make_code(factories.make_sector(slug)))
        url = CodeIndexPage.objects.get(locale__language_code="en").get_url()
        client.get(url)
        with django_assert_max_num_queries(30) as queries:
            shown = body(client.get(url))
        counts.append(len(queries))
    assert len(set(counts)) == 1
    assert shown.count("Edition 1, in force since") == 3


def test_preview_shows_the_words_being_edited_as_a_draft(site, rf):
    edition = factories.make_edition()
    page = edition.code.pages.get(locale__language_code="en")
    page.title = "Words being edited"
    response = page.make_preview_request()
    assert "Words being edited" in response.content.decode()
    assert "Draft, not binding" in response.content.decode()


def test_a_code_has_one_page_in_a_language(english_sentences):
    from django.core.exceptions import ValidationError

    page = factories.make_code_page()
    other = CodePage(title="Other", slug="other", code=page.code, locale=page.locale)
    with pytest.raises(ValidationError, match="already has a page"):
        other.clean()
    assert Page.objects.type(CodePage).count() == 1


def test_code_page_says_whom_to_call_as_it_lists_it_itself(client, site):
    page = factories.make_code_page(language="en", hotlines=[factories.hotline("1288")])
    assert '<a href="tel:1288" class="num">1288</a>' in body(client.get(page.get_url()))


def test_code_page_says_whom_to_call_as_the_home_page_of_its_language_lists_it(client, site):
    page = factories.make_code_page(language="en", hotlines=[])
    assert "Where to report" not in body(client.get(page.get_url()))
    home = HomePage.objects.get(locale__language_code="en")
    home.hotlines = [("hotline", {"number": "12 88", "what": "Hotline", "checked_on": TODAY})]
    home.save()
    shown = body(client.get(page.get_url()))
    assert '<a href="tel:1288" class="num">12 88</a>' in shown
    assert "Numbers last checked on 23 November 2026" in shown


def test_preview_may_stand_in_a_frame_of_the_admin_and_the_public_page_in_none(client, site):
    page = factories.make_code_page(language="en")
    preview, public = page.make_preview_request(), client.get(page.get_url())
    assert "frame-ancestors 'self'" in preview["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in public["Content-Security-Policy"]

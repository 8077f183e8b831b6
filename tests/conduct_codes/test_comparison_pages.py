"""What changed, on pages: any two texts for everybody, and for a signer since the own signature."""

import datetime
import re

import pytest
from django.urls import reverse

from conduct_codes.models import CodePage
from conduct_codes.sides import Sides
from tests import factories
from tests.factories import TODAY

pytestmark = pytest.mark.usefixtures("site")
MONTH = datetime.timedelta(days=30)


def rewrite(code, change_class="substantive", day=TODAY, without=(), **words):
    """A next edition in which article 2 has other words, and heavier measures if asked."""
    for page in CodePage.objects.filter(code=code).select_related("locale"):
        rows = page.articles.get_prep_value()
        rows = [row for row in rows if row["value"]["number"] not in without]
        for row in rows:
            if row["value"]["number"] == "2":
                row["value"]["text"] = words[page.locale.language_code]
        page.articles = page.articles.stream_block.to_python(rows)
        page.save()
    facts = {"summary": "សេចក្តីសង្ខេប", "summary_latin": "A summary."}
    return factories.make_edition(code, day=day, change_class=change_class, **facts)


@pytest.fixture
def editions(db):
    first = factories.make_edition()
    return first, rewrite(first.code, km="អត្ថបទ 2 ថ្មី", en="Text 2 & <b>more</b>", day=TODAY - MONTH)


def compare(client, old, new, **query):
    path = reverse("conduct_codes:compare", args=[old.code.slug, old.number, new.code.slug, new.number])
    return client.get(path, query)


def test_two_editions_are_compared_for_everybody_in_either_language(client, editions):
    answer = compare(client, *editions, lang="en")
    page = answer.content.decode()
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert "<ins>" in page
    assert "&amp;" in page
    assert "<b>more</b>" not in page
    assert "A summary." in page
    assert "Edition 1" in page
    khmer = compare(client, *editions).content.decode()
    assert re.search(r"<ins>\s*ថ្មី", khmer)
    assert "សេចក្តីសង្ខេប" in khmer


def test_an_edition_beside_itself_shows_nothing(client, editions):
    page = compare(client, editions[0], editions[0], lang="en").content.decode()
    assert "No article differs" in page
    assert '<article class="art"' not in page


def test_an_edition_without_a_translation_is_compared_in_the_authoritative_language(client, db):
    first = factories.make_edition(languages=("km",))
    second = rewrite(first.code, km="ថ្មី", en="")
    assert Sides(first, second, "en").language == "km"
    assert "authoritative texts are compared" in compare(client, first, second, lang="en").content.decode()


def test_codes_of_two_sectors_are_paired_by_topic(client, db):
    teachers = factories.make_edition()
    police = factories.make_edition(factories.make_code(factories.make_sector("police"), slug="police"))
    sides = Sides(teachers, police, "km")
    topics = {(change.old.topic, change.new.topic) for change in sides.comparison.articles}
    assert topics == {("purpose", "purpose"), ("non-violence", "non-violence"), ("reporting", "reporting")}
    assert "Two codes side by side" in compare(client, teachers, police, lang="en").content.decode()


def test_a_comparison_asks_the_database_the_same_number_of_times_however_long_the_texts_are(
    editions, django_assert_num_queries
):
    assert {edition.code.regime_id for edition in editions}
    with django_assert_num_queries(3):
        assert Sides(*editions, "km").comparison.differing


def test_the_form_leads_to_the_address_of_the_comparison_with_the_older_edition_first(client, editions):
    slug = editions[0].code.slug
    path = reverse("conduct_codes:compare_choose")
    assert client.get(path).status_code == 200
    found = client.get(path, {"old": f"{slug}.2", "new": f"{slug}.1", "lang": "en"})
    assert found.url == f"/compare/{slug}/1/{slug}/2/?lang=en"


@pytest.mark.parametrize("query", [{"old": ""}, {"old": "x.1", "new": "y.2"}, {"old": "education.1"}])
def test_the_form_says_what_to_choose(client, editions, query):
    answer = client.get(reverse("conduct_codes:compare_choose"), query)
    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()


def test_an_edition_that_is_not_there_cannot_be_compared(client, editions):
    assert client.get(f"/compare/{editions[0].code.slug}/1/{editions[0].code.slug}/9/").status_code == 404


# --- since the own signature ----------------------------------------------------------------------------------------


@pytest.fixture
def signer(client, db):
    """Somebody who signed the first edition of a code, logged in."""
    edition = factories.make_edition()
    person = factories.make_post().person
    factories.give_account(person)
    factories.sign(person)
    client.force_login(person.user)
    return person, edition


def since(client, code, language="en"):
    return client.get(f"/{language}/signed/{code.slug}/compare/")


def test_the_signer_sees_what_changed_since_the_own_signature(client, signer):
    _person, first = signer
    rewrite(first.code, km="ថ្មី ទៀត", en="Text 2 anew")
    answer = since(client, first.code)
    page = answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    assert "You signed edition 1" in page
    assert "<ins>anew" in page


def test_after_an_erratum_the_signer_reads_that_the_signature_counts(client, signer):
    _person, first = signer
    rewrite(first.code, change_class="erratum", km="ថ្មី ទៀត", en="Text 2 anew")
    page = since(client, first.code).content.decode()
    assert "you need not sign again" in page
    assert "Go to the signature" not in page


def test_nothing_changed_while_the_signed_edition_is_in_force(client, signer):
    assert "Nothing changed" in since(client, signer[1].code).content.decode()


def test_whoever_has_not_signed_is_told_so(client, db):
    edition = factories.make_edition()
    person = factories.make_post().person
    factories.give_account(person)
    client.force_login(person.user)
    assert "You have not signed this code yet" in since(client, edition.code).content.decode()


def test_the_page_since_signed_is_for_people_alone(client, signer):
    client.logout()
    assert since(client, signer[1].code).status_code == 302
    client.force_login(factories.make_user())
    assert since(client, signer[1].code).status_code == 404


def test_the_page_to_sign_a_newer_edition_says_what_changed(client, signer):
    person, first = signer
    second = rewrite(first.code, km="ថ្មី ទៀត", en="Text 2 anew")
    asked = person.sign_requests.get_or_create(
        edition=second, cause="new-edition", defaults={"asked_on": TODAY, "due_on": TODAY + MONTH}
    )[0]
    page = client.get(f"/en/sign/{asked.pk}/").content.decode()
    assert "What changed since you signed" in page
    assert "A summary." in page
    assert f"/en/signed/{first.code.slug}/compare/" in page

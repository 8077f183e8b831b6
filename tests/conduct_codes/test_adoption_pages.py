"""The adopting authority's screens: own codes only, gaps before the form, one edition from one text."""

import datetime

import pytest
from django.urls import reverse

from conduct_codes.actions import adopt_edition
from conduct_codes.models import Edition, Measure
from tests import factories
from tests.factories import TODAY

pytestmark = pytest.mark.django_db

LIST = "/en/adoption/"
FORM = {
    "instrument": "ប្រកាស",
    "instrument_latin": "Prakas",
    "instrument_number": "014",
    "signatory": "រដ្ឋមន្ត្រី",
    "signatory_latin": "Minister",
    "adopted_on": "2026-11-20",
    "in_force_from": "2026-12-15",
    "change_class": "substantive",
    "summary": "",
    "summary_latin": "First edition",
}


@pytest.fixture
def ministry(client):
    """A ministry whose adopter is logged in."""
    ministry = factories.make_institution()
    client.force_login(factories.make_role("adopter", ministry).user)
    return ministry


def proposed(ministry, slug="education", **facts):
    """An approved text of a code of the ministry's: its revision."""
    code = factories.make_code(factories.make_sector(slug), owner=ministry)
    return factories.approve(factories.make_code_page(code, **facts))


def url_of(revision):
    return f"{LIST}{revision.pk}/"


def body(response, status=200):
    assert response.status_code == status
    return response.content.decode()


def test_adoption_list_names_the_text_that_waits(client, ministry):
    revision = proposed(ministry)
    page = body(client.get(LIST))
    assert f'href="{url_of(revision)}"' in page
    assert "Adopt the text of" in page
    assert "Draft, not binding" in page


def test_adoption_list_says_so_where_nothing_was_approved(client, ministry):
    code = factories.make_code(owner=ministry)
    factories.make_code_page(code).save_revision()
    assert "None waits" in body(client.get(LIST))


def test_adoption_list_without_a_code_says_what_will_appear(client, ministry):
    assert "No code belongs to your institutions" in body(client.get(LIST))


def test_adoption_list_shows_gaps_and_the_form_is_not_there(client, ministry):
    revision = proposed(ministry)
    Measure.objects.filter(slug="dismissal").update(authority="")
    assert "1 place lacks something" in body(client.get(LIST))
    page = body(client.get(url_of(revision)))
    assert "The measure “Dismissal” names no authority that decides." in page
    assert "Article 2." in page
    assert "<form" not in page.split("<main")[1]
    body(client.post(url_of(revision), FORM))
    assert not Edition.objects.exists()


def test_adoption_list_after_adoption_waits_for_the_next_approved_text(client, ministry):
    revision = proposed(ministry)
    factories.adopt(revision)
    assert "None waits" in body(client.get(LIST))
    factories.approve(revision.content_object)
    assert "Adopt the text of" in body(client.get(LIST))


def test_adopt_page_shows_the_words_the_people_and_the_translation(client, ministry):
    revision = proposed(ministry)
    code = revision.content_object.code
    factories.make_code_page(code, "en")
    factories.make_post(institution=factories.make_institution(ministry))
    factories.make_post()
    page = body(client.get(url_of(revision)))
    assert "អត្ថបទ 2" in page
    assert "1 person of your institutions" in page
    assert "the published translation is frozen with it" in page


def test_adopting_makes_the_edition_of_exactly_that_text(client, ministry):
    revision = proposed(ministry)
    later = revision.content_object
    later.preamble = "Never approved"
    later.save_revision()
    response = client.post(url_of(revision), FORM, follow=True)
    assert response.redirect_chain == [(LIST, 302)]
    assert "Adopted as edition 1." in response.content.decode()
    edition = Edition.objects.get()
    assert (edition.revision, edition.number, edition.adopted_by) == (revision.pk, 1, response.wsgi_request.user)
    assert (edition.adopted_on, edition.in_force_from) == (datetime.date(2026, 11, 20), datetime.date(2026, 12, 15))
    assert "Never approved" not in edition.text_in("km").content.decode()


def test_khmer_digits_are_digits_in_a_day(client, ministry):
    client.post(url_of(proposed(ministry)), {**FORM, "in_force_from": "២០២៦-១២-១៥"})
    assert Edition.objects.get().in_force_from == datetime.date(2026, 12, 15)


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"instrument": ""}, 'href="#id_instrument">Missing: Kind of instrument, in Khmer'),
        ({"adopted_on": "yesterday"}, 'href="#id_adopted_on">Not a day: Day on which it was signed'),
        ({"in_force_from": "2026-11-19"}, "cannot be in force before it was adopted"),
        ({"adopted_on": "2999-01-01", "in_force_from": "2999-01-01"}, "lies in the future"),
        ({"change_class": "erratum"}, "always a substantive one"),
        ({"change_class": ""}, 'href="#id_change_class_0"'),
    ],
)
def test_a_refused_form_says_why_and_keeps_what_was_typed(client, ministry, facts, sentence):
    page = body(client.post(url_of(proposed(ministry)), {**FORM, **facts}))
    assert sentence in page
    assert 'class="alert alert-danger"' in page
    assert 'value="014"' in page
    assert "First edition" in page
    assert not Edition.objects.exists()


def test_a_text_that_was_adopted_meanwhile_names_its_edition(client, ministry):
    revision = proposed(ministry)
    client.post(url_of(revision), FORM)
    page = body(client.post(url_of(revision), FORM))
    assert "Already adopted as edition 1." in page
    assert Edition.objects.count() == 1
    assert "Already adopted as edition 1." in body(client.get(url_of(revision)))


def test_a_text_adopted_between_the_page_and_the_form_is_refused_once(client, ministry, monkeypatch):
    revision = proposed(ministry)

    def overtaken(**facts):
        adopt_edition(**facts)
        return adopt_edition(**facts)

    monkeypatch.setattr("conduct_codes.views.adopt_edition", overtaken)
    assert "Already adopted as edition 1." in body(client.post(url_of(revision), FORM))
    assert Edition.objects.count() == 1


def test_a_foreign_code_is_neither_listed_nor_found(client, ministry):
    foreign = proposed(factories.make_institution(), "police")
    assert "police" not in body(client.get(LIST))
    assert client.get(url_of(foreign)).status_code == 404
    assert client.post(url_of(foreign), FORM).status_code == 404
    assert not Edition.objects.exists()


def test_a_code_of_an_institution_below_is_in_scope(client, ministry):
    below = factories.make_institution(ministry, kind="department")
    assert client.get(url_of(proposed(below))).status_code == 200


@pytest.mark.parametrize("kind", ["translation", "unapproved", "unknown", "course"])
def test_what_is_no_approved_text_of_the_law_is_not_found(client, ministry, kind):
    code = factories.make_code(owner=ministry)
    factories.make_course()
    pk = {
        "translation": lambda: factories.approve(factories.make_code_page(code, "en")).pk,
        "unapproved": lambda: factories.make_code_page(code).save_revision().pk,
        "unknown": lambda: 999999,
        "course": lambda: factories.make_code_page(code).get_parent().specific.save_revision().pk,
    }[kind]()
    assert client.get(f"{LIST}{pk}/").status_code == 404


@pytest.mark.parametrize("role", ["hr", "registrar", "monitor", "discipline", "auditor", "editor", "reviewer", None])
def test_adoption_is_not_found_by_other_roles_and_asks_visitors_to_log_in(client, role):
    ministry = factories.make_institution()
    revision = proposed(ministry)
    assert client.get(LIST)["Location"].startswith(reverse("account_login"))
    client.force_login(factories.make_role(role, ministry).user if role else factories.make_user())
    assert client.get(LIST).status_code == 404
    assert client.get(url_of(revision)).status_code == 404
    assert client.post(url_of(revision), FORM).status_code == 404
    assert not Edition.objects.exists()


def test_adoption_list_takes_the_same_queries_for_one_code_and_for_three(
    client, ministry, django_assert_max_num_queries
):
    counts = []
    for slug in ("education", "health", "police"):
        revision = proposed(ministry, slug)
        if slug == "education":
            factories.adopt(revision, in_force_from=TODAY)
            factories.approve(revision.content_object)
        client.get(LIST)
        with django_assert_max_num_queries(30) as queries:
            page = body(client.get(LIST))
        counts.append(len(queries))
    assert page.count("Adopt the text of") == 3
    assert len(set(counts)) == 1

"""The way to a new case, page by page."""

import datetime
import re

import pytest

from discipline.models import Case
from institutions.models import Role
from tests import factories

from .pages import address, text_of

TODAY = factories.TODAY
AT = factories.moment()
DAY = datetime.timedelta(days=1)


@pytest.fixture
def accused(world):
    return factories.make_post(institution=world["school"], starts_on=TODAY - 100 * DAY).person


DETAILS = {
    "seriousness": "grave",
    "repetition": "first",
    "sexual_abuse": "no",
    "external_reference": "P-20441",
    "allegation": "Line one\nLine two",
}


def go_on(client, person, page, **typed):
    return client.post(address(f"discipline:case_new_{page}", person.pk), typed)


def article_of(world, number="2"):
    return world["edition"].articles.get(number=number)


def test_person_is_found_by_name_in_either_script_and_by_staff_number(client, officer, accused):
    number = accused.posts.get().staff_number.number
    for typed in (accused.name, accused.name_latin.upper(), number):
        body = client.get(address("discipline:case_new"), {"q": typed}).content.decode()
        assert address("discipline:case_new_day", accused.pk) in body
    assert "is-invalid" in client.get(address("discipline:case_new"), {"q": "s"}).content.decode()


def test_case_is_opened_page_by_page(client, officer, world, accused):
    step = go_on(client, accused, "day", incident_on="2026-11-16")
    assert step.headers["Location"] == address("discipline:case_new_article", accused.pk)
    article = article_of(world)
    step = go_on(client, accused, "article", incident_on="2026-11-16", article=article.pk)
    assert step.headers["Location"] == address("discipline:case_new_details", accused.pk)
    step = go_on(client, accused, "details", incident_on="2026-11-16", article=article.pk, **DETAILS)
    assert step.headers["Location"] == address("discipline:case_new_check", accused.pk)
    page = client.get(step.headers["Location"].replace("/km/", "/en/"))
    assert "Dismissal" in text_of(page)
    typed = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.content.decode()))
    opened = go_on(client, accused, "check", **typed, password=factories.PASSWORD)
    case = Case.objects.get()
    assert opened.headers["Location"] == address("discipline:case", case.reference)
    assert (case.person, case.article, case.institution) == (accused, article, world["school"])
    assert case.allegation.splitlines() == ["Line one", "Line two"]
    assert (case.seriousness, case.sexual_abuse, case.external_reference) == ("grave", False, "P-20441")
    assert "discipline_draft" not in client.session


def all_answers(world, **facts):
    return {"incident_on": "2026-11-16", "article": article_of(world).pk, **DETAILS, **facts}


def test_case_is_not_opened_without_the_password_and_nothing_typed_is_lost(client, officer, world, accused):
    for password in ("", "wrong"):
        page = go_on(client, accused, "check", **all_answers(world), password=password)
        assert page.status_code == 200
        assert "Line two" in page.content.decode()
    assert not Case.objects.exists()


def test_form_sent_twice_opens_one_case(client, officer, world, accused):
    for _time in range(2):
        response = go_on(client, accused, "check", **all_answers(world), password=factories.PASSWORD)
    assert response.headers["Location"] == address("discipline:case", Case.objects.get().reference)


def test_answers_about_one_person_never_travel_to_another(client, officer, world, accused):
    go_on(client, accused, "details", **all_answers(world))
    other = factories.make_post(institution=world["school"], starts_on=TODAY - 100 * DAY).person
    page = client.get(address("discipline:case_new_check", other.pk))
    assert page.headers["Location"] == address("discipline:case_new_day", other.pk)


def test_later_page_leads_back_to_the_first_question_without_answer(client, officer, accused):
    for page in ("article", "details", "check"):
        step = client.get(address(f"discipline:case_new_{page}", accused.pk))
        assert step.headers["Location"] == address("discipline:case_new_day", accused.pk)
    go_on(client, accused, "day", incident_on="2026-11-16")
    step = client.get(address("discipline:case_new_check", accused.pk))
    assert step.headers["Location"] == address("discipline:case_new_article", accused.pk)


@pytest.mark.parametrize("typed", ["", "2026-11-24", "soon", "2020-01-01"])
def test_day_without_a_bond_or_in_the_future_is_asked_again(client, officer, accused, typed):
    page = go_on(client, accused, "day", incident_on=typed)
    assert page.status_code == 200
    assert 'href="#id_incident_on"' in page.content.decode()


def test_articles_are_those_in_force_that_day_with_prohibitions_first(client, officer, world, accused):
    newer = factories.make_edition(world["code"], day=TODAY - 3 * DAY)
    go_on(client, accused, "day", incident_on="2026-11-16")
    page = client.get(address("discipline:case_new_article", accused.pk).replace("/km/", "/en/"))
    body = page.content.decode()
    places = [body.index(f'value="{article_of(world, number).pk}" id="id_article') for number in ("2", "3", "1")]
    assert places == sorted(places)
    assert "Reprimand" in text_of(page)
    for article in newer.articles.all():
        assert f'value="{article.pk}" id="id_article' not in body


def test_article_of_another_edition_is_refused(client, officer, world, accused):
    newer = factories.make_edition(world["code"], day=TODAY - 3 * DAY).articles.get(number="2")
    page = go_on(client, accused, "article", incident_on="2026-11-16", article=newer.pk)
    assert page.status_code == 200
    assert 'href="#id_article"' in page.content.decode()
    page = go_on(client, accused, "check", **all_answers(world, article=newer.pk), password=factories.PASSWORD)
    assert page.headers["Location"] == address("discipline:case_new_article", accused.pk)
    assert not Case.objects.exists()


def test_details_are_asked_again_where_they_are_missing(client, officer, world, accused):
    page = go_on(client, accused, "details", **all_answers(world, seriousness="", allegation="Kept words"))
    body = page.content.decode()
    assert page.status_code == 200
    assert 'href="#id_seriousness_0"' in body
    assert "Kept words" in body


def test_person_who_served_at_two_places_is_asked_for_which(client, officer, world, accused):
    annex = factories.make_institution(world["ministry"])
    factories.make_post(person=accused, institution=annex, starts_on=TODAY - 50 * DAY)
    go_on(client, accused, "article", incident_on="2026-11-16", article=article_of(world).pk)
    page = client.get(address("discipline:case_new_details", accused.pk))
    assert f'name="institution" value="{annex.pk}"' in page.content.decode()
    go_on(client, accused, "check", **all_answers(world, institution=annex.pk), password=factories.PASSWORD)
    assert Case.objects.get().institution == annex


def test_post_outside_scope_offers_no_article(client, world, accused):
    elsewhere = factories.make_institution(world["ministry"])
    factories.make_post(person=accused, institution=elsewhere, starts_on=TODAY - 5 * DAY)
    client.force_login(factories.make_role(Role.Kind.DISCIPLINE, elsewhere).user)
    page = go_on(client, accused, "check", **all_answers(world), password=factories.PASSWORD)
    assert page.headers["Location"] == address("discipline:case_new_day", accused.pk)
    assert not Case.objects.exists()


def test_way_can_be_left_and_nothing_stays(client, officer, world, accused):
    go_on(client, accused, "details", **all_answers(world))
    assert go_on(client, accused, "check", leave="1").headers["Location"] == address("discipline:case_list")
    assert "discipline_draft" not in client.session
    assert not Case.objects.exists()


def test_pages_with_free_text_warn_against_naming_a_child(client, officer, world, accused):
    case = factories.make_case(world)
    go_on(client, accused, "article", incident_on="2026-11-16", article=article_of(world).pk)
    for page in (
        address("discipline:case_new_details", accused.pk),
        address("discipline:stage", case.reference, "screening"),
        address("discipline:referral_new", case.reference),
    ):
        assert "Write no name, photo or story of a child" in text_of(client.get(page.replace("/km/", "/en/")))

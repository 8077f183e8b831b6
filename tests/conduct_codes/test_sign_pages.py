"""The pages of signatures: totals for monitors, names for HR alone, the message, the sheet, and what is recorded."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conduct_codes.models import SignRequest
from conduct_codes.reminders import MOST_NAMES
from institutions.models import AuditEntry, Institution, Role
from tests import factories
from tests.factories import TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

FIGURES, LIST = "/en/signatures/", "/en/unsigned/"
MESSAGE, SHEET = "/en/unsigned/message/", "/en/unsigned/sheet/"


@pytest.fixture
def world():
    return factories.make_bound_world()


@pytest.fixture
def hr(client, world):
    client.force_login(factories.make_role(Role.Kind.HR, world["ministry"]).user)
    return client


def late(person):
    SignRequest.objects.filter(person=person).update(asked_on=TODAY - timedelta(9), due_on=TODAY - timedelta(1))


def text(response):
    return response.content.decode()


# --- figures --------------------------------------------------------------------------------------------------------


def test_figures_say_one_sentence_and_cut_it_by_everything(hr, world):
    people = [factories.make_post(institution=world["school"]).person for _person in range(4)]
    factories.sign(people[0], language="en")
    late(people[1])
    page = text(hr.get(FIGURES))
    for words in ("25.0%", "Online, with password", "English", "Edition 1", "Teacher", world["school"].name_latin):
        assert words in page
    assert people[1].name_latin not in page
    assert f"{LIST}?code=education" in page


def test_a_monitor_reads_totals_and_never_a_name(client, world):
    person = factories.make_post(institution=world["school"]).person
    client.force_login(factories.make_role(Role.Kind.MONITOR, world["ministry"]).user)
    for address in (FIGURES, f"{FIGURES}{world['school'].code}/"):
        page = text(client.get(address))
        assert "0 of" in page.replace('<b class="num">', "").replace("</b>", "")
        assert person.name_latin not in page and LIST not in page
    for address in (LIST, MESSAGE, SHEET):
        assert client.get(address).status_code == 404


def test_a_foreign_institution_is_not_found(hr, world):
    other = factories.make_institution()
    assert hr.get(f"{FIGURES}{other.code}/").status_code == 404
    assert hr.get(LIST, {"unit": other.code}).status_code == 400


def test_a_past_day_shows_the_law_of_that_day(hr, world):
    factories.make_post(institution=world["school"], starts_on=TODAY - timedelta(days=900))
    assert hr.get(FIGURES, {"on": (TODAY - timedelta(days=800)).isoformat()}).context["law"].edition is None
    assert hr.get(FIGURES, {"on": (TODAY - timedelta(days=9)).isoformat()}).context["total"].people == 1


def test_a_code_is_chosen_among_those_that_bind_somebody_here(hr, world):
    health = factories.make_sector("health", name="សុខាភិបាល", name_latin="Health")
    other = factories.make_code(health, world["ministry"])
    factories.make_edition(other)
    factories.make_post(institution=world["school"])
    assert hr.get(FIGURES).context["codes"] == [world["code"]]
    factories.make_post(institution=world["school"], position=factories.make_position(health, "nurse"))
    assert hr.get(FIGURES, {"code": "health"}).context["code"] == other
    assert hr.get(FIGURES, {"code": "nonsense"}).context["code"] in (world["code"], other)


def test_nobody_bound_is_said_in_a_sentence(hr):
    for address in (FIGURES, LIST, MESSAGE):
        response = hr.get(address)
        assert response.status_code == 200
        assert 'class="alert"' in text(response)


# --- the list -------------------------------------------------------------------------------------------------------


def test_list_has_as_many_queries_for_three_as_for_one_and_leads_to_message_and_sheet(hr, world):
    taken = []
    hr.get(LIST)
    for size in (1, 3):
        for _person in range(size):
            factories.make_post(institution=world["school"])
        with CaptureQueriesContext(connection) as queries:
            response = hr.get(LIST, {"unit": world["school"].code})
        taken.append(len(queries))
    assert taken[0] == taken[1]
    assert len(response.context["lines"]) == 4
    assert f"{MESSAGE}?unit={world['school'].code}" in text(response)
    assert f"{SHEET}?unit={world['school'].code}" in text(response)


def test_list_is_filtered_by_chip_and_by_account(hr, world):
    ready, waits = (factories.make_post(institution=world["school"]).person for _person in range(2))
    factories.give_account(ready)
    late(waits)
    names = {person: person.name_latin for person in (ready, waits)}
    page = text(hr.get(LIST, {"state": "overdue"}))
    assert names[waits] in page and names[ready] not in page
    page = text(hr.get(LIST, {"account": "none"}))
    assert names[waits] in page and names[ready] not in page
    for query in ({"state": "x"}, {"position": "nurse"}, {"code": "x"}, {"on": "2999-01-01"}):
        assert hr.get(LIST, query).status_code == 400


def test_hr_of_a_school_sees_the_school_alone(client, world):
    beside = factories.make_post(institution=factories.make_institution(world["ministry"])).person
    mine = factories.make_post(institution=world["school"]).person
    client.force_login(factories.make_role(Role.Kind.HR, world["school"]).user)
    for address in (LIST, SHEET, f"{MESSAGE}?names=on"):
        page = text(client.get(address))
        assert mine.name_latin in page and beside.name_latin not in page


def test_to_do_counts_the_overdue_of_each_code_and_leads_to_them(hr, world):
    late(factories.make_post(institution=world["school"]).person)
    factories.make_post(institution=world["school"])
    tasks = hr.get("/en/to-do/").context["tasks"]
    (task,) = [task for task in tasks if "/unsigned/" in task.url]
    assert task.count == 1 == len(hr.get(task.url).context["lines"])


# --- the message and the sheet --------------------------------------------------------------------------------------


def test_message_says_in_both_languages_what_where_until_when_and_whom_to_ask(hr, world):
    Institution.objects.filter(pk=world["ministry"].pk).update(
        hr_unit="ការិយាល័យបុគ្គលិក", hr_unit_latin="HR office", hr_phone="012 345", hr_hours_latin="8 to 11"
    )
    person = factories.make_post(institution=world["school"]).person
    response = hr.get(MESSAGE, {"unit": world["school"].code})
    texts = dict(response.context["texts"])
    until = SignRequest.objects.get(person=person).due_on
    for words in (
        world["school"].name_latin,
        "Code of Education staff, edition 1",
        "1 person of this institution has not signed yet",
        "http://testserver" + reverse("certification:training"),
        f"sign by {until.day} {until:%B} {until.year}",
        "HR office",
        "012 345",
        "8 to 11",
    ):
        assert words in texts["en"]
    for words in (world["school"].name, "កំណែទី១", "http://testserver/km/", "ការិយាល័យបុគ្គលិក"):
        assert words in texts["km"]
    assert person.name_latin not in text(response) and person.name not in text(response)
    assert not AuditEntry.objects.filter(verb="conduct_codes.name_in_message").exists()


def test_message_names_people_only_if_asked_and_that_is_recorded(hr, world):
    person = factories.make_post(institution=world["school"]).person
    texts = dict(hr.get(MESSAGE, {"unit": world["school"].code, "names": "on"}).context["texts"])
    assert person.name in texts["km"] and person.name_latin in texts["en"]
    entry = AuditEntry.objects.get(verb="conduct_codes.name_in_message")
    assert (entry.institution.pk, entry.facts) == (world["school"].pk, {"people": 1})


def test_message_with_too_many_names_has_none_and_says_why(hr, world, monkeypatch):
    monkeypatch.setattr("conduct_codes.unsigned_views.MOST_NAMES", 1)
    people = [factories.make_post(institution=world["school"]).person for _person in range(2)]
    response = hr.get(MESSAGE, {"names": "on"})
    assert response.status_code == 400
    assert "Only 1 name fits" in text(response)
    assert people[0].name_latin not in text(response)
    assert MOST_NAMES > 1


def test_message_takes_another_day_but_none_that_is_over(hr, world):
    factories.make_post(institution=world["school"])
    assert "31 December 2026" in dict(hr.get(MESSAGE, {"until": "2026-12-31"}).context["texts"])["en"]
    response = hr.get(MESSAGE, {"until": "2026-11-01"})
    assert response.status_code == 400
    assert "Choose today or a day to come." in text(response)


def test_sheet_has_a_box_for_each_person_by_institution_and_is_recorded(hr, world):
    other = factories.make_institution(world["ministry"])
    here, there = (factories.make_post(institution=place).person for place in (world["school"], other))
    response = hr.get(SHEET)
    page = text(response)
    assert [unit.pk for unit in response.context["units"]] == [world["school"].pk, other.pk]
    assert page.count('class="boxed"') == 2
    assert here.name_latin in page and there.name_latin in page
    assert AuditEntry.objects.get(verb="conduct_codes.print_unsigned").facts == {"people": 2}


def test_sheet_of_too_many_asks_for_a_smaller_institution(hr, world, monkeypatch):
    monkeypatch.setattr("conduct_codes.unsigned_views.MOST_ON_A_SHEET", 1)
    people = [factories.make_post(institution=world["school"]).person for _person in range(2)]
    page = text(hr.get(SHEET))
    assert "Choose a smaller institution" in page
    assert people[0].name_latin not in page
    assert not AuditEntry.objects.filter(verb="conduct_codes.print_unsigned").exists()

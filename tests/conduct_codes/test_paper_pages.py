"""The pages of signatures on paper: who may, what is offered, what is refused with a sentence, nothing typed lost."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conduct_codes.models import PaperSheet, SignOff, SignRequest
from institutions.models import AuditEntry, Role
from tests import factories
from tests.factories import SCAN, TODAY, moment

DAY = datetime.timedelta(days=1)


@pytest.fixture
def world(db, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment(TODAY, 14))
    world = factories.make_bound_world()
    world["clerk"] = factories.make_role(Role.Kind.HR, world["school"]).user
    world["second"] = factories.make_role(Role.Kind.HR, world["ministry"]).user
    world["people"] = [
        factories.make_post(institution=world["school"], starts_on=TODAY - 9 * DAY).person for _ in range(2)
    ]
    return world


@pytest.fixture
def clerk(client, world):
    client.force_login(world["clerk"])
    return client


def words(response):
    return response.content.decode()


def address(world, day=TODAY):
    return f"/en/paper/new/?unit={world['school'].code}&code={world['code'].slug}&on={day}"


def typed(world, **facts):
    requests = SignRequest.objects.filter(person__in=world["people"])
    scan = SimpleUploadedFile("sheet.pdf", SCAN)
    return {
        "language": "km",
        "people": [request.pk for request in requests],
        "witness": "Keo Sophea",
        "witness_function": "Head of the school",
        "scan": scan,
    } | facts


def test_hr_records_many_people_on_one_sheet_and_somebody_else_confirms_them_all(clerk, client, world):
    page = words(clerk.get(address(world)))
    assert all(person.name_latin in page for person in world["people"])
    answer = clerk.post(address(world), typed(world), follow=True)
    sheet = PaperSheet.objects.get()
    assert answer.redirect_chain[-1][0] == f"/en/paper/{sheet.pk}/"
    assert "Somebody else must decide" in words(answer) and "<form" not in words(answer).split("<main")[1]
    assert not SignOff.objects.exists()
    client.force_login(world["second"])
    assert "2 wait" in words(client.get("/en/paper/"))
    answer = client.post(f"/en/paper/{sheet.pk}/", {"claims": ["all"], "decision": "confirm"}, follow=True)
    assert "Confirmed" in words(answer) and SignOff.objects.filter(method="paper").count() == 2
    assert "2 confirmed" in words(client.get("/en/paper/"))


def test_one_is_confirmed_the_other_rejected_with_a_reason(client, world):
    sheet = factories.make_sheet(*world["people"], unit=world["school"], by=world["clerk"])
    first, other = sheet.claims.order_by("pk")
    client.force_login(world["second"])
    there = f"/en/paper/{sheet.pk}/"
    assert "Choose whether" in words(client.post(there, {"claims": [first.pk]}))
    assert "Tick at least one" in words(client.post(there, {"decision": "confirm"}))
    client.post(there, {"claims": [first.pk], "decision": "confirm"})
    assert "Say why" in words(client.post(there, {"claims": [other.pk], "decision": "reject", "reason": ""}))
    answer = client.post(there, {"claims": [other.pk], "decision": "reject", "reason": "no signature"}, follow=True)
    assert "no signature" in words(answer) and SignOff.objects.get().person == first.person
    page = words(client.get(f"/en/people/{other.person_id}/"))
    assert "On paper, rejected" in page and "no signature" in page
    assert "On paper, confirmed by a second person" in words(client.get(f"/en/people/{first.person_id}/"))
    receipt = words(client.get(f"/en/receipts/{SignOff.objects.get().receipt}/"))
    assert "On paper, confirmed by a second person" in receipt


def test_what_was_typed_stays_when_something_is_wrong(clerk, world):
    answer = clerk.post(address(world), typed(world, scan=SimpleUploadedFile("sheet.pdf", b"GIF89a"), people=[]))
    page = words(answer)
    assert "PDF, JPEG or PNG" in page and "Tick everybody" in page and "Keo Sophea" in page
    stranger = SignRequest.objects.get(person=factories.make_post().person)
    assert "cannot be chosen" in words(clerk.post(address(world), typed(world, people=[stranger.pk])))
    assert not PaperSheet.objects.exists()


def test_only_people_who_cannot_log_in_and_were_asked_by_the_day_are_offered(clerk, world):
    factories.give_account(world["people"][0])
    page = words(clerk.get(address(world)))
    assert world["people"][0].name_latin not in page and world["people"][1].name_latin in page
    assert "Nobody here can be on a sheet" in words(clerk.get(address(world, TODAY - 20 * DAY)))
    assert "a day that has been" in words(clerk.get(address(world, TODAY + DAY)))
    assert "No edition" in words(clerk.get(address(world, TODAY - 4000 * DAY)))


def test_another_units_sheet_scan_and_people_are_not_there(client, world):
    sheet = factories.make_sheet(*world["people"], unit=world["school"], by=world["clerk"])
    stranger = factories.make_role(Role.Kind.HR, factories.make_institution()).user
    monitor = factories.make_role(Role.Kind.MONITOR, world["ministry"]).user
    for user in (stranger, monitor):
        client.force_login(user)
        for path in (f"/en/paper/{sheet.pk}/", f"/en/paper/{sheet.pk}/scan/"):
            assert client.get(path).status_code == 404
        assert client.post(f"/en/paper/{sheet.pk}/", {"claims": ["all"], "decision": "confirm"}).status_code == 404
    client.force_login(stranger)
    page = words(client.get(address(world)))
    assert world["people"][0].name_latin not in page and world["school"].name_latin not in page
    registrar = factories.make_role(Role.Kind.REGISTRAR, world["ministry"]).user
    client.force_login(registrar)
    assert client.get(address(world)).status_code == 404
    assert client.get(f"/en/paper/{sheet.pk}/").status_code == 200


def test_the_scan_is_a_file_for_those_who_see_the_sheet_and_opening_it_is_in_the_record(clerk, world):
    sheet = factories.make_sheet(*world["people"], unit=world["school"], by=world["clerk"])
    answer = clerk.get(f"/en/paper/{sheet.pk}/scan/")
    assert b"".join(answer.streaming_content) == SCAN
    assert answer["Content-Disposition"].startswith("attachment") and "no-store" in answer["Cache-Control"]
    assert AuditEntry.objects.filter(verb="conduct_codes.open_scan").count() == 1


def test_the_sheet_to_print_is_a_pdf_that_names_the_edition(clerk, world):
    answer = clerk.get(address(world).replace("/new/", "/print/"))
    assert answer["Content-Type"] == "application/pdf" and answer.content.startswith(b"%PDF-")
    assert AuditEntry.objects.get(verb="conduct_codes.print_paper").facts["people"] == 2


def test_switched_off_there_is_no_page_no_link_and_nothing_to_do(client, world, settings):
    sheet = factories.make_sheet(*world["people"], unit=world["school"], by=world["clerk"])
    client.force_login(world["second"])
    assert "/en/paper/" in words(client.get("/en/unsigned/")) and "/en/paper/" in words(client.get("/en/to-do/"))
    settings.CONDUCT_PAPER_SIGNING = False
    for path in ("paper/", "paper/new/", "paper/print/", f"paper/{sheet.pk}/", f"paper/{sheet.pk}/scan/"):
        assert client.get(f"/en/{path}").status_code == 404
        assert client.post(f"/en/{path}", {"claims": ["all"], "decision": "confirm"}).status_code == 404
    for path in ("unsigned/", "to-do/", f"people/{world['people'][0].pk}/"):
        assert "/en/paper/" not in words(client.get(f"/en/{path}"))


@pytest.mark.parametrize("path", ["/en/paper/", "/en/paper/{}/", "form"])
def test_pages_take_as_many_queries_for_one_as_for_three(client, world, path):
    first = factories.make_sheet(world["people"][0], unit=world["school"], by=world["clerk"])
    client.force_login(world["second"])
    path = address(world) if path == "form" else path.format(first.pk)

    def taken():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    taken()
    before = taken()
    for _number in range(3):
        factories.make_post(institution=world["school"], starts_on=TODAY - 9 * DAY)
        person = factories.make_post(institution=world["school"], starts_on=TODAY - 9 * DAY).person
        factories.make_sheet(person, unit=world["school"], by=world["clerk"])
    assert taken() == before

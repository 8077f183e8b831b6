"""The workbook of signatures: a sheet for each cut, a column for every state, way, edition and language."""

import io

import openpyxl
import pytest
from django.urls import reverse

from exports.models import Export
from institutions.models import AuditEntry, Role
from tests import factories
from tests.exports.test_rosters import FORMULAS
from tests.factories import TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

SIGNATURES = "exports:signatures"


@pytest.fixture
def world():
    made = factories.make_bound_world()
    factories.sign(factories.make_post(institution=made["school"]).person, language="en")
    factories.make_post(institution=made["school"])
    return made


def fetched(client, world, kind=Role.Kind.MONITOR, **query):
    client.force_login(factories.make_role(kind, world["ministry"]).user)
    return client.get(reverse(SIGNATURES), {"lang": "en", **query})


def rows(sheet):
    heads, *lines = sheet.iter_rows(values_only=True)
    return [dict(zip(heads, line, strict=True)) for line in lines]


def test_book_has_the_figures_of_the_page_by_state_way_edition_and_language(client, world):
    with_english = {"HTTP_ACCEPT_LANGUAGE": "en"}
    client.force_login(factories.make_role(Role.Kind.MONITOR, world["ministry"]).user)
    response = client.get("/en/exports/signatures/", **with_english)
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    assert book.sheetnames == ["Total", "Institutions", "Positions", "Sex", "About this file"]
    (total,) = rows(book["Total"])
    wanted = {
        "People": 2,
        "Signed": 1,
        "Asked, still in time": 1,
        "Refused": 0,
        "Signed: Online, with password": 1,
        "Signed: Edition 1": 1,
        "Signed: English": 1,
        "Signed: Khmer": 0,
        "Signed %": 0.5,
    }
    assert {name: total[name] for name in wanted} == wanted
    assert [line["People"] for line in rows(book["Institutions"])] == [2]
    assert [line["Institution code"] for line in rows(book["Institutions"])] == [world["school"].code]
    assert [line["Name in Latin letters"] for line in rows(book["Positions"])] == ["Teacher"]
    assert response["Content-Disposition"].endswith(f'signatures-education-{world["ministry"].code}-2026-11-23.xlsx"')


def test_every_book_leaves_its_row_and_an_audit_entry_and_no_name_of_a_person(client, world):
    response = fetched(client, world)
    export = Export.objects.get()
    assert (export.what, export.institution) == ("signatures", world["ministry"])
    assert export.filters == {"on": TODAY.isoformat(), "code": "education"}
    assert AuditEntry.objects.get(verb="exports.signatures").subject == f"export:{export.pk}"
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    assert "Sok Chan" not in str([list(sheet.iter_rows(values_only=True)) for sheet in book])


def test_names_that_look_like_formulas_stay_text(client, world):
    for words in FORMULAS:
        below = factories.make_institution(world["ministry"], name=words, name_latin=words)
        factories.make_post(institution=below)
    book = openpyxl.load_workbook(io.BytesIO(fetched(client, world).content))
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_foreign_institution_and_wrong_role_find_nothing(client, world):
    assert fetched(client, world, institution=factories.make_institution().code).status_code == 404
    assert fetched(client, world, Role.Kind.AUDITOR).status_code == 404


def test_nobody_bound_leads_back_to_the_page(client):
    client.force_login(factories.make_role(Role.Kind.HR, factories.make_institution()).user)
    response = client.get(reverse(SIGNATURES))
    assert response["Location"] == reverse("conduct_codes:sign_figures")
    assert not Export.objects.exists()

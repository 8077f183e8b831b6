"""The country's workbook in the browser: the owner looks, then takes it whole; nobody else comes near it."""

import io
import shutil

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from institutions.models import AuditEntry, Institution, Role
from institutions.tree_in.writing import template_bytes
from jobs.storage import private_folder
from tests import factories
from tests.institutions.test_tree_in import DEPARTMENT, MINISTRY, SCHOOL, country
from tests.site.khmer_reading import latin_words

pytestmark = pytest.mark.django_db
ADDRESS = "/en/setup/institutions/"


@pytest.fixture
def owner(client):
    user = factories.make_user(is_superuser=True)
    client.force_login(user)
    return user


def send(client, content, address=ADDRESS):
    return client.post(address, {"file": SimpleUploadedFile("country.xlsx", content)})


def name_kept(page):
    found = BeautifulSoup(page.text, "html.parser").find("input", {"name": "kept"})
    return found and found["value"]


def test_the_owner_looks_at_the_file_and_takes_it_whole(client, owner):
    page = send(client, country())
    assert page.status_code == 200 and not Institution.objects.exists(), "looking writes nothing"
    taken = client.post(ADDRESS, {"kept": name_kept(page)})
    assert taken.url == reverse("institutions:setup")
    assert set(Institution.objects.values_list("code", flat=True)) == {"moe", "dep", "s-1"}
    assert AuditEntry.objects.get(verb="institutions.import_tree").actor == owner
    again = send(client, country())
    assert name_kept(again) is None and "There is nothing to take" in again.text


def test_a_file_with_a_wrong_row_cannot_be_taken(client, owner):
    page = send(client, country(SCHOOL, [*DEPARTMENT[:4], "nowhere", *DEPARTMENT[5:]], MINISTRY))
    assert name_kept(page) is None and "Nothing can be taken while a row is wrong" in page.text
    khmer = BeautifulSoup(send(client, country(), "/km/setup/institutions/").text, "html.parser")
    assert latin_words(khmer.main) - {"country.xlsx"} == set()


def test_a_file_that_went_wrong_meanwhile_writes_nothing(client, owner):
    factories.make_institution(code="moe")
    name = name_kept(send(client, country(SCHOOL, DEPARTMENT)))
    Institution.objects.filter(code="moe").update(closed_on="2020-01-01")
    page = client.post(ADDRESS, {"kept": name}, follow=True)
    assert "nothing was changed" in page.text and Institution.objects.count() == 1


@pytest.mark.parametrize("name", ["0" * 32, "../../etc", "", "x" * 32])
def test_a_name_that_nothing_was_kept_under_is_answered(client, owner, name):
    page = client.post(ADDRESS, {"kept": name}, follow=True)
    assert ("Send it once more" in page.text) or page.status_code == 400


def test_a_kept_file_that_was_tampered_with_or_cleared_away_is_not_taken(client, owner):
    name = name_kept(send(client, country()))
    folder = private_folder() / "scratch" / f"tree-{name}"
    [file] = folder.iterdir()
    file.write_bytes(country(MINISTRY))
    assert "Send it once more" in client.post(ADDRESS, {"kept": name}, follow=True).text
    shutil.rmtree(folder)
    assert "Send it once more" in client.post(ADDRESS, {"kept": name}, follow=True).text
    assert not Institution.objects.exists()


def test_what_is_no_workbook_is_refused_at_the_field(client, owner):
    page = send(client, b"PK")
    assert page.status_code == 400 and "not an .xlsx workbook" in page.text
    assert client.post(ADDRESS).status_code == 400


def test_registrars_and_others_are_told_that_there_is_no_such_page(client):
    ministry = factories.make_institution(code="moe")
    client.force_login(factories.make_role(Role.Kind.REGISTRAR, ministry).user)
    for name in ("tree_file", "tree_template", "tree_workbook"):
        assert client.get(reverse(f"institutions:{name}")).status_code == 404
    assert send(client, country()).status_code == 404


def test_what_the_site_holds_comes_back_unchanged(client, owner):
    client.post(ADDRESS, {"kept": name_kept(send(client, country()))})
    file = client.get(reverse("institutions:tree_workbook"))
    assert name_kept(send(client, file.getvalue() if file.streaming else file.content)) is None
    assert client.get(reverse("institutions:tree_template")).content.startswith(b"PK")


@pytest.mark.parametrize("language", ["km", "en"])
def test_cells_of_the_form_offer_what_may_stand_in_them(language):
    book = load_workbook(io.BytesIO(template_bytes(language)))
    areas, sectors, positions, institutions = book.worksheets[:4]
    rules = {
        sheet.title: [rule.formula1 for rule in sheet.data_validations.dataValidation]
        for sheet in (positions, institutions)
    }
    assert f"'{sectors.title}'!$A$2:$A$5000" in rules[positions.title]
    assert f"'{areas.title}'!$A$2:$A$5000" in rules[institutions.title]
    assert rules[institutions.title].count(f"'{institutions.title}'!$A$2:$A$5000") == 2
    kinds = next(rule for rule in rules[institutions.title] if rule.startswith('"'))
    with translation.override(language):
        assert kinds.strip('"').split(",") == [str(kind.label) for kind in Institution.Kind]
    assert len(kinds) <= 257, "Excel takes 255 signs"

"""Pages of imports and transfers: what HR sends, sees, applies and undoes, in the language of the page."""

import datetime
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from institutions.models import Person, Post, RegisterImport, TransferRequest
from institutions.uploads import read_workbook
from tests import factories
from tests.factories.sheets import make_sheet

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture
def hr(client, settings):
    """HR of a department with a school; the client is logged in as HR, at work on the builders' day."""
    ministry = factories.make_institution()
    department = factories.make_institution(ministry, "department", code="dep")
    school = factories.make_institution(department, code="school", name="សាលាអង្គរ", name_latin="Angkor School")
    position = factories.make_position()
    role = factories.make_role(institution=department)
    client.force_login(role.user)
    client.hr, client.department, client.school, client.position = role.user, department, school, position
    client.ministry = ministry
    return client


def row(number, **facts):
    return {
        "staff_number": f"{number:05d}",
        "name": f"សុខ {number}",
        "name_latin": f"Sok {number}",
        "sex": "F",
        "birth_date": datetime.date(1980, 1, 1) + number * DAY,
        "institution": "school",
        "position": "Teacher",
        "starts_on": datetime.date(2020, 11, 1),
        **facts,
    }


def send(client, rows, **data):
    file = SimpleUploadedFile("បញ្ជី.xlsx", make_sheet(rows))
    return client.post(reverse("institutions:import_list"), {"file": file, "institution": client.department.pk, **data})


def test_from_the_file_to_the_register_and_back(hr):
    answer = send(hr, [row(1), row(2, birth_date="31/02/1980")])
    found = RegisterImport.objects.get()
    assert answer.url == reverse("institutions:import", args=[found.pk])
    page = hr.get(answer.url).content.decode()
    assert "សុខ 1" in page and "គ្មានថ្ងៃបែបនេះទេ" in page
    hr.post(reverse("institutions:import", args=[found.pk]), {"seal": found.seal})
    assert Person.objects.get().name == "សុខ 1"
    undo = reverse("institutions:import_undo", args=[found.pk])
    assert hr.get(undo).status_code == 200
    hr.post(undo)
    found.refresh_from_db()
    assert found.state == "undone" and not Person.objects.exists()


def test_reasons_are_said_in_the_language_of_the_page(hr):
    send(hr, [row(1, birth_date="31/02/1980")])
    address = reverse("institutions:import", args=[RegisterImport.objects.get().pk])
    english = hr.get(address.replace("/km/", "/en/")).content.decode()
    assert "There is no such day" in english and "គ្មានថ្ងៃបែបនេះទេ" not in english


@pytest.mark.parametrize("count", [1, 3])
def test_preview_takes_the_same_queries_whatever_its_length(hr, count, django_assert_num_queries):
    for number in range(1, count + 1):
        person = factories.make_person(name=f"សុខ {number}", name_latin="Sok", birth_date=row(number)["birth_date"])
        factories.make_post(person, hr.school, hr.position, staff_number=f"{number:05d}")
    factories.make_import(hr.department, [row(number, rank="ក") for number in range(1, count + 1)])
    address = reverse("institutions:import", args=[RegisterImport.objects.get().pk])
    hr.get(address)
    with django_assert_num_queries(6):
        hr.get(address)


def test_a_verdict_filters_the_rows(hr):
    found = factories.make_import(hr.department, [row(1), row(2, sex="?")])
    address = reverse("institutions:import", args=[found.pk])
    page = hr.get(address, {"verdict": "error"}).content.decode()
    assert "សុខ 2" in page and "សុខ 1" not in page
    assert hr.get(address, {"verdict": "nonsense"}).status_code == 200


def test_rows_to_correct_come_back_under_their_own_headings_with_reasons(hr):
    found = factories.make_import(hr.department, [row(1), row(2, sex="?", rank="=1+1")])
    answer = hr.get(reverse("institutions:import_rows", args=[found.pk]))
    rows = read_workbook(answer.content)
    assert len(rows) == 2 and rows[1].cells[0] == 3
    assert "ភេទ" in rows[0].cells and "=1+1" in rows[1].cells
    assert rows[1].cells[1].startswith("ភេទ")
    # Sent back, the file is read again: the added columns are no columns of ours.
    file = SimpleUploadedFile("again.xlsx", answer.content)
    again = hr.post(reverse("institutions:import_list"), {"file": file, "institution": hr.department.pk})
    assert again.status_code == 302
    assert RegisterImport.objects.order_by("-pk").first().counts["error"] == 1


def test_template_offers_lists_and_keeps_zeros(hr):
    answer = hr.get(reverse("institutions:import_template"))
    book = load_workbook(io.BytesIO(answer.content))
    sheet = book.worksheets[0]
    assert len(sheet.data_validations.dataValidation) == 6 and sheet["A2"].number_format == "@"
    assert [cell.value for cell in book.worksheets[2]["A"]][1:] == ["dep", "school"]


def test_the_exported_register_comes_back_unchanged(hr):
    post = factories.make_post(None, hr.school, hr.position, staff_number="00077", rank="ក.១.៦")
    factories.make_post(post.person, hr.department, hr.position, staff_number="00077")
    factories.make_post(factories.make_person(birth_date=None), hr.school, hr.position, staff_number="")
    answer = hr.post(reverse("institutions:people_export"))
    send_back = {"file": SimpleUploadedFile("p.xlsx", answer.content), "institution": hr.department.pk}
    hr.post(reverse("institutions:import_list"), send_back)
    counts = RegisterImport.objects.get().counts
    assert counts.pop("unchanged") == 3 and not any(counts.values())


def test_unusable_files_are_refused_in_the_form(hr):
    address = reverse("institutions:import_list")
    for content in (b"", b"a,b\n1,2\n", make_sheet([{"rank": "x"}])):
        data = {"file": SimpleUploadedFile("x.xlsx", content), "institution": hr.department.pk}
        answer = hr.post(address, data)
        assert answer.status_code == 400 and b"alert-danger" in answer.content
    assert not RegisterImport.objects.exists()


@pytest.mark.parametrize(
    "data",
    [
        {"complete": "on"},
        {"complete": "on", "complete_on": "2099-01-01"},
        {"complete": "on", "complete_on": "tomorrow"},
        {"complete": "on", "complete_on": "2026-11-01", "complete_of": "nowhere"},
    ],
)
def test_a_complete_list_is_of_a_known_place_and_a_past_day(hr, data):
    assert send(hr, [row(1)], **data).status_code == 400
    assert not RegisterImport.objects.exists()


def test_an_institution_of_others_takes_no_file(hr):
    foreign = factories.make_institution()
    assert send(hr, [row(1)], institution=foreign.pk).status_code == 400


def test_applying_an_old_preview_writes_nothing_and_says_so(hr):
    send(hr, [row(1)])
    found = RegisterImport.objects.get()
    answer = hr.post(reverse("institutions:import", args=[found.pk]), {"seal": "old"}, follow=True)
    assert not Person.objects.exists() and "alert-warning" in answer.content.decode()


def test_who_is_asked_for_is_let_go_by_their_own_hr(hr, client):
    elsewhere = factories.make_institution(hr.ministry, "department", code="dep-2")
    person = factories.make_person(name="កែវ មុនី", name_latin="Keo Mony")
    post = factories.make_post(person, elsewhere, hr.position, starts_on=factories.TODAY - 100 * DAY)
    rows = [row(1, name="កែវ មុនី", name_latin="Keo Mony", birth_date=person.birth_date, staff_number="")]
    rows[0]["starts_on"] = factories.TODAY
    found = factories.make_import(hr.department, rows, by=hr.hr)
    hr.post(reverse("institutions:import", args=[found.pk]), {"seal": found.seal})
    request = TransferRequest.objects.get()
    address = reverse("institutions:transfer_answer", args=[request.pk])
    assert hr.get(address).status_code == 404
    mine = hr.get(reverse("institutions:transfer_list")).content.decode()
    assert "កែវ មុនី" not in mine
    hr.force_login(factories.make_role(institution=elsewhere).user)
    assert "កែវ មុនី" in hr.get(reverse("institutions:transfer_list")).content.decode()
    assert reverse("institutions:transfer_list") in hr.get(reverse("certification:todo")).content.decode()
    assert hr.post(address, {"outcome": "refused"}).status_code == 400
    assert hr.post(address, {"outcome": "released"}).status_code == 302
    post.refresh_from_db()
    assert post.ends_on == factories.TODAY - DAY
    assert Post.objects.get(ends_on=None).institution == client.school


def test_an_import_of_others_is_not_there(hr):
    other = factories.make_import(factories.make_institution(), [row(1)])
    for name in ("import", "import_undo", "import_rows"):
        assert hr.get(reverse(f"institutions:{name}", args=[other.pk])).status_code == 404
    assert hr.post(reverse("institutions:import", args=[other.pk]), {"seal": other.seal}).status_code == 404

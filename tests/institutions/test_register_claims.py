"""What the register promises, from the file to the page: odd workbooks, exports sent back, the record in words."""

import datetime
import io
from collections import Counter
from copy import deepcopy
from functools import partial

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.translation import override
from openpyxl import load_workbook

from institutions import audit_words
from institutions.actions import end_post
from institutions.audit import record
from institutions.imports import outgoing, staging
from institutions.imports.transfers import answer_transfer
from institutions.khmer import look_alike
from institutions.merging import merge_people
from institutions.models import AuditEntry, ImportRow, Person, Post, RegisterImport, Role, TransferRequest
from institutions.people_in.reading import read_people
from institutions.scope import Scope
from institutions.uploads import read_workbook
from tests import factories
from tests.factories import TODAY, moment
from tests.factories.sheets import make_sheet
from tests.institutions.place_world import BORN, a_row

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
ZWSP = "\u200b"
row = partial(a_row, institution="school", starts_on=datetime.date(2020, 11, 1))


@pytest.fixture
def hr(client):
    """HR of a department with a school; the client is logged in as HR."""
    ministry = factories.make_institution()
    department = factories.make_institution(ministry, "department", code="dep")
    school = factories.make_institution(department, code="school", name="សាលាអង្គរ", name_latin="Angkor School")
    beside = factories.make_institution(ministry, "department", code="beside")
    role = factories.make_role(institution=department)
    client.force_login(role.user)
    client.user, client.ministry, client.department, client.school = role.user, ministry, department, school
    client.beside, client.position = beside, factories.make_position()
    return client


def send(client, content, **data):
    file = SimpleUploadedFile("បញ្ជី.xlsx", content)
    return client.post(reverse("institutions:import_list"), {"file": file, "institution": client.department.pk, **data})


def preview_of(client, rows, **data):
    """The page of a preview, after sending the rows."""
    send(client, make_sheet(rows))
    found = RegisterImport.objects.latest("pk")
    return client.get(reverse("institutions:import", args=[found.pk]), data).content.decode()


def verdicts(found):
    rows = ImportRow.objects.of(found).order_by("place")
    return [(one.verdict, [reason[0] for reason in one.reasons]) for one in rows]


# --- odd workbooks --------------------------------------------------------------------------------------------------


def test_a_workbook_of_1904_with_mixed_headings_on_row_9_and_khmer_digits_adds_the_people_it_shows(hr):
    above = [["ព្រះរាជាណាចក្រកម្ពុជា"], [], [], ["បញ្ជីបុគ្គលិក ២០២៦"], [], [], [], []]
    headings = {"staff_number": "អត្ត លេខ *", "birth_date": f"ថ្ងៃ{ZWSP}ខែឆ្នាំកំណើត", "starts_on": "Since"}
    rows = [row(staff_number="០០១២៣", starts_on="០១/១១/២០២០"), row(staff_number="00124", name="កែវ មុនី", sex="M")]
    assert send(hr, make_sheet(rows, headings=headings, above=above, epoch_1904=True)).status_code == 302
    found = RegisterImport.objects.get()
    hr.post(reverse("institutions:import", args=[found.pk]), {"seal": found.seal})
    first = Person.objects.get(name="សុខ ចាន់ដារ៉ា")
    post = first.posts.get()
    assert (first.birth_date, post.starts_on, post.staff_number.number) == (BORN, datetime.date(2020, 11, 1), "00123")
    assert ImportRow.objects.of(found).earliest("place").line == 10


def test_hr_of_a_unit_neither_enters_people_beside_it_nor_takes_them_away(hr):
    theirs = factories.make_post(factories.make_person(name="កែវ មុនី", birth_date=BORN), hr.beside, staff_number="77")
    rows = [row(institution="beside"), row(name="កែវ មុនី", staff_number="77", starts_on=TODAY)]
    send(hr, make_sheet(rows))
    found = RegisterImport.objects.get()
    assert verdicts(found) == [("error", ["no_place"]), ("transfer", ["elsewhere"])]
    hr.post(reverse("institutions:import", args=[found.pk]), {"seal": found.seal})
    theirs.refresh_from_db()
    assert theirs.ends_on is None and not theirs.person.posts.exclude(pk=theirs.pk).exists()
    assert TransferRequest.objects.get().outcome == ""


def test_a_row_for_a_closed_school_says_which_one_follows_it(hr):
    closed = factories.make_institution(hr.department, code="old", closed_on=TODAY - DAY, successor=hr.school)
    page = preview_of(hr, [row(institution=closed.code), row(institution="old", starts_on=TODAY, staff_number="9")])
    found = RegisterImport.objects.get()
    assert verdicts(found)[0] == ("error", ["closed_into"]) and "៖ school" in page


# --- one human, two spellings ---------------------------------------------------------------------------------------


def test_a_latin_namesake_with_another_khmer_name_is_asked_about_never_renamed(hr):
    known = factories.make_person(name="ស៊ុន ដារា", name_latin="Sun Dara", birth_date=BORN)
    factories.make_post(known, hr.school)
    rows = [row(staff_number="", name="សន់ ដារា", name_latin="Sun Dara")]
    page = preview_of(hr, rows)
    assert verdicts(RegisterImport.objects.get()) == [("conflict", ["spelt_otherwise"])]
    assert "សន់ ដារា" in page and "ស៊ុន ដារា" in page
    for other in (hr.beside, hr.school):  # others', and one of ours with a number: neither can be meant
        known.posts.all().delete()
        factories.make_post(known, other, staff_number="00001")
        number = "00002" if other == hr.school else ""
        assert verdicts(factories.make_import(hr.department, [rows[0] | {"staff_number": number}])) == [("add", [])]
    rows[0].pop("name")
    again = factories.make_import(hr.department, [rows[0] | {"starts_on": TODAY}])
    assert verdicts(again)[0][0] != "conflict"


@pytest.mark.parametrize(
    ("one", "other", "is_alike"),
    [
        ("សុខដារា", f"សុខ{ZWSP}ដារា", True),
        ("កណ្តាល", "កណ្ដាល", True),
        ("Sok Dara", "SOK DARA", False),
        ("សុខ A", "សុខ a", False),
        ("សុខដារា", "សុខដារ៉ា", False),
        ("សុខ ដារា", "សុខដារា", False),
    ],
)
def test_names_look_alike_where_a_reader_sees_no_difference(one, other, is_alike):
    assert look_alike(one, other) == is_alike


def test_a_name_that_differs_only_in_what_nobody_sees_is_no_change(hr):
    person = factories.make_person(name="ណ្តា សុខ", name_latin="Nda Sok", birth_date=BORN)
    factories.make_post(person, hr.school, staff_number="00123", starts_on=datetime.date(2020, 11, 1))
    same = row(name=f"ណ្ដា សុ{ZWSP}ខ", name_latin="Nda Sok", sex=person.sex)
    assert verdicts(factories.make_import(hr.department, [same])) == [("unchanged", [])]
    assert verdicts(factories.make_import(hr.department, [same | {"name_latin": "NDA SOK"}])) == [("change", [])]


# --- the register sent back -----------------------------------------------------------------------------------------


def exported(department):
    target = io.BytesIO()
    scope = Scope.of(department, TODAY)
    outgoing.write_register(target, institution=department, scope=scope, day=TODAY, at=moment(), by=None, language="km")
    return target.getvalue()


def test_after_a_merge_a_closing_and_a_transfer_the_exported_register_says_nothing_new(hr):
    long_ago, names = TODAY - 900 * DAY, (f"សុខ{ZWSP}ដារា", "សុខ ដារ៉ា")
    kept, other = (factories.make_person(name=name, name_latin="Sok Dara", birth_date=BORN) for name in names)
    factories.make_post(kept, hr.school, hr.position, starts_on=long_ago, staff_number="0007")
    factories.make_post(other, hr.department, hr.position, starts_on=long_ago, staff_number="")
    merge_people(kept=kept, other=other, reason="x", at=moment(), by=hr.user)
    moving = factories.make_post(factories.make_person(), hr.beside, hr.position, starts_on=long_ago)
    request = factories.make_transfer(moving.person, hr.school, post=moving, starts_on=TODAY)
    answer_transfer(request=request, outcome="released", message="", at=moment(), by=None)
    closing = factories.make_institution(hr.department, code="closing")
    left = factories.make_post(factories.make_person(), closing, hr.position, starts_on=long_ago)
    end_post(post=left, ends_on=TODAY - DAY, at=moment(), by=None)
    closing.closed_on = TODAY
    closing.save()
    content = exported(hr.department)
    send(hr, content)
    counts = deepcopy(RegisterImport.objects.get().counts)
    assert counts.pop("unchanged") == 3 and not any(counts.values())
    judgement = staging.judge_reading(
        read_people(read_workbook(content)),
        institution=hr.department,
        scope=Scope.of(hr.department, TODAY),
        complete_of=hr.department,
        complete_on=TODAY,
    )
    assert {one.verdict for one in judgement.rows} == {"unchanged"}


FORMULAS = [
    *("=1+1", "+855 12 345 678", "-1", "@SUM(A1)", "＝1+1", "=cmd|'/c calc'!A1", "'=1", "\t=1+1", " =1+1", "\r=1"),
    '=HYPERLINK("http://example.org")',
    '=WEBSERVICE("http://example.org")',
    '=IMPORTXML("http://example.org";"//a")',
]


def cells_of(content):
    for sheet in load_workbook(io.BytesIO(content)).worksheets:
        for line in sheet.iter_rows():
            yield from line


def test_no_text_of_the_register_becomes_a_formula_in_any_workbook_of_it(hr, client):
    for place, text in enumerate(FORMULAS):
        school = factories.make_institution(hr.department, code=f"f-{place}", name=text, name_latin=text)
        position = factories.make_position(slug=f"p-{place}", name=text, name_latin=text)
        person = factories.make_person(name=text, name_latin=text, birth_date=BORN + place * DAY)
        factories.make_post(person, school, position, rank=text, staff_number=str(place))
    content = exported(hr.department)
    assert {cell.data_type for cell in cells_of(content)} <= {"s", "n", "d", "inlineStr"}
    rows = list(load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(min_row=2, values_only=True))
    held = Post.objects.values_list("person__name", "person__name_latin", "rank")
    assert Counter((*row[1:3], row[9]) for row in rows) == Counter(held) and len(rows) == len(FORMULAS)
    assert {"=1+1", "@SUM(A1)", "＝1+1", "-1"} <= {row[1] for row in rows}
    send(hr, make_sheet([row(sex="?", name=text, rank=text) for text in FORMULAS if text[0] not in "\t\r"]))
    refused = hr.get(reverse("institutions:import_rows", args=[RegisterImport.objects.get().pk]))
    template = hr.get(reverse("institutions:import_template"))
    duties = hr.get(reverse("institutions:duty_workbook"))
    client.force_login(factories.make_user(is_superuser=True, is_staff=True))
    tree = client.get(reverse("institutions:tree_workbook"))
    for answer in (refused, template, duties, tree):
        assert answer.status_code == 200 and "f" not in {cell.data_type for cell in cells_of(answer.content)}


# --- pages ----------------------------------------------------------------------------------------------------------


def test_a_preview_opens_with_the_rows_to_look_at_and_says_how_many_there_are_of_each_kind(hr):
    person = factories.make_person(name="កែវ មុនី", name_latin="Keo Mony", birth_date=BORN, sex="F")
    factories.make_post(person, hr.school, hr.position, staff_number="7", starts_on=datetime.date(2020, 11, 1))
    same = row(staff_number="7", name="កែវ មុនី", name_latin="Keo Mony", sex="F")
    page = preview_of(hr, [same, row(birth_date="31/02/1980")])
    assert "កែវ មុនី" not in page and "31/02/1980" in page and "alert-danger" in page
    found = RegisterImport.objects.get()
    assert "កែវ មុនី" in hr.get(reverse("institutions:import", args=[found.pk]), {"verdict": "all"}).content.decode()
    assert "កែវ មុនី" in preview_of(hr, [same])


def test_the_day_of_a_complete_list_is_written_as_hr_writes_days_and_never_ignored(hr):
    leaving = factories.make_post(factories.make_person(), hr.school, starts_on=TODAY - 900 * DAY)
    content, day = make_sheet([row()]), TODAY.strftime("%d/%m/%Y")
    assert send(hr, content, complete_on=day).status_code == 400
    assert send(hr, content, complete_of="school").status_code == 400
    assert not RegisterImport.objects.exists()
    assert send(hr, content, complete_on=day, complete="on").status_code == 302
    found = RegisterImport.objects.get()
    assert found.complete_on == TODAY and found.counts["leave"] == 1
    page = hr.get(reverse("institutions:import", args=[found.pk])).content.decode()
    assert leaving.person.name in page and "?verdict=leave" in page


def test_who_asked_knows_which_request_is_which_and_sees_each_once(hr):
    theirs = factories.make_post(factories.make_person(name="កែវ មុនី"), hr.beside)
    factories.make_transfer(theirs.person, hr.school, by=hr.user, staff_number="00777")
    page = hr.get(reverse("institutions:transfer_list")).content.decode()
    assert "00777" in page and "កែវ មុនី" not in page
    hr.force_login(factories.make_role(Role.Kind.REGISTRAR, hr.ministry).user)
    page = hr.get(reverse("institutions:transfer_list")).content.decode()
    assert "កែវ មុនី" in page and "00777" not in page


def test_the_template_has_khmer_type_text_in_every_row_and_each_sector_once(hr):
    factories.make_position(slug="director")
    factories.make_position(factories.make_sector("police", name="នគរបាល", name_latin="Police"), slug="officer")
    factories.make_post(None, hr.school, hr.position)
    book = load_workbook(io.BytesIO(hr.get(reverse("institutions:import_template")).content))
    sheet, positions, _institutions, sectors = book.worksheets[:4]
    assert sheet["A2"].font.name == sheet["A1"].font.name == "Khmer OS Battambang"
    assert sheet.column_dimensions["A"].number_format == "@"
    assert sheet.column_dimensions["E"].number_format == "dd/mm/yyyy"
    assert [cell.value for cell in sectors["A"]][1:] == [hr.position.sector.name, "នគរបាល"]
    assert [cell.value for cell in positions["B"]][1:] == [hr.position.sector.name] * 2 + ["នគរបាល"]


def test_reasons_of_rows_to_correct_are_read_without_widening_the_column(hr):
    send(hr, make_sheet([row(sex="?", birth_date="31/02/1980")]))
    answer = hr.get(reverse("institutions:import_rows", args=[RegisterImport.objects.get().pk]))
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert sheet["B2"].alignment.wrap_text and "\n" in sheet["B2"].value
    assert not sheet["C2"].alignment.wrap_text


# --- the record -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"rows": 1200, "counts": {"add": 3, "leave": 0}}, [("Rows:", "1,200", True), ("Added:", "3", False)]),
        ({"fields": ["starts_on"]}, [("What was changed:", "Post since", True)]),
        ({"kind": "hr", "reason": ""}, [("Kind:", Role.Kind.HR.label, True)]),
        ({"from": "2026-11-03", "passed": True}, [("From:", "3 November 2026", True), ("Passed:", "Yes", True)]),
        ({"sha256": "ab" * 32}, [("Checksum:", "ab" * 6 + "…", True)]),
        ({"unheard_of": 5}, [("", "unheard_of: 5", True)]),
    ],
)
def test_facts_of_the_record_are_words(facts, said):
    with override("en"):
        assert audit_words.fact_words(facts) == [(label, str(value), is_code) for label, value, is_code in said]


def test_the_record_shows_no_key_of_the_program(hr):
    auditor = factories.make_role(Role.Kind.AUDITOR, hr.ministry).user
    facts = {"rows": 2, "counts": {"add": 1, "change": 1}}
    subject = "import:3"
    record(verb="institutions.apply_import", subject=subject, at=moment(), by=hr.user, institution=hr.school, **facts)
    hr.force_login(auditor)
    page = hr.get(reverse("institutions:audit_list")).content.decode()
    assert AuditEntry.objects.filter(subject=subject).exists()
    for word in ("import:3", "counts", "{", "&#x27;add"):
        assert word not in page.split("<tbody>")[1].split("</tbody>")[0]
    assert audit_words.subject_words("person:12")[1] == "P-000012"
    assert audit_words.subject_words("strange") == ("", "strange")

"""Files that leave through the site: who gets them, what is recorded, what a job does with them."""

import datetime
import hashlib
import io

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from certification.filters import EVERYBODY
from exports import actions, rosters
from exports.models import Export
from institutions.actions import end_post, end_role
from institutions.models import AuditEntry, Role
from jobs.actions import run_job
from jobs.models import Job
from tests import factories

pytestmark = pytest.mark.django_db

DAY = factories.TODAY
DAYS = datetime.timedelta
ROSTER, COVERAGE = "exports:roster", "exports:coverage"


@pytest.fixture(autouse=True)
def today(monkeypatch, settings, tmp_path):
    """The site's day is the day of the tests; private files go to a folder of the test."""
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr("django.utils.timezone.now", lambda: factories.moment(hour=11))
    monkeypatch.setitem(run_job.__kwdefaults__, "clock", lambda: timezone.now())


@pytest.fixture
def world():
    return factories.make_bound_world()


def hr_of(institution, kind=Role.Kind.HR):
    return factories.make_role(kind, institution).user


def names_in(content):
    place = [column.key for column in rosters.COLUMNS].index("name")
    rows = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(min_row=2, values_only=True)
    return [row[place] for row in rows]


# --- the click ------------------------------------------------------------------------------------------------------


def test_roster_has_the_filters_and_the_order_of_the_list(client, world):
    for _person in range(4):
        factories.make_post(institution=world["school"])
    factories.certify(factories.make_post(institution=world["school"]).person)
    factories.make_post(institution=factories.make_institution())
    user = hr_of(world["ministry"])
    client.force_login(user)
    for query in ({}, {"status": EVERYBODY}, {"status": "certified"}, {"unit": world["school"].code}):
        page = client.get(reverse("certification:person_list"), query)
        response = client.post(reverse(ROSTER), page.context["chosen"].as_facts())
        assert names_in(response.content) == [line.person.name for line in page.context["lines"]]
    assert response["Content-Disposition"] == f'attachment; filename="roster-{world["school"].code}-2026-11-23.xlsx"'


def test_every_export_leaves_its_row_and_an_audit_entry(client, world):
    factories.make_post(institution=world["school"])
    user = hr_of(world["ministry"])
    client.force_login(user)
    response = client.post(reverse(ROSTER), {"status": EVERYBODY, "q": "sok"})
    export = Export.objects.get()
    assert (export.rows, export.by, export.institution) == (1, user, world["ministry"])
    assert export.sha256 == hashlib.sha256(response.content).hexdigest()
    assert export.filters == {"on": "2026-11-23", "status": "all", "q": "sok"}
    entry = AuditEntry.objects.get(verb="exports.roster")
    assert (entry.subject, entry.institution, entry.facts["rows"]) == (f"export:{export.pk}", world["ministry"], 1)
    assert "sok" not in str(entry.facts)


def test_roster_is_only_for_those_who_see_names_and_only_by_post(client, world):
    factories.make_post(institution=world["school"])
    officer = factories.give_account(factories.make_post(institution=world["school"]).person)
    for user in (hr_of(world["ministry"], Role.Kind.MONITOR), hr_of(world["ministry"], Role.Kind.AUDITOR), officer):
        client.force_login(user)
        assert client.post(reverse(ROSTER), {}).status_code == 404
    client.force_login(hr_of(world["ministry"]))
    assert client.get(reverse(ROSTER), {"status": "all"})["Location"].endswith("/people/?status=all")
    assert not Export.objects.exists()
    client.logout()
    assert client.post(reverse(ROSTER), {}).status_code == 302


def test_every_line_is_inside_the_scope_whatever_is_sent(client, world):
    mine = factories.make_post(institution=world["school"]).person
    foreign = factories.make_post(institution=factories.make_institution()).person
    beside = factories.make_institution(world["ministry"])
    factories.make_post(institution=beside)
    client.force_login(hr_of(world["school"]))
    assert names_in(client.post(reverse(ROSTER), {"status": EVERYBODY}).content) == [mine.name]
    for sent in ({"unit": beside.code}, {"area": "99"}, {"on": "2999-01-01"}, {"status": "x"}):
        response = client.post(reverse(ROSTER), sent)
        assert response.status_code == 302
        assert reverse("certification:person_list") in response["Location"]
    response = client.post(reverse(ROSTER), {"q": foreign.name})
    assert response.status_code == 302
    assert Export.objects.count() == 1


def test_person_in_two_places_and_one_who_left_stand_only_where_they_should(client, world):
    elsewhere = factories.make_institution(factories.make_institution())
    both = factories.make_post(institution=world["school"]).person
    factories.make_post(both, elsewhere)
    left = factories.make_post(institution=world["school"], starts_on=DAY - DAYS(30))
    end_post(post=left, ends_on=DAY - DAYS(10), at=factories.moment(), by=None)
    client.force_login(hr_of(world["school"]))
    content = client.post(reverse(ROSTER), {"status": EVERYBODY}).content
    assert names_in(content) == [both.name]
    book = openpyxl.load_workbook(io.BytesIO(content))
    told = {cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row}
    assert elsewhere.name not in told
    assert elsewhere.code not in told


# --- coverage -------------------------------------------------------------------------------------------------------


def figures_in(content, sheet):
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [row[0:1] + row[3:8] for row in book.worksheets[sheet].iter_rows(min_row=2, values_only=True)]


def test_coverage_workbook_has_the_figures_of_the_page(client, world):
    factories.make_post(institution=world["school"])
    factories.certify(factories.make_post(institution=world["school"]).person)
    user = hr_of(world["ministry"], Role.Kind.MONITOR)
    client.force_login(user)
    page = client.get(reverse("certification:coverage"))
    response = client.get(reverse(COVERAGE), {"institution": world["ministry"].code, "on": "2026-11-23"})
    total = page.context["total"]
    counts = (total.people, total.trained, total.passed, total.signed, total.certified)
    assert counts == (2, 1, 1, 1, 1)
    assert figures_in(response.content, 0) == [(world["ministry"].code, *counts)]
    assert figures_in(response.content, 1) == [(world["school"].code, *counts)]
    assert figures_in(response.content, 2) == [("06", *counts)]
    assert sum(row[1] for row in figures_in(response.content, 3)) == 2
    assert figures_in(response.content, 4) == [("education", *counts)]
    export = Export.objects.get()
    assert (export.what, export.institution) == ("coverage", world["ministry"])
    assert export.sha256 == hashlib.sha256(response.content).hexdigest()
    assert AuditEntry.objects.filter(verb="exports.coverage", actor=user).exists()


def test_area_monitor_gets_the_figures_of_the_area_and_no_name(client, world):
    post = factories.make_post(institution=world["school"])
    factories.make_post(institution=factories.make_institution(world["ministry"], area=factories.make_area("12")))
    client.force_login(factories.make_role(Role.Kind.MONITOR, area=factories.make_area("06")).user)
    response = client.get(reverse(COVERAGE))
    assert figures_in(response.content, 0)[0][1] == 1
    assert response["Content-Disposition"] == 'attachment; filename="coverage-2026-11-23.xlsx"'
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    told = {cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row}
    assert not told & {post.person.name, post.person.name_latin}


def test_coverage_of_a_foreign_institution_is_404(client, world):
    client.force_login(hr_of(factories.make_institution(), Role.Kind.MONITOR))
    assert client.get(reverse(COVERAGE), {"institution": world["ministry"].code}).status_code == 404
    client.force_login(hr_of(world["ministry"], Role.Kind.AUDITOR))
    assert client.get(reverse(COVERAGE)).status_code == 404


# --- the job --------------------------------------------------------------------------------------------------------


@pytest.fixture
def short(monkeypatch):
    """More than two lines are for a job."""
    monkeypatch.setattr("exports.actions.DIRECT_ROWS", 2)


@pytest.fixture
def long_list(world, short):
    return [factories.make_post(institution=world["school"]).person for _person in range(3)]


def ask(client, **facts):
    return client.post(reverse(ROSTER), {"status": EVERYBODY, **facts})


def test_long_roster_is_made_by_a_job_and_fetched_by_its_owner_only(
    client, world, long_list, django_capture_on_commit_callbacks
):
    user = hr_of(world["ministry"])
    client.force_login(user)
    with django_capture_on_commit_callbacks(execute=True):
        response = ask(client)
    export = Export.objects.get()
    assert response["Location"] == reverse("institutions:job", args=[export.job_id])
    assert (export.job.status, export.rows) == (Job.Status.DONE, 3)
    address = reverse("exports:download", args=[export.pk])
    assert address in client.get(response["Location"]).content.decode()
    assert address in client.get(reverse("exports:export_list")).content.decode()
    file = client.get(address)
    content = b"".join(file.streaming_content)
    assert hashlib.sha256(content).hexdigest() == export.sha256
    assert sorted(names_in(content)) == sorted(person.name for person in long_list)
    assert file["Content-Disposition"].endswith(f'filename="roster-{world["ministry"].code}-2026-11-23.xlsx"')
    assert AuditEntry.objects.filter(verb="exports.download", subject=f"export:{export.pk}").count() == 1
    client.force_login(hr_of(world["ministry"]))
    assert client.get(address).status_code == 404
    assert address not in client.get(reverse("exports:export_list")).content.decode()


def test_a_second_click_gives_the_job_that_waits(client, world, long_list):
    client.force_login(hr_of(world["ministry"]))
    assert ask(client)["Location"] == ask(client)["Location"]
    assert ask(client, q="sok")["Location"] != ask(client)["Location"]
    assert (Job.objects.filter(kind=actions.ROSTER_JOB).count(), Export.objects.count()) == (2, 2)


def test_job_fails_closed_where_the_rights_have_changed_meanwhile(
    client, world, long_list, django_capture_on_commit_callbacks
):
    role = factories.make_role(Role.Kind.HR, world["ministry"])
    client.force_login(role.user)
    with django_capture_on_commit_callbacks() as callbacks:
        ask(client)
    end_role(role=role, ends_on=DAY - DAYS(1), at=factories.moment(), by=None)
    for callback in callbacks:
        callback()
    export = Export.objects.get()
    assert (export.job.status, export.rows, export.sha256) == (Job.Status.FAILED, None, "")
    assert not export.job.result


def test_job_fails_closed_where_the_rights_change_while_it_runs(
    client, world, long_list, django_capture_on_commit_callbacks, monkeypatch
):
    role = factories.make_role(Role.Kind.HR, world["ministry"])
    client.force_login(role.user)
    rows = rosters.rows

    def rows_and_a_change(*args):
        yield from rows(*args)
        end_role(role=role, ends_on=DAY - DAYS(1), at=factories.moment(), by=None)

    monkeypatch.setattr("exports.rosters.rows", rows_and_a_change)
    with django_capture_on_commit_callbacks(execute=True):
        ask(client)
    export = Export.objects.get()
    assert (export.job.status, export.rows) == (Job.Status.FAILED, None)


def status_of(client, address):
    response = client.get(address)
    if response.streaming:
        assert b"".join(response.streaming_content)
    return response.status_code


def test_file_is_gone_for_who_lost_the_role_and_after_a_day(
    client, world, long_list, django_capture_on_commit_callbacks, monkeypatch
):
    role = factories.make_role(Role.Kind.HR, world["ministry"])
    factories.make_role(Role.Kind.MONITOR, world["ministry"], role.user)
    client.force_login(role.user)
    with django_capture_on_commit_callbacks(execute=True):
        ask(client)
    export = Export.objects.get()
    address = reverse("exports:download", args=[export.pk])
    assert status_of(client, address) == 200
    assert actions.forget_files(factories.moment(hour=20)) == 0
    end_role(role=role, ends_on=DAY - DAYS(1), at=factories.moment(), by=None)
    assert status_of(client, address) == 404
    factories.make_role(Role.Kind.HR, world["ministry"], role.user)
    assert status_of(client, address) == 200
    monkeypatch.setattr("django.utils.timezone.now", lambda: factories.moment(DAY + DAYS(1), 12))
    client.force_login(role.user)
    assert status_of(client, address) == 404
    assert actions.forget_files(factories.moment(DAY + DAYS(1), 12)) == 1
    export.job.refresh_from_db()
    assert not export.job.result
    assert Export.objects.filter(pk=export.pk).exists()


def test_empty_list_of_exports_says_where_to_make_one(client, world):
    for kind, address in ((Role.Kind.HR, "certification:person_list"), (Role.Kind.MONITOR, "certification:coverage")):
        client.force_login(hr_of(world["ministry"], kind))
        assert reverse(address) in client.get(reverse("exports:export_list")).content.decode()

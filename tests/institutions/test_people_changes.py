"""Changes of people that another system sends: the rules of the import, each key once, nobody else's people."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from institutions.client_actions import revoke_client
from institutions.imports import pushing, staging
from institutions.imports.undoing import undo_import
from institutions.models import AuditEntry, PeopleChanges, Person, Post, RegisterImport, StaffNumber, TransferRequest
from institutions.people_in import columns as c
from institutions.people_in.reading import read_people
from institutions.uploads import read_workbook
from jobs.models import Job
from tests import factories
from tests.factories.sheets import HEADINGS, make_sheet

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
BORN = datetime.date(1985, 3, 4)
PATH = factories.Payroll.PATH


def verdicts(answer):
    return [row["verdict"] for row in answer["verdicts"]]


def codes(answer):
    return [[reason["code"] for reason in row["reasons"]] for row in answer["verdicts"]]


def all_of_it():
    """Everything in the register that a row could change."""
    return [list(model.objects.order_by("pk").values()) for model in (Person, Post, StaffNumber, TransferRequest)]


# --- what is applied ------------------------------------------------------------------------------------------------


def test_good_rows_are_applied_and_wrong_ones_never(place, system):
    wrong = place.row(staff_number="00124", name="គាត់", name_latin="Kot", birth_date="31/02/1980")
    answer = system.says([place.row(), wrong])
    assert answer["counts"] == {"add": 1, "error": 1} and verdicts(answer) == ["add", "error"]
    assert answer["verdicts"][1]["reasons"][0]["field"] == "birth_date"
    person = Person.objects.get()
    assert person.name_latin == "Sok Chandara" and person.posts.get().institution == place.school
    assert StaffNumber.objects.get().number == "00123"


def test_a_change_and_a_last_day_reach_the_register(place, system):
    post = place.serving()
    renamed = place.row(name_latin="Sok Chan Dara", ends_on=factories.TODAY)
    assert verdicts(system.says([renamed])) == ["leave"]
    post.refresh_from_db()
    assert post.ends_on == factories.TODAY and post.person.name_latin == "Sok Chan Dara"


def test_a_dry_run_says_the_same_and_writes_nothing_in_the_register(place, system):
    rows = [place.row(), place.row(staff_number="00124", name="ស", birth_date=None)]
    before = all_of_it()
    tried = system.says(rows, path=f"{PATH}?dry_run=true")
    assert tried["dry_run"] and all_of_it() == before and not RegisterImport.objects.exists()
    done = system.says(rows)
    assert (tried["verdicts"], tried["counts"]) == (done["verdicts"], done["counts"])


def test_what_the_register_says_already_leaves_no_import_behind(place, system):
    system.says([place.row()])
    assert verdicts(system.says([place.row()])) == ["unchanged"]
    assert RegisterImport.objects.count() == 1


def test_rows_that_are_all_wrong_wait_in_the_list_of_imports(place, system):
    assert verdicts(system.says([place.row(birth_date="?")])) == ["error"]
    assert RegisterImport.objects.get().state == RegisterImport.State.JUDGED


def test_reasons_are_said_in_the_language_that_is_asked_for(place, system):
    said = {
        language: system.says([place.row(birth_date="?")], **{"Accept-Language": language})["verdicts"][0]["reasons"]
        for language in ("km", "en")
    }
    assert said["en"][0]["code"] == said["km"][0]["code"] and said["en"][0]["message"] != said["km"][0]["message"]


def test_a_row_about_somebody_elsewhere_becomes_a_request_and_says_no_more_than_a_workbook(place, system):
    place.serving(place.foreign)
    row = place.row()
    expected = staging.row_of(None, place_judged(place, [row])[0], 0).reasons
    answer = system.says([row])
    assert verdicts(answer) == ["transfer"] and codes(answer) == [["elsewhere"]]
    assert [[reason["code"], reason["field"], {}] for reason in answer["verdicts"][0]["reasons"]] == expected
    request = TransferRequest.objects.get()
    assert request.asked_by == system.made.client.user and request.institution == place.school
    assert Post.objects.count() == 1


def place_judged(place, rows):
    """The rows of a workbook with their verdicts."""
    columns = [key for key in c.BY_KEY if key in HEADINGS]  # reasons are said in the order of the columns
    reading = read_people(read_workbook(make_sheet(rows, columns=columns)))
    return staging.judge_reading(reading, institution=place.department, scope=place.scope).rows


# --- the same rules -------------------------------------------------------------------------------------------------

CELLS = {
    "staff_number": st.sampled_from(["00123", "123", 123, "០០១២៣", "1.23E+18", "9", " 00124 ", None, 1e20]),
    "name": st.sampled_from(["សុខ ចាន់ដារ៉ា", "សុខ  ចាន់ដារ៉ា", "ក", "កែវ សុភា", "សុខ 5", "!!"]),
    "name_latin": st.sampled_from(["Sok Chandara", "Keo Sophea", "x" * 300, None, "SOK CHANDARA"]),
    "sex": st.sampled_from(["F", "ស", "male", "?", None, 1]),
    "birth_date": st.sampled_from(
        [
            datetime.date(1985, 3, 4),
            "04/03/1985",
            "១៩៨៥-០៣-០៤",
            "31/02/1980",
            "4/3/85",
            12,
            None,
            datetime.date(2030, 1, 1),
        ]
    ),
    "institution": st.sampled_from(["school-1", "សាលាបាយ័ន", "school-9", "nowhere", None]),
    "position": st.sampled_from(["Teacher", "teacher", "no such", None]),
    "starts_on": st.sampled_from([datetime.date(2024, 11, 1), "2026-01-05", "1/1/1980", None]),
    "ends_on": st.sampled_from([None, None, "2026-11-20", "1/1/2000"]),
    "rank": st.sampled_from([None, "III", "r" * 90]),
    "basis": st.sampled_from([None, None, "acting", "ស្តីទី", "regular", "sometimes", 1]),
    "end_reason": st.sampled_from([None, None, "retired", "acting-over", "ចូលនិវត្តន៍", "why not", 5]),
}


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.fixed_dictionaries(CELLS), min_size=1, max_size=4))
def test_rows_get_the_verdicts_and_reasons_of_the_same_rows_in_a_workbook(place, system, rows):
    if not Post.objects.exists():
        place.serving()
        place.serving(place.foreign, staff_number="9", name="កែវ សុភា", name_latin="Keo Sophea")
    said = system.says(rows, path=f"{PATH}?dry_run=true")
    expected = []
    for judged in place_judged(place, rows):
        reasons = [[problem.reason, problem.column] for problem in judged.reasons]
        expected.append([judged.line - 1, judged.verdict, reasons])
    got = [[r["row"], r["verdict"], [[x["code"], x["field"]] for x in r["reasons"]]] for r in said["verdicts"]]
    assert got == expected


def test_one_row_costs_as_many_queries_as_three(place, system):
    counted = []
    for numbers in ([10], [11, 12, 13]):
        rows = [place.row(staff_number=f"00{n}", name=f"សុខ {n}ក", name_latin=f"Sok {n}") for n in numbers]
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert system.says(rows)["counts"] == {"add": len(numbers)}
        counted.append(len(queries))
        system.says(rows)  # the first request of the day also notes the day
    assert counted[1] <= counted[0]


# --- nobody else's people -------------------------------------------------------------------------------------------

TRICKS = {
    "by their number": lambda post: {"name_latin": "Changed", "rank": "X"},
    "by their reference": lambda post: {"reference": post.person.reference, "name_latin": "Changed"},
    "by name and birth date": lambda post: {"staff_number": None, "rank": "X"},
    "in their own institution": lambda post: {"institution": "school-9", "rank": "X"},
    "by the name of their institution": lambda post: {"institution": "សាលាឆ្ងាយ", "ends_on": "2026-11-20"},
    "by ending their post": lambda post: {"ends_on": "2026-11-20"},
    "by giving their number to another": lambda post: {
        "name": "កែវ សុភា",
        "name_latin": "Keo",
        "birth_date": "1/1/1990",
    },
}


@pytest.mark.parametrize("trick", TRICKS)
def test_somebody_of_the_department_beside_is_never_seen_or_changed(place, system, trick):
    post = place.serving(place.foreign, name="វិចិត្រា ឆ្ងាយ", name_latin="Faraway Vichet")
    row = place.row(name="វិចិត្រា ឆ្ងាយ", name_latin="Faraway Vichet") | TRICKS[trick](post)
    before = all_of_it()[:3]
    answer = system([row])
    text = answer.content.decode()
    assert answer.status_code == 200
    assert all_of_it()[:3] == before
    assert post.person.reference not in text and "Faraway" not in text and "វិចិត្រា" not in text
    assert "school-9" not in text or "school-9" in str(row)


def test_the_requests_of_another_client_are_not_there(place, system):
    number = system.says([place.row()])["id"]
    assert system.machine.get(f"{PATH}/{number}").status_code == 200
    for institution in (place.department, place.foreign_department):
        other = factories.Machine(factories.make_client(institution, name="Leave").token)
        answer = other.get(f"{PATH}/{number}")
        assert answer.status_code == 404 and answer.content == other.get(f"{PATH}/99999").content


def test_a_client_that_only_reads_changes_nothing(place):
    system = factories.Payroll(factories.make_client(place.department, may_push=False))
    answer = system([place.row()])
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not_allowed")
    assert not Person.objects.exists()


def test_a_client_revoked_between_two_requests_changes_nothing_at_the_second(place, system):
    system.says([place.row()])
    revoke_client(client=system.made.client, at=factories.moment(), by=None)
    assert system([place.row(name_latin="Changed")]).status_code == 401
    assert Person.objects.get().name_latin == "Sok Chandara"


# --- each key once --------------------------------------------------------------------------------------------------


def test_a_request_sent_again_gets_the_same_answer_and_does_nothing(place, system):
    first = system([place.row()], key="nightly-1")
    place_now = all_of_it()
    Person.objects.update(name_latin="Meanwhile")
    again = system([place.row()], key="nightly-1")
    assert again.content == first.content and again.status_code == 200
    assert Person.objects.get().name_latin == "Meanwhile" and Post.objects.count() == len(place_now[1])
    assert PeopleChanges.objects.count() == 1


def test_a_key_stands_for_one_request_alone(place, system):
    system.says([place.row()], key="k")
    for rows, path in (([place.row(rank="II")], PATH), ([place.row()], f"{PATH}?dry_run=true")):
        answer = system(rows, key="k", path=path)
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "key_taken")
    assert factories.Payroll(factories.make_client(place.department, name="Leave")).says([place.row()], key="k")[
        "counts"
    ] == {"unchanged": 1}


def test_verdicts_are_kept_a_month_and_the_counts_for_good(place, system):
    number = system.says([place.row()])["id"]
    assert pushing.forget_verdicts(factories.moment() + 29 * DAY) == 0
    assert pushing.forget_verdicts(factories.moment() + 31 * DAY) == 1
    answer = system.machine.get(f"{PATH}/{number}").json()
    assert answer["verdicts"] is None and answer["counts"] == {"add": 1}
    assert system([place.row()], key="key-1").json()["id"] == number


# --- long ones ------------------------------------------------------------------------------------------------------


@pytest.fixture
def long(place, system, monkeypatch):
    """A request that is too long to be done at once, not yet worked off."""
    monkeypatch.setattr(pushing, "AT_ONCE", 2)
    return [place.row(staff_number=f"00{n}", name=f"សុខ {n}ក", name_latin=f"Sok {n}") for n in range(3)]


def test_a_long_request_is_a_job_that_says_how_far_it_is(system, long, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=False) as callbacks:
        answer = system(long, key="long")
    assert answer.status_code == 202 and answer.json()["status"] == "waiting" and not Person.objects.exists()
    assert system(long, key="long").status_code == 202
    with django_capture_on_commit_callbacks(execute=True):
        for callback in callbacks:
            callback()
    done = system.machine.get(f"{PATH}/{answer.json()['id']}").json()
    assert (done["status"], done["done"], done["counts"]) == ("done", 3, {"add": 3})
    assert verdicts(done) == ["add"] * 3 and Person.objects.count() == 3
    assert system(long, key="long").json() == done
    assert not RegisterImport.objects.get().file


def test_a_client_revoked_while_its_job_waits_changes_nothing(system, long, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=False) as callbacks:
        number = system(long).json()["id"]
    revoke_client(client=system.made.client, at=factories.moment(), by=None)
    for callback in callbacks:
        callback()
    assert Job.objects.get().status == Job.Status.FAILED and not Person.objects.exists()
    assert PeopleChanges.objects.get(pk=number).finished_at is None


# --- as HR sees it --------------------------------------------------------------------------------------------------


def test_it_stands_in_the_list_of_imports_and_can_be_undone(place, system, client):
    before = all_of_it()
    answer = system.says([place.row()])
    found = RegisterImport.objects.get()
    client.force_login(place.hr)
    listed = client.get(reverse("institutions:import_list")).content.decode()
    assert "Payroll" in listed
    assert system.made.client.reference in client.get(reverse("institutions:import", args=[found.pk])).content.decode()
    undo_import(register_import=found, at=factories.moment(), by=place.hr)
    assert all_of_it() == before
    assert system.machine.get(f"{PATH}/{answer['id']}").json()["undone"]


def test_what_is_done_is_on_record_under_the_account_of_the_client(place, system):
    system.says([place.row()])
    entries = AuditEntry.objects.filter(actor=system.made.client.user)
    verbs = set(entries.values_list("verb", flat=True))
    assert {"institutions.receive_import", "institutions.apply_import", "institutions.add_person"} <= verbs

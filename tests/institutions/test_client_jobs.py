"""Requests of other systems that stand still: a registrar sees why and resumes them, the system reads the truth."""

import pytest
from django.urls import reverse

from certification.todo import tasks_of
from institutions.client_jobs import requests_failed
from institutions.imports import applying, pushing, staging
from institutions.models import AuditEntry, PeopleChanges, Person, RegisterImport, Role
from jobs.actions import cancel_job, reap_expired, run_job
from jobs.models import Job
from tests import factories

pytestmark = pytest.mark.django_db
PATH = factories.Payroll.PATH


@pytest.fixture
def registrar(place):
    return factories.make_role(Role.Kind.REGISTRAR, place.ministry).user


@pytest.fixture
def sent(place, system, monkeypatch):
    """A request too long to be done at once, whose job waits; what its system reads of it."""
    monkeypatch.setattr(pushing, "AT_ONCE", 2)
    rows = [place.row(staff_number=f"00{n}", name=f"សុខ {n}ក", name_latin=f"Sok {n}") for n in range(3)]
    number = system(rows, key="long").json()["id"]

    def read():
        return system.machine.get(f"{PATH}/{number}").json()

    read.again = lambda: system(rows, key="long").json()
    return read


def break_down(monkeypatch):
    def fail(*args, **facts):
        raise OSError("disk")

    monkeypatch.setattr(pushing, "work_off", fail)


@pytest.fixture
def failed(sent, monkeypatch):
    """The same after its job has failed at every try."""
    with monkeypatch.context() as patch:
        break_down(patch)
        job = Job.objects.get()
        for _try in range(job.max_attempts):
            Job.objects.filter(pk=job.pk).update(not_before=None)
            run_job(job_id=job.pk, clock=factories.moment)
    assert Job.objects.get().status == Job.Status.FAILED
    return sent


def page(name, *args):
    return reverse(f"institutions:{name}", args=args)


def resume(client, capture):
    with capture(execute=True):
        return client.post(page("job_resume", Job.objects.get().pk))


# --- what the system reads --------------------------------------------------------------------------------------------


def test_a_request_whose_job_gave_up_says_failed_and_why_and_that_nothing_was_written(failed):
    answer = failed()
    assert (answer["status"], answer["done"], answer["verdicts"], answer["finished_at"]) == ("failed", 0, None, None)
    assert Job.objects.get().message in answer["message"] and len(answer["message"]) > len(Job.objects.get().message)
    assert not Person.objects.exists() and failed.again() == answer


def test_a_request_that_will_be_tried_again_still_waits(sent, monkeypatch):
    break_down(monkeypatch)
    run_job(job_id=Job.objects.get().pk, clock=factories.moment)
    answer = sent()
    assert answer["status"] == "waiting" and answer["message"]


def test_the_request_of_a_worker_that_dies_each_time_says_failed(sent):
    Job.objects.update(attempts=5, lease_until=factories.moment())
    reap_expired(factories.moment())
    assert sent()["status"] == "failed" and sent()["message"]


def test_a_request_that_the_ministry_stopped_says_so(sent, registrar, client):
    client.force_login(registrar)
    assert client.post(page("job_cancel", Job.objects.get().pk)).status_code == 302
    answer = sent()
    assert answer["status"] == "failed" and answer["message"]
    entry = AuditEntry.objects.get(verb="institutions.stop_request")
    assert (entry.actor, entry.subject) == (registrar, PeopleChanges.objects.get().client.reference)


def test_after_the_resuming_it_is_done_once(failed, registrar, client, django_capture_on_commit_callbacks):
    client.force_login(registrar)
    answer = resume(client, django_capture_on_commit_callbacks)
    assert answer["Location"] == page("job", Job.objects.get().pk)
    done = failed()
    assert (done["status"], done["counts"], done["message"]) == ("done", {"add": 3}, "")
    assert [row["verdict"] for row in done["verdicts"]] == ["add"] * 3 and Person.objects.count() == 3
    assert failed.again() == done
    assert AuditEntry.objects.get(verb="institutions.resume_request").actor == registrar


def test_what_hr_applied_by_hand_meanwhile_is_done_for_the_system_too(sent, place, monkeypatch):
    monkeypatch.setattr(pushing, "_apply", lambda *args, **facts: 1 / 0)
    run_job(job_id=Job.objects.get().pk, clock=factories.moment)
    cancel_job(job=Job.objects.get(), by=None, at=factories.moment())
    found = RegisterImport.objects.get()
    assert found.state == RegisterImport.State.JUDGED and sent()["status"] == "failed"
    asked = {"register_import": found, "seal": found.seal, "scope": place.scope}
    applying.apply_import(at=factories.moment(), by=place.hr, **asked)
    assert (sent()["status"], sent()["counts"]) == ("done", {"add": 3})


@pytest.mark.parametrize(("language", "word"), [("km", "បានសាកល្បង"), ("en", "went wrong")])
def test_everybody_reads_the_reason_in_their_own_language(failed, registrar, client, language, word):
    client.force_login(registrar)
    made = PeopleChanges.objects.get()
    for address in (f"jobs/{made.job_id}", f"other-systems/{made.client_id}/requests"):
        assert word in client.get(f"/{language}/{address}/").content.decode()


# --- who sees and resumes it ------------------------------------------------------------------------------------------


def test_the_registrar_is_told_and_finds_the_sentence_and_the_button(failed, registrar, client):
    scope = factories.scope_of(registrar)
    made = PeopleChanges.objects.get()
    assert {task.url: task.count for task in tasks_of(scope)}[page("client_list")] == 1
    client.force_login(registrar)
    requests = page("client_requests", made.client_id)
    assert requests in client.get(page("client_list")).content.decode()
    for address in (requests, page("job", made.job_id)):
        text = client.get(address).content.decode()
        assert made.job.message in text and page("job_resume", made.job_id) in text
    assert made.job.message in client.get(page("import", made.register_import_id)).content.decode()


def test_the_platform_owner_may_too(failed, client):
    client.force_login(factories.make_user(is_superuser=True))
    assert client.get(page("job", Job.objects.get().pk)).status_code == 200


def test_hr_and_the_registrar_of_another_ministry_find_no_such_job(failed, place, client):
    other = factories.make_role(Role.Kind.REGISTRAR, factories.make_institution()).user
    job, made = Job.objects.get(), PeopleChanges.objects.get()
    for user in (place.hr, other, factories.make_user()):
        client.force_login(user)
        for name in ("job", "job_cancel", "job_resume"):
            assert client.post(page(name, job.pk)).status_code == 404, (user, name)
        assert client.get(page("client_requests", made.client_id)).status_code == 404
        assert not requests_failed(factories.scope_of(user)).exists()
    job.refresh_from_db()
    assert job.status == Job.Status.FAILED


def test_a_registrar_sees_no_job_that_a_person_asked_for(place, registrar, client):
    facts = {"kind": "exports.roster", "params": {}, "language": "km", "owner": place.hr}
    job = Job.objects.create(**facts, created_at=factories.moment(), finished_at=factories.moment(), status="failed")
    client.force_login(registrar)
    assert client.get(page("job", job.pk)).status_code == client.post(page("job_resume", job.pk)).status_code == 404


def test_a_request_whose_rows_are_gone_offers_no_resuming(failed, registrar, client):
    assert staging.forget_old_previews(factories.moment() + 31 * pushing.KEPT / 30) == 1
    client.force_login(registrar)
    made = PeopleChanges.objects.get()
    text = client.get(page("client_requests", made.client_id)).content.decode()
    assert page("job_resume", made.job_id) not in text
    assert not requests_failed(factories.scope_of(registrar)).exists()
    assert failed()["status"] == "failed"


def test_the_list_of_requests_costs_the_same_for_one_and_three(
    place, system, registrar, client, django_assert_max_num_queries
):
    client.force_login(registrar)
    system.says([place.row()])
    address = page("client_requests", PeopleChanges.objects.get().client_id)
    client.get(address)
    with django_assert_max_num_queries(100) as one:
        client.get(address)
    for number in (1, 2):
        system.says([place.row(staff_number=f"77{number}", name=f"ចាន់ {number}ក", name_latin=f"Chan {number}")])
    with django_assert_max_num_queries(100) as three:
        client.get(address)
    assert len(one) == len(three)

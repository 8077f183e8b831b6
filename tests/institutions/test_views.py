"""Corrections, the record of access and jobs: who sees what, and what bad input gets."""

import datetime

import pytest
from django.urls import reverse

from certification.actions import exempt_person
from institutions.actions import end_post, request_correction
from institutions.audit import record
from institutions.models import CorrectionAnswer, CorrectionRequest, Role
from jobs import registry
from jobs.models import Job
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

DAY = factories.TODAY
DAYS = datetime.timedelta


@pytest.fixture
def world():
    return factories.make_bound_world()


def officer_of(institution, **facts):
    post = factories.make_post(institution=institution, starts_on=DAY - DAYS(100), **facts)
    factories.give_account(post.person)
    return post


def asked(post, message="ឈ្មោះខ្ញុំខុស", day=DAY):
    return request_correction(
        person=post.person, field="name", message=message, at=factories.moment(day), by=post.person.user
    )


def hr_of(institution, kind=Role.Kind.HR):
    return factories.make_role(kind, institution).user


# --- my data is wrong -----------------------------------------------------------------------------------------------


def test_officer_sees_what_the_register_holds_and_says_what_is_wrong(client, world):
    post = officer_of(world["school"])
    client.force_login(post.person.user)
    address = reverse("institutions:correction_new")
    text = client.get(address).content.decode()
    for held in (post.person.name, post.person.name_latin, world["school"].name, post.staff_number.number):
        assert held in text
    response = client.post(address, {"field": "name", "message": "  ត្រូវសរសេរថា សុខ ចាន់ដារ៉ា "}, follow=True)
    sent = CorrectionRequest.objects.get()
    assert (sent.person, sent.message, sent.made_by) == (post.person, "ត្រូវសរសេរថា សុខ ចាន់ដារ៉ា", post.person.user)
    assert sent.message in response.content.decode()
    assert "alert-success" in response.content.decode()


@pytest.mark.parametrize("wrong", [{"field": ""}, {"field": "salary"}, {"message": " "}, {"message": "x" * 1001}])
def test_request_with_bad_input_says_so_and_keeps_what_was_typed(client, world, wrong):
    post = officer_of(world["school"])
    client.force_login(post.person.user)
    typed = {"field": "post", "message": "I serve at the district office"} | wrong
    response = client.post(reverse("institutions:correction_new"), typed)
    assert response.status_code == 400
    assert not CorrectionRequest.objects.exists()
    text = response.content.decode()
    assert "alert-danger" in text
    if "message" not in wrong:
        assert typed["message"] in text


def test_the_same_request_sent_twice_is_kept_once(client, world):
    post = officer_of(world["school"])
    client.force_login(post.person.user)
    typed = {"field": "post", "message": "I serve elsewhere"}
    assert client.post(reverse("institutions:correction_new"), typed).status_code == 302
    assert client.post(reverse("institutions:correction_new"), typed).status_code == 400
    assert CorrectionRequest.objects.count() == 1


def test_account_without_a_person_has_no_data_of_its_own(client, world):
    client.force_login(hr_of(world["school"]))
    assert client.get(reverse("institutions:correction_new")).status_code == 404


# --- answering ------------------------------------------------------------------------------------------------------


def test_hr_answers_once_and_the_officer_reads_it(client, world):
    post = officer_of(world["school"])
    sent = asked(post)
    client.force_login(hr_of(world["ministry"]))
    assert sent in client.get(reverse("institutions:correction_list")).context["waiting"]
    address = reverse("institutions:correction_answer", args=[sent.pk])
    assert client.get(address).status_code == 200
    answer = {"outcome": "corrected", "message": "យើងបានកែហើយ"}
    assert client.post(address, answer).status_code == 302
    assert client.post(address, answer | {"message": "Again"}).status_code == 302
    assert CorrectionAnswer.objects.get().message == "យើងបានកែហើយ"
    assert sent not in client.get(reverse("institutions:correction_list")).context["waiting"]
    client.force_login(post.person.user)
    assert "យើងបានកែហើយ" in client.get(reverse("institutions:correction_new")).content.decode()


@pytest.mark.parametrize("wrong", [{"outcome": ""}, {"outcome": "maybe"}, {"message": ""}])
def test_answer_with_bad_input_says_so_and_answers_nothing(client, world, wrong):
    sent = asked(officer_of(world["school"]))
    client.force_login(hr_of(world["school"]))
    typed = {"outcome": "unchanged", "message": "The register is right"} | wrong
    response = client.post(reverse("institutions:correction_answer", args=[sent.pk]), typed)
    assert response.status_code == 400
    assert not CorrectionAnswer.objects.exists()
    if "message" not in wrong:
        assert typed["message"] in response.content.decode()


def test_stranger_and_other_roles_are_404_on_a_request(client, world):
    post = officer_of(world["school"])
    sent = asked(post)
    address = reverse("institutions:correction_answer", args=[sent.pk])
    answer = {"outcome": "corrected", "message": "x"}
    for user in (
        hr_of(factories.make_institution()),
        hr_of(world["ministry"], Role.Kind.MONITOR),
        hr_of(world["ministry"], Role.Kind.AUDITOR),
        post.person.user,
    ):
        client.force_login(user)
        assert client.get(address).status_code == 404
        assert client.post(address, answer).status_code == 404
    assert not CorrectionAnswer.objects.exists()


def test_nobody_answers_their_own_request(client, world):
    post = officer_of(world["school"])
    factories.make_role(Role.Kind.HR, world["school"], post.person.user)
    sent = asked(post)
    client.force_login(post.person.user)
    assert client.get(reverse("institutions:correction_answer", args=[sent.pk])).status_code == 404
    assert list(client.get(reverse("institutions:correction_list")).context["waiting"]) == []


def test_request_goes_to_those_with_whom_the_person_served_or_last_served(world):
    new = factories.make_institution(factories.make_institution())
    post = officer_of(world["school"])
    early = asked(post, day=DAY - DAYS(60))
    end_post(post=post, ends_on=DAY - DAYS(50), at=factories.moment(DAY - DAYS(50)), by=None)
    between = asked(post, "between two posts", DAY - DAYS(40))
    second = factories.make_post(post.person, new, starts_on=DAY - DAYS(30))
    late = asked(post, "from the new post", DAY - DAYS(10))
    old_hr, new_hr = (factories.scope_of(hr_of(place)) for place in (world["school"], new))

    def seen(scope):
        return set(CorrectionRequest.objects.visible_to(scope))

    assert seen(old_hr) == {early}
    assert seen(new_hr) == {early, between, late}
    end_post(post=second, ends_on=DAY - DAYS(5), at=factories.moment(DAY - DAYS(5)), by=None)
    after = asked(post, "after the last post", DAY)
    assert after in seen(new_hr)
    assert after not in seen(old_hr)


# --- the record of access -------------------------------------------------------------------------------------------


def audited(client, user, **query):
    client.force_login(user)
    response = client.get(reverse("institutions:audit_list"), query)
    assert response.status_code == 200
    return list(response.context["entries"])


def test_auditor_reads_entries_of_the_subtree_and_of_people_who_served_there_that_day(client, world):
    post = officer_of(world["school"])
    exempt_person(
        person=post.person,
        requirement=world["requirement"],
        starts_on=DAY,
        ends_on=DAY,
        reason="x",
        at=factories.moment(),
        by=hr_of(world["ministry"]),
    )
    end_post(post=post, ends_on=DAY, at=factories.moment(), by=None)
    foreign = factories.make_institution()
    about = f"person:{post.person_id}"
    record(verb="x.left", subject=about, at=factories.moment(DAY + DAYS(1)), by=None)
    record(verb="x.foreign", subject=about, at=factories.moment(), by=None, institution=foreign)
    record(verb="x.neither", subject="certificate:EDU-1", at=factories.moment(), by=None)
    verbs = {entry.verb for entry in audited(client, hr_of(world["ministry"], Role.Kind.AUDITOR))}
    assert {"certification.exempt", "institutions.end_post", "institutions.open_post"} <= verbs
    assert not verbs & {"x.left", "x.foreign", "x.neither"}
    assert "x.foreign" in {entry.verb for entry in audited(client, hr_of(foreign, Role.Kind.AUDITOR))}


def test_record_of_access_shows_no_name_and_filters_by_verb_account_and_day(client, world):
    post = officer_of(world["school"])
    asked(post)
    auditor = hr_of(world["ministry"], Role.Kind.AUDITOR)
    entries = audited(client, auditor, verb="institutions.request_correction", actor=post.person.user.username)
    assert [entry.subject for entry in entries] == [f"person:{post.person_id}"]
    text = client.get(reverse("institutions:audit_list")).content.decode()
    assert post.person.name not in text
    assert post.person.name_latin not in text
    assert audited(client, auditor, day=DAY.isoformat(), verb="institutions.request_correction")
    assert not audited(client, auditor, day="2026-11-22", verb="institutions.request_correction")
    assert client.get(reverse("institutions:audit_list"), {"day": "soon"}).status_code == 400


def test_record_of_access_turns_pages_without_counting(client, world, monkeypatch):
    monkeypatch.setattr("institutions.views.A_PAGE", 2)
    for count in range(5):
        record(verb=f"x.{count}", subject="x", at=factories.moment(), by=None, institution=world["school"])
    auditor = hr_of(world["school"], Role.Kind.AUDITOR)
    pages = [[entry.verb for entry in audited(client, auditor, page=page)] for page in (1, 2, 3)]
    assert pages[:2] == [["x.4", "x.3"], ["x.2", "x.1"]]
    assert pages[2][0] == "x.0"
    assert client.get(reverse("institutions:audit_list"), {"page": "-1"}).status_code == 400


def test_only_auditors_read_the_record(client, world):
    for kind in (Role.Kind.HR, Role.Kind.REGISTRAR, Role.Kind.MONITOR):
        client.force_login(hr_of(world["ministry"], kind))
        assert client.get(reverse("institutions:audit_list")).status_code == 404


# --- jobs -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def make_job(monkeypatch):
    monkeypatch.setitem(registry._handlers, "tests.nothing", lambda job, progress: None)

    def make(owner, **facts):
        facts = {"status": Job.Status.QUEUED, "lease_until": factories.moment(), "total": 10, "done": 4, **facts}
        return Job.objects.create(
            kind="tests.nothing", language="km", owner=owner, created_at=factories.moment(), **facts
        )

    return make


ENDED = {"lease_until": None, "finished_at": factories.moment()}


def test_job_page_shows_progress_and_works_without_javascript(client, make_job):
    owner = factories.make_user()
    job = make_job(owner)
    client.force_login(owner)
    page = client.get(reverse("institutions:job", args=[job.pk])).content.decode()
    assert '<meta http-equiv="refresh"' in page
    assert 'value="40"' in page
    part = client.get(reverse("institutions:job", args=[job.pk]), headers={"HX-Request": "true"}).content.decode()
    assert "hx-get" in part
    assert "<html" not in part


@pytest.mark.parametrize(("status", "offered"), [("failed", "job_resume"), ("cancelled", "job_resume"), ("done", None)])
def test_ended_job_stops_asking_and_offers_what_can_be_done(client, make_job, status, offered):
    owner = factories.make_user()
    job = make_job(owner, status=status, message="A sentence.", **ENDED)
    client.force_login(owner)
    page = client.get(reverse("institutions:job", args=[job.pk])).content.decode()
    assert "http-equiv" not in page
    assert "hx-get" not in page
    assert "A sentence." in page
    assert (reverse("institutions:job_resume", args=[job.pk]) in page) == (offered == "job_resume")


def test_owner_cancels_and_resumes_and_a_stranger_is_404(client, make_job, django_capture_on_commit_callbacks):
    owner = factories.make_user()
    job = make_job(owner)
    addresses = [reverse(f"institutions:{name}", args=[job.pk]) for name in ("job", "job_cancel", "job_resume")]
    client.force_login(factories.make_user())
    assert client.get(addresses[0]).status_code == 404
    assert [client.post(address).status_code for address in addresses[1:]] == [404, 404]
    client.force_login(owner)
    assert client.get(addresses[1]).status_code == 405
    client.post(addresses[1])
    job.refresh_from_db()
    assert job.status == Job.Status.CANCELLED
    with django_capture_on_commit_callbacks(execute=True):
        client.post(addresses[2])
    job.refresh_from_db()
    assert job.status == Job.Status.DONE
    response = client.post(addresses[1], follow=True)
    assert "alert-danger" in response.content.decode()

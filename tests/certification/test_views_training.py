"""The officer's pages and the public check, over HTTP."""

import datetime

import pytest
from django.urls import reverse

from certification.actions import change_certificate
from certification.models import CertificateEvent
from certification.rules import new_verification_code
from institutions import actions as register
from tests import factories
from tests.factories import TODAY, moment

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(client):
    world = factories.make_bound_world()
    person = factories.make_post(institution=world["school"]).person
    factories.give_account(person)
    client.force_login(person.user)
    return person


@pytest.fixture(autouse=True)
def today(monkeypatch):
    """Requests of this module happen at noon of the tests' day."""
    monkeypatch.setattr("institutions.middleware.timezone.now", lambda: moment(TODAY, 12))


def test_training_shows_the_unsigned_code_as_the_next_step(client, officer):
    body = client.get("/en/training/").content.decode()
    request = officer.sign_requests.get()
    assert f'class="btn btn-primary" href="/en/sign/{request.pk}/"' in body
    assert body.count("btn-primary") == 1
    assert 'class="st st-no"' in body


def test_training_leads_on_to_lessons_quiz_and_certificate(client, officer):
    factories.sign(officer)
    enrolment = officer.enrolments.get()
    assert f"/en/learn/{enrolment.pk}/l1/" in client.get("/en/training/").content.decode()
    factories.certify(officer)
    body = client.get("/en/training/").content.decode()
    assert "st-ok" in body
    assert 'class="next"' not in body
    assert officer.certificates.get().serial in body


def test_training_takes_the_same_queries_for_one_and_for_three_requirements(
    client, officer, django_assert_max_num_queries
):
    with django_assert_max_num_queries(45) as few:
        client.get("/en/training/")
    school = officer.posts.get().institution
    for slug in ("health", "media"):
        sector = factories.make_sector(slug, name=slug, name_latin=slug)
        code = factories.make_code(sector)
        factories.make_edition(code)
        factories.make_requirement(code, serial_prefix=slug[:3])
        factories.make_post(officer, school, factories.make_position(sector, "x"))
    with django_assert_max_num_queries(len(few)):
        client.get("/en/training/")


def test_account_without_a_person_has_no_training(client):
    client.force_login(factories.make_user())
    assert client.get("/en/training/").status_code == 404


def test_stranger_is_sent_to_log_in(client):
    response = client.get("/km/training/")
    assert response.status_code == 302
    assert response["Location"].startswith("/km/account/login/")


def test_certificate_page_and_pdf_are_for_the_holder_and_the_hr_unit_only(client, officer):
    certificate = factories.certify(officer)
    page, paper = certificate.get_absolute_url(), f"{certificate.get_absolute_url()}pdf/"
    assert certificate.holder in client.get(page).content.decode()
    response = client.get(paper)
    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF")
    ministry = officer.posts.get().institution.get_parent()
    client.force_login(factories.make_role("hr", ministry).user)
    assert client.get(page).status_code == 200
    for stranger in (factories.make_role("hr").user, factories.make_role("monitor", ministry).user):
        client.force_login(stranger)
        assert client.get(page).status_code == client.get(paper).status_code == 404


def test_certificate_pdf_is_the_same_every_time(client, officer):
    paper = f"{factories.certify(officer).get_absolute_url()}pdf/"
    assert client.get(paper).content == client.get(paper).content


def verify(client, certificate):
    return client.get(reverse("certification:verify", args=[certificate.verification_code]) + "?lang=en")


def test_anyone_can_check_a_valid_certificate(client, officer):
    certificate = factories.certify(officer)
    client.logout()
    body = verify(client, certificate).content.decode()
    assert "This certificate is valid" in body
    assert certificate.holder in body
    assert "edition 1" in body


@pytest.mark.parametrize("kind", [CertificateEvent.Kind.REVOKED, CertificateEvent.Kind.SUSPENDED])
def test_check_of_an_ended_certificate_shows_neither_holder_nor_reason(client, officer, kind):
    certificate = factories.certify(officer)
    change_certificate(certificate=certificate, kind=kind, reason="secret reason", at=moment(hour=11), by=None)
    client.logout()
    body = verify(client, certificate).content.decode()
    assert "Do not accept" in body
    assert certificate.holder not in body
    assert certificate.holder_latin not in body
    assert "secret reason" not in body


def test_check_of_an_expired_certificate_says_until_when(client, officer, monkeypatch):
    certificate = factories.certify(officer)
    after = certificate.valid_until + datetime.timedelta(days=1)
    monkeypatch.setattr("institutions.middleware.timezone.now", lambda: moment(after, 12))
    assert "has expired" in verify(client, certificate).content.decode()


def test_unknown_code_is_told_apart_from_a_mistyped_one(client):
    assert client.get(f"/c/{new_verification_code()}/").status_code == 404
    response = client.get("/c/?code=NOTACODE")
    assert response.status_code == 400
    assert "NOTACODE" in response.content.decode()


def test_lookup_leads_to_the_answer_however_the_code_is_typed(client, officer):
    code = factories.certify(officer).verification_code
    response = client.get("/c/", {"code": f" {code[:4].lower()}-{code[4:]} "})
    assert response["Location"] == f"/c/{code}/"


def test_checks_from_one_address_are_limited(client, officer):
    certificate = factories.certify(officer)
    codes = [verify(client, certificate).status_code for _check in range(32)]
    assert codes[0] == 200
    assert codes[-1] == 429


def test_former_hr_unit_does_not_see_a_certificate_issued_after_the_transfer(client):
    world = factories.make_bound_world()
    post = factories.make_post(institution=world["school"], starts_on=TODAY - datetime.timedelta(days=60))
    other = factories.make_institution(factories.make_institution())
    moved = TODAY - datetime.timedelta(days=30)
    register.end_post(post=post, ends_on=moved, at=moment(moved), by=None)
    factories.make_post(post.person, other, starts_on=moved + datetime.timedelta(days=1))
    certificate = factories.certify(post.person)
    client.force_login(factories.make_role("hr", world["school"]).user)
    assert client.get(certificate.get_absolute_url()).status_code == 404
    client.force_login(factories.make_role("hr", other).user)
    assert client.get(certificate.get_absolute_url()).status_code == 200

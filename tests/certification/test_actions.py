"""Opening, settling, issuing, renewing and ending, each exactly once."""

import datetime

import pytest
from django.db import IntegrityError, transaction

from certification import actions
from certification.models import Certificate, CertificateEvent, Evidence, Period
from certification.rules import Status
from conduct_codes.models import SignRequest
from institutions import actions as register
from tests import factories
from tests.factories import TODAY, moment

pytestmark = pytest.mark.django_db

Kind = CertificateEvent.Kind


def status_of(person, day=TODAY):
    return Period.objects.of(person).current_on(day).bound_on(day).with_status_on(day).get().status


def later(days):
    return TODAY + datetime.timedelta(days=days)


def test_new_post_opens_one_period_with_enrolment_and_request():
    world = factories.make_bound_world()
    person = factories.make_post(institution=world["school"]).person
    period = Period.objects.get(person=person)
    assert period.opened_on == TODAY
    assert period.due_on == later(90)
    assert period.evidence.get().enrolment.course == world["course"]
    assert SignRequest.objects.filter(person=person).count() == 1
    actions.open_periods(person=person, day=later(3), at=moment(later(3)), by=None)
    assert Period.objects.filter(person=person).count() == 1


def test_post_entered_late_is_asked_from_the_day_of_entry():
    world = factories.make_bound_world()
    person = factories.make_post(
        institution=world["school"], starts_on=TODAY - datetime.timedelta(days=4000), at=moment(TODAY)
    ).person
    assert Period.objects.get(person=person).opened_on == TODAY


def test_post_in_a_sector_without_requirement_opens_nothing():
    factories.make_bound_world()
    position = factories.make_position(factories.make_sector("media", name="x", name_latin="Media"), "reporter")
    person = factories.make_post(position=position).person
    assert not Period.objects.filter(person=person).exists()


def test_failed_quiz_leaves_trained_without_passed_or_certificate():
    world = factories.make_bound_world()
    person = factories.make_post(institution=world["school"]).person
    factories.give_account(person)
    _enrolment, mark = factories.learn(person.enrolments.get(), right=False)
    period = Period.objects.get(person=person)
    assert not mark.passed
    assert period.trained_on == TODAY
    assert period.passed_on is None
    assert not Certificate.objects.exists()
    assert status_of(person) == Status.IN_PROGRESS


def test_certificate_is_issued_by_whichever_step_comes_last():
    world = factories.make_bound_world()
    signed_last = factories.make_post(institution=world["school"]).person
    learned_last = factories.make_post(institution=world["school"]).person
    factories.certify(signed_last)
    factories.sign(learned_last)
    assert not learned_last.certificates.exists()
    factories.learn(learned_last.enrolments.get())
    assert signed_last.certificates.count() == learned_last.certificates.count() == 1


def test_certificate_is_issued_once_however_often_the_period_is_settled():
    world = factories.make_bound_world()
    certificate = factories.certify(factories.make_post(institution=world["school"]).person)
    period = certificate.period
    actions.settle_period(period=period, at=moment(later(1)), by=None)
    sign_off = Evidence.objects.get(period=period, sign_off__isnull=False).sign_off
    again = actions.issue_certificate(period=period, sign_off=sign_off, at=moment(later(1)), by=None)
    assert again == certificate
    assert Certificate.objects.count() == 1


def test_certificate_keeps_its_words_when_the_register_changes():
    world = factories.make_bound_world()
    certificate = factories.certify(factories.make_post(institution=world["school"]).person)
    person = certificate.person
    person.name = "ឈ្មោះថ្មី"
    person.save()
    certificate.refresh_from_db()
    assert certificate.holder != person.name
    assert certificate.edition_id == world["edition"].pk


def test_renewal_opens_once_in_the_window_and_asks_for_everything_again():
    world = factories.make_bound_world()
    person = factories.make_post(institution=world["school"]).person
    first = factories.certify(person)
    before = first.window_from - datetime.timedelta(days=1)
    assert actions.open_renewals(day=before, at=moment(before), by=None) == 0
    day = first.window_from
    assert actions.open_renewals(day=day, at=moment(day), by=None) == 1
    assert actions.open_renewals(day=later(600), at=moment(later(600)), by=None) == 0
    assert status_of(person, day) == Status.RENEWAL_DUE
    renewal = Period.objects.get(person=person, cycle=2)
    assert renewal.trained_on is renewal.signed_on is None
    second = factories.certify(person, day)
    assert second.valid_until == first.valid_until.replace(year=first.valid_until.year + 1)
    assert status_of(person, day) == Status.CERTIFIED


def test_revoked_certificate_is_not_renewed():
    world = factories.make_bound_world()
    certificate = factories.certify(factories.make_post(institution=world["school"]).person)
    actions.change_certificate(certificate=certificate, kind=Kind.REVOKED, reason="r", at=moment(), by=None)
    day = certificate.valid_until
    assert actions.open_renewals(day=day, at=moment(day), by=None) == 0


@pytest.mark.parametrize(
    ("steps", "refused"),
    [
        ([], Kind.REINSTATED),
        ([Kind.SUSPENDED], Kind.SUSPENDED),
        ([Kind.REVOKED], Kind.REINSTATED),
        ([Kind.REVOKED], Kind.SUSPENDED),
        ([Kind.REVOKED], Kind.REVOKED),
        ([Kind.SUSPENDED, Kind.REINSTATED], Kind.REINSTATED),
    ],
)
def test_certificate_refuses_a_step_out_of_order(steps, refused):
    world = factories.make_bound_world()
    certificate = factories.certify(factories.make_post(institution=world["school"]).person)
    for step, hour in zip(steps, range(10, 20), strict=False):
        actions.change_certificate(certificate=certificate, kind=step, reason="r", at=moment(hour=hour), by=None)
    with pytest.raises(actions.CertificationRefused):
        actions.change_certificate(certificate=certificate, kind=refused, reason="r", at=moment(hour=21), by=None)
    assert certificate.events.count() == len(steps)


def test_missing_periods_are_opened_for_a_new_requirement():
    ministry = factories.make_institution()
    code = factories.make_code(owner=ministry)
    factories.make_edition(code)
    person = factories.make_post(institution=factories.make_institution(ministry)).person
    assert not Period.objects.filter(person=person).exists()
    factories.make_requirement(code)
    assert actions.open_missing_periods(day=later(1), at=moment(later(1)), by=None) == 1
    assert actions.open_missing_periods(day=later(2), at=moment(later(2)), by=None) == 0
    assert Period.objects.get(person=person).opened_on == later(1)


def test_core_course_taken_once_serves_a_second_requirement():
    world = factories.make_bound_world()
    person = factories.make_post(institution=world["school"]).person
    factories.certify(person)
    sector = factories.make_sector("health", name="សុខាភិបាល", name_latin="Health")
    code = factories.make_code(sector, world["ministry"])
    factories.make_edition(code)
    factories.make_requirement(code, [world["course"]], serial_prefix="HEA")
    day = later(30)
    factories.make_post(person, world["school"], factories.make_position(sector, "nurse"), starts_on=day)
    second = Period.objects.get(person=person, requirement__code=code)
    assert second.trained_on == day
    assert second.signed_on is None
    factories.sign(person, day)
    assert person.certificates.count() == 2


def test_leaving_ends_the_standing_and_keeps_the_certificate():
    world = factories.make_bound_world()
    post = factories.make_post(institution=world["school"])
    factories.certify(post.person)
    register.end_post(post=post, ends_on=later(10), at=moment(later(10)), by=None)
    assert Period.objects.current_on(later(10)).bound_on(later(10)).count() == 1
    assert Period.objects.current_on(later(11)).bound_on(later(11)).count() == 0
    assert post.person.certificates.count() == 1


def test_two_certificates_of_one_period_are_refused_by_the_database():
    world = factories.make_bound_world()
    certificate = factories.certify(factories.make_post(institution=world["school"]).person)
    certificate.pk, certificate.serial, certificate.verification_code = None, "X-1", "X"
    certificate._state.adding = True
    with pytest.raises(IntegrityError), transaction.atomic():
        certificate.save()

"""Which events become deliveries, and for whom."""

import datetime
import json

import pytest
from django.db import transaction

from certification.bulk import Settling, settle_many
from certification.models import Certificate, CertificateEvent, Period, RequirementRule
from exports import webhook_rules, webhook_tasks
from exports.models import Delivery, Webhook
from exports.webhook_events import Happened, deliveries_of
from institutions import actions as register
from institutions.merging import merge_people
from institutions.models import Role
from jobs.models import Job
from tests import factories
from tests.exports.webhook_world import DAY, DAYS, MINUTES, NOW, change, teacher, told

pytestmark = pytest.mark.django_db

State, Failure = Delivery.State, Delivery.Failure


# --- what becomes a delivery ----------------------------------------------------------------------------------------


def test_a_certificate_is_told_of_in_numbers_and_days_without_a_name(world, webhook):
    person = teacher(world, staff_number="770123")
    certificate = factories.certify(person)
    [delivery] = told(webhook)
    body = json.loads(delivery.body)
    assert body == {
        "type": "certificate.certified",
        "id": delivery.event_id,
        "timestamp": certificate.issued_at.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "data": {
            "certificate": certificate.serial,
            "requirement": certificate.requirement.slug,
            "issued_on": certificate.issued_on.isoformat(),
            "valid_until": certificate.valid_until.isoformat(),
            "register_code": world["ministry"].code,
            "staff_number": "770123",
        },
    }
    for secret in (person.name, person.name_latin, person.birth_date.isoformat()):
        assert secret not in delivery.body
    assert (delivery.state, delivery.tries) == (State.WAITING, 0)


def test_each_change_of_a_certificate_is_an_event_of_its_own(world, webhook):
    certificate = factories.certify(teacher(world))
    kinds = CertificateEvent.Kind
    for kind in (kinds.SUSPENDED, kinds.REINSTATED, kinds.SUSPENDED, kinds.REVOKED):
        change(certificate, kind)
    assert [row.event for row in told(webhook)] == ["certified", "suspended", "reinstated", "suspended", "revoked"]
    assert len({row.event_id for row in told(webhook)}) == 5


def test_only_the_chosen_events_are_told(world):
    only = factories.make_webhook(world["ministry"], events=["revoked"])
    certificate = factories.certify(teacher(world))
    change(certificate, CertificateEvent.Kind.SUSPENDED)
    change(certificate, CertificateEvent.Kind.REVOKED)
    assert [row.event for row in told(only)] == ["revoked"]


def test_an_event_that_does_not_become_true_leaves_no_delivery(world, webhook):
    certificate = factories.certify(teacher(world))
    Delivery.objects.all().delete()
    with transaction.atomic():
        change(certificate, CertificateEvent.Kind.REVOKED)
        assert len(told(webhook)) == 1
        transaction.set_rollback(True)
    assert told(webhook) == []


def test_an_event_that_fails_to_be_told_does_not_happen(world, webhook, monkeypatch):
    certificate = factories.certify(teacher(world))
    monkeypatch.setattr("exports.signal_handlers.write_deliveries", lambda rows: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        change(certificate, CertificateEvent.Kind.REVOKED)
    assert not certificate.events.exists()


def test_many_certificates_at_once_are_told_of_one_by_one_in_a_fixed_number_of_queries(
    world, webhook, django_assert_max_num_queries
):
    def earn(people):
        for person in people:
            factories.certify(person)
        certificates = list(Certificate.objects.filter(person__in=people).select_related("person", "requirement"))
        Delivery.objects.all().delete()
        issued = Webhook.Event.CERTIFIED
        return [Happened(issued, each, each.issued_at, each.issued_on, each.serial) for each in certificates]

    one, three = earn([teacher(world)]), earn([teacher(world) for _person in range(3)])
    for events in (one, three):
        with django_assert_max_num_queries(6):
            made = deliveries_of(events)
        assert len(made) == len(events)


def test_certificates_issued_in_bulk_are_told_of(world, webhook, monkeypatch):
    person = teacher(world)
    factories.give_account(person)
    for enrolment in person.enrolments.all():
        factories.learn(enrolment)
    monkeypatch.setattr("certification.signal_handlers.settle_period", lambda **facts: None)
    factories.sign(person)
    assert told(webhook) == []
    settle_many([Settling(period=Period.objects.get(person=person), at=NOW)])
    assert [row.event for row in told(webhook)] == ["certified"]


# --- whom it concerns -----------------------------------------------------------------------------------------------


def test_an_event_reaches_every_level_above_and_nobody_beside(world, webhook):
    beside = factories.make_institution(world["ministry"], area=factories.make_area())
    school, sibling = factories.make_webhook(world["school"]), factories.make_webhook(beside)
    foreign = factories.make_webhook(factories.make_institution())
    factories.certify(teacher(world))
    assert [len(told(each)) for each in (webhook, school, sibling, foreign)] == [1, 1, 0, 0]
    assert told(webhook)[0].event_id == told(school)[0].event_id


def test_after_a_transfer_the_new_place_is_told_and_the_old_one_is_not(world):
    beside = factories.make_institution(world["ministry"], area=factories.make_area())
    here, there = factories.make_webhook(world["school"]), factories.make_webhook(beside)
    post = factories.make_post(institution=world["school"], starts_on=DAY - DAYS(days=30))
    certificate = factories.certify(post.person)
    register.end_post(post=post, ends_on=DAY, at=NOW, by=None)
    factories.make_post(post.person, beside, starts_on=DAY + DAYS(days=1), staff_number=None)
    change(certificate, CertificateEvent.Kind.SUSPENDED)
    change(certificate, CertificateEvent.Kind.REVOKED, factories.moment(DAY + DAYS(days=1)))
    assert [row.event for row in told(here)] == ["certified", "suspended"]
    assert [row.event for row in told(there)] == ["revoked"]


def test_what_binds_through_a_post_elsewhere_alone_is_not_told_here(world):
    """Else the ministry would learn that its teacher also serves with the police."""
    police = factories.make_sector("police")
    elsewhere = factories.make_institution(factories.make_institution(), area=factories.make_area())
    here, there = factories.make_webhook(world["ministry"]), factories.make_webhook(elsewhere)
    code = factories.make_code(police)
    factories.make_edition(code)
    factories.make_requirement(code, serial_prefix="POL")
    person = factories.make_post(
        institution=elsewhere, position=factories.make_position(police, "officer"), starts_on=DAY - DAYS(days=9)
    ).person
    factories.certify(person)
    teacher(world, person=person)
    change(person.certificates.get(), CertificateEvent.Kind.REVOKED)
    assert told(here) == []
    assert [row.event for row in told(there)] == ["certified", "revoked"]


def test_the_number_is_that_of_a_post_in_scope_and_none_of_another_register(world, webhook):
    elsewhere = factories.make_institution(factories.make_institution(), area=factories.make_area())
    person = teacher(world, staff_number=None)
    factories.make_post(person, elsewhere, starts_on=DAY - DAYS(days=20), staff_number="999888")
    factories.certify(person)
    data = json.loads(told(webhook)[0].body)["data"]
    assert (data["register_code"], data["staff_number"]) == ("", "")
    assert "999888" not in told(webhook)[0].body


def test_a_certificate_of_a_merged_row_concerns_those_where_the_kept_row_serves(world, webhook):
    other, kept = teacher(world, staff_number=None), teacher(world, staff_number="880001")
    certificate = factories.certify(other)
    factories.give_account(kept)
    clerk = factories.make_role(Role.Kind.HR, world["ministry"]).user
    merge_people(kept=kept, other=other, reason="Typed twice", at=NOW, by=clerk)
    change(certificate, CertificateEvent.Kind.REVOKED)
    assert [row.event for row in told(webhook)] == ["certified", "revoked"]


def test_rules_in_groups_decide_which_post_counts(world, webhook):
    certificate = factories.certify(teacher(world))
    RequirementRule.objects.create(
        requirement=certificate.requirement, dimension=RequirementRule.Dimension.POSITION, value="head", group=1
    )
    change(certificate, CertificateEvent.Kind.REVOKED)
    assert [row.event for row in told(webhook)] == ["certified"]


# --- what runs out --------------------------------------------------------------------------------------------------


def pass_of(day):
    job = Job(kind=webhook_tasks.EXPIRY_JOB, params={"day": day.isoformat()})

    class Progress:
        clock = staticmethod(lambda: factories.moment(day))

        @staticmethod
        def advance(done):
            pass

    webhook_tasks.tell_of_expiries(job, Progress)


def test_a_certificate_that_runs_out_is_told_of_once_however_often_and_late_the_pass_runs(world):
    person = teacher(world)
    certificate = factories.certify(person)
    first, second = factories.make_webhook(world["ministry"]), factories.make_webhook(world["school"])
    after = certificate.valid_until + DAYS(days=1)
    pass_of(certificate.valid_until)
    assert told(first) == []
    for day in (after, after, after + DAYS(days=1), after + DAYS(days=30)):
        pass_of(day)
    for webhook in (first, second):
        [delivery] = told(webhook)
        assert json.loads(delivery.body)["type"] == "certificate.expired"
        assert json.loads(delivery.body)["data"]["certificate"] == certificate.serial


def test_the_pass_finds_what_ran_out_while_no_worker_was_there(world, webhook):
    certificate = factories.certify(teacher(world))
    pass_of(certificate.valid_until + DAYS(days=webhook_rules.LOOKED_BACK))
    assert [row.event for row in told(webhook)] == ["expired"]  # the first is forgotten by then


def test_what_was_renewed_or_revoked_does_not_run_out(world, webhook):
    renewed, revoked = factories.certify(teacher(world)), factories.certify(teacher(world))
    change(revoked, CertificateEvent.Kind.REVOKED)
    day = renewed.valid_until
    from certification.actions import open_renewals

    open_renewals(day=day, at=factories.moment(day), by=None)
    assert factories.certify(renewed.person, day) != renewed
    pass_of(day + DAYS(days=1))
    assert told(webhook, "expired") == []


def test_who_has_left_by_the_day_after_is_not_told_of(world, webhook):
    post = factories.make_post(institution=world["school"], starts_on=DAY - DAYS(days=30))
    certificate = factories.certify(post.person)
    register.end_post(post=post, ends_on=certificate.valid_until, at=NOW, by=None)
    pass_of(certificate.valid_until + DAYS(days=1))
    assert told(webhook, "expired") == []


def test_a_new_webhook_is_not_told_of_what_ran_out_before(world):
    certificate = factories.certify(teacher(world))
    after = certificate.valid_until + DAYS(days=3)
    late = factories.make_webhook(world["ministry"], at=factories.moment(after))
    pass_of(after + DAYS(days=1))
    assert told(late) == []


def test_the_tick_asks_once_a_day_and_only_where_there_is_a_webhook(world):
    jobs = Job.objects.filter(kind=webhook_tasks.EXPIRY_JOB)
    webhook_tasks.on_tick(None, at=NOW)
    assert jobs.count() == 0
    factories.make_webhook(world["ministry"])
    for minutes in (0, 1, 24 * 60):
        webhook_tasks.on_tick(None, at=NOW + MINUTES(minutes))
    assert jobs.count() == 2

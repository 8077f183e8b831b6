"""Learning from elsewhere: evidence, a second person's decision, and what it makes true."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction

from courses.actions import LearningRefused
from courses.models import PriorLearning
from courses.session_actions import claim_prior_learning, decide_prior_learning
from institutions.models import Role
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def claim():
    world = factories.make_bound_world()
    person = factories.make_post(institution=world["school"]).person
    return factories.make_prior_learning(person=person, course=world["course"])


def decide(claim, *, accepted=True, reason="", by=None):
    return decide_prior_learning(
        claim=claim, accepted=accepted, reason=reason, at=factories.moment(), by=by or factories.make_user()
    )


def trained_on(claim):
    claim.enrolment.refresh_from_db()
    return claim.enrolment.trained_on


def test_accepted_evidence_makes_the_person_trained_on_the_day_of_the_decision(claim):
    decide(claim)
    assert trained_on(claim) == factories.TODAY


def test_refused_evidence_needs_a_reason_and_changes_nothing(claim):
    with pytest.raises(LearningRefused):
        decide(claim, accepted=False, reason=" ")
    decide(claim, accepted=False, reason="another subject")
    assert trained_on(claim) is None


def test_neither_who_brought_it_in_nor_the_person_decides(claim):
    person = factories.give_account(claim.person)
    claim.refresh_from_db()
    for user in (claim.claimed_by, person):
        with pytest.raises(LearningRefused):
            decide(claim, by=user)
    assert not hasattr(PriorLearning.objects.get(), "decision")


def test_a_second_decision_is_refused(claim):
    decide(claim)
    with pytest.raises(LearningRefused):
        decide(claim, accepted=False, reason="late")


@pytest.mark.parametrize(
    ("facts", "evidence"),
    [
        ({}, b"GIF89a"),
        ({}, b"<svg onload='x'/>"),
        ({"learned_on": factories.TODAY + datetime.timedelta(days=1)}, factories.SCAN),
    ],
)
def test_what_is_no_scan_or_lies_in_the_future_is_refused(facts, evidence):
    world = factories.make_bound_world()
    person = factories.make_post(institution=world["school"]).person
    facts = {"learned_on": factories.TODAY, "what": "x", **facts}
    with pytest.raises(LearningRefused):
        claim_prior_learning(
            person=person, course=world["course"], evidence=evidence, at=factories.moment(), by=None, **facts
        )
    assert not PriorLearning.objects.exists()


def test_a_second_claim_waits_for_the_first(claim):
    with pytest.raises(LearningRefused):
        factories.make_prior_learning(person=claim.person, course=claim.enrolment.course)


@pytest.mark.parametrize("statement", ["UPDATE {} SET what = 'y'", "DELETE FROM {}"])
def test_the_database_refuses_to_change_a_claim(claim, statement):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(PriorLearning._meta.db_table))


def test_the_pages_from_the_scan_to_the_decision(client, claim):
    world = factories.make_bound_world()
    person = factories.make_post(institution=world["school"]).person
    first, second = (factories.make_role(Role.Kind.HR, world["school"]).user for _number in range(2))
    client.force_login(first)
    sent = {
        "number": person.staff_numbers.get().number,
        "course": world["course"].pk,
        "learned_on": "2026-01-31",
        "what": "A course of five days",
        "evidence": SimpleUploadedFile("x.pdf", factories.SCAN),
    }
    assert client.post("/en/prior-learning/new/", sent)["Location"] == "/en/prior-learning/"
    made = PriorLearning.objects.get(person=person)
    assert "Somebody else must decide" in client.get(f"/en/prior-learning/{made.pk}/").content.decode()
    client.force_login(second)
    scan = client.get(f"/en/prior-learning/{made.pk}/evidence/")
    assert b"".join(scan.streaming_content) == factories.SCAN and "attachment" in scan["Content-Disposition"]
    client.post(f"/en/prior-learning/{made.pk}/", {"accepted": "yes"})
    assert trained_on(made) is not None
    assert client.get(f"/en/prior-learning/{claim.pk}/").status_code == 404


def test_a_mistake_in_the_form_is_said_beside_its_field_and_keeps_what_was_typed(client):
    world = factories.make_bound_world()
    client.force_login(factories.make_role(Role.Kind.HR, world["school"]).user)
    sent = {"number": "no-one", "course": world["course"].pk, "learned_on": "2026-01-31", "what": "kept words"}
    page = client.post("/en/prior-learning/new/", sent).content.decode()
    assert "Choose the scan." in page and "kept words" in page

"""The line of one officer through the actions: learn, sign, certify."""

import pytest

from certification.models import Period, PersonStanding
from certification.rules import Status
from tests import factories

pytestmark = pytest.mark.django_db


def status_of(person, day=factories.TODAY):
    return Period.objects.of(person).current_on(day).bound_on(day).with_status_on(day).get().status


def test_officer_is_certified_when_trained_passed_and_signed():
    world = factories.make_bound_world()
    post = factories.make_post(institution=world["school"])
    assert status_of(post.person) == Status.NOT_STARTED
    certificate = factories.certify(post.person)
    assert status_of(post.person) == Status.CERTIFIED
    assert certificate.edition == world["edition"]
    standing = PersonStanding.objects.with_worst_on(factories.TODAY).get()
    assert standing.status == Status.CERTIFIED

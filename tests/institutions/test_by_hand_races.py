"""One page sent several times at the same moment. SQLite has one writer, so these say something on PostgreSQL."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from institutions import frozen
from institutions.models import AuditEntry, ImportRow, Person, Post, RegisterImport
from tests import factories
from tests.factories import moment
from tests.institutions.by_hand import Clerk
from tests.racing import at_once

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer: there is no race to lose"),
]


@pytest.fixture
def place(transactional_db, place, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment(hour=11))
    yield place
    # The flush at the end of the test truncates, which append-only tables refuse; it puts the triggers back itself.
    frozen.remove_triggers()


def clerks(place):
    """One clerk in several windows."""
    return [Clerk(Client(), place) for _window in range(6)]


def test_a_page_sent_at_the_same_moment_makes_one_import(place):
    windows, key = clerks(place), str(uuid4())
    answers = at_once(lambda n: windows[n].send("person_new", **windows[n].somebody(key=key)))
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer.url for answer in answers}) == RegisterImport.objects.count() == ImportRow.objects.count() == 1
    assert AuditEntry.objects.filter(verb="institutions.receive_import").count() == 1
    found = RegisterImport.objects.get()
    at_once(lambda n: windows[n].apply(found))
    assert Person.objects.count() == Post.objects.count() == 1


def test_two_answers_of_one_page_leave_the_one_that_is_shown(place):
    windows, key = clerks(place), str(uuid4())
    answers = at_once(lambda n: windows[n].send("person_new", **windows[n].somebody(key=key, rank=f"ក{n}")))
    assert {answer.status_code for answer in answers} == {302}
    found = RegisterImport.objects.get()
    windows[0].apply(found)
    assert Post.objects.get().rank == ImportRow.objects.get().said["values"]["rank"]


def test_a_duty_ends_once_at_one_moment(place):
    person = factories.make_post(institution=place.school).person
    duty = place.school.designations.create(person=person, kind="designated-teacher", starts_on=factories.TODAY)
    windows = clerks(place)
    at_once(lambda n: windows[n].client.post(windows[n].address("duty_end", duty.pk), {"ends_on": "23/11/2026"}))
    assert AuditEntry.objects.filter(verb="institutions.end_duty").count() == 1

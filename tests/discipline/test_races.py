"""Officers who act at the same moment. SQLite has one writer, so these say something only on PostgreSQL."""

import pytest
from django.db import connection

from certification.models import CertificateEvent
from discipline.actions import AlreadyRecorded, CaseRefused, add_stage, decide, finalise
from discipline.models import Case
from institutions import frozen
from tests import factories
from tests.racing import at_once

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer: there is no race to lose"),
]
TODAY = factories.TODAY
AT = factories.moment()
THREADS = 6


@pytest.fixture
def world(transactional_db):
    assert not frozen.missing_triggers()
    yield factories.make_bound_world()
    frozen.remove_triggers()


def teachers(world):
    long_ago = TODAY.replace(month=1)
    return [factories.make_post(institution=world["school"], starts_on=long_ago).person for _place in range(THREADS)]


def test_cases_opened_at_once_get_references_of_their_own(world):
    people, officer = teachers(world), factories.make_user()
    opened = at_once(lambda place: factories.make_case(world, person=people[place], officer=officer))
    expected = {f"C-2026-{number:04d}" for number in range(1, THREADS + 1)}
    assert {case.reference for case in opened} == expected


def test_same_allegation_at_once_is_one_case(world):
    person, officer = teachers(world)[0], factories.make_user()
    results = at_once(lambda place: factories.make_case(world, person=person, officer=officer))
    case = Case.objects.get()
    assert sum(result == case for result in results) == 1
    assert sum(isinstance(result, AlreadyRecorded) and result.case == case for result in results) == THREADS - 1


def test_same_step_at_once_is_recorded_once(world):
    case = factories.make_case(world)
    results = at_once(
        lambda place: add_stage(case=case, kind="screening", on_day=TODAY, reason=str(place), at=AT, by=case.opened_by)
    )
    assert sum(isinstance(result, CaseRefused) for result in results) == THREADS - 1
    assert [stage.number for stage in case.stages.order_by("number")] == [1, 2]


def test_case_made_final_at_once_changes_the_certificate_once(world):
    person = teachers(world)[0]
    certificate = factories.certify(person, TODAY)
    case = factories.make_case(world, person=person, seriousness="grave")
    factories.take_steps(case, "screening", "inquiry", "charges", "defence", "council", "opinion")
    measure = case.article.measures.get(measure="dismissal")
    decide(case=case, outcome="measure", measure=measure, on_day=TODAY, reason="x", at=AT, by=case.opened_by)
    factories.take_steps(case, "notified")
    day, second = TODAY.replace(year=2027), factories.make_user()
    results = at_once(lambda place: finalise(case=case, on_day=day, reason="x", at=factories.moment(day), by=second))
    assert sum(isinstance(result, CaseRefused) for result in results) == THREADS - 1
    assert CertificateEvent.objects.get().certificate == certificate

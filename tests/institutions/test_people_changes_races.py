"""One request sent several times at the same moment. SQLite has one writer, so these say something on PostgreSQL."""

import threading

import pytest
from django.core.cache import cache
from django.db import connection, connections
from django.utils import timezone

from institutions import client_auth, frozen
from institutions.models import PeopleChanges, Person, Post, RegisterImport
from tests import factories

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer: there is no race to lose"),
]
TIMES = 6


@pytest.fixture
def token(transactional_db, monkeypatch):
    cache.clear()
    monkeypatch.setattr(timezone, "now", factories.moment)
    monkeypatch.setattr(client_auth, "LIMITS", {"address": "100000/m/ip", "client": "100000/m/key"})
    factories.make_position()
    yield factories.make_client(factories.make_institution(code="unit")).token
    # The flush at the end of the test truncates, which append-only tables refuse; it puts the triggers back itself.
    frozen.remove_triggers()


def rows(number):
    return [
        {
            "staff_number": f"00{number}{place}",
            "name": f"សុខ {number}{place}ក",
            "name_latin": f"Sok {number}{place}",
            "sex": "F",
            "birth_date": "1985-03-04",
            "position": "teacher",
            "starts_on": "2024-11-01",
        }
        for place in range(3)
    ]


def at_once(work):
    """Run work(n) in threads that start together; what each returned, or its exception."""
    gate, results = threading.Barrier(TIMES), [None] * TIMES

    def run(place):
        try:
            gate.wait()
            results[place] = work(place)
        except Exception as problem:
            results[place] = problem
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(TIMES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results


def test_one_key_sent_at_once_is_done_once_and_answered_alike(token):
    def send(place):
        answer = factories.Machine(token).post("/people-changes", rows(0), **{"Idempotency-Key": "nightly"})
        return answer.status_code, answer.content

    answers = at_once(send)
    assert {status for status, _content in answers} == {200}
    assert len({content for _status, content in answers}) == 1
    assert PeopleChanges.objects.count() == RegisterImport.objects.count() == 1
    assert Person.objects.count() == Post.objects.count() == 3


def test_one_key_for_different_rows_is_given_to_one_of_them(token):
    def send(place):
        return factories.Machine(token).post("/people-changes", rows(place), **{"Idempotency-Key": "k"}).status_code

    assert sorted(at_once(send)) == [200] + [409] * (TIMES - 1)
    assert Person.objects.count() == 3


def test_the_same_rows_under_different_keys_make_each_person_once(token):
    def send(place):
        answer = factories.Machine(token).post("/people-changes", rows(0), **{"Idempotency-Key": f"k{place}"})
        return answer.status_code, sum(answer.json().get("counts", {}).values())

    assert at_once(send) == [(200, 3)] * TIMES
    assert Person.objects.count() == Post.objects.count() == 3

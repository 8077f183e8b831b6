"""Workers and passes at the same moment: one delivery an event, one try at a time. PostgreSQL alone can tell."""

import datetime
import threading

import pytest
from django.db import connection, connections

from exports import deliver_actions, webhook_tasks
from exports.models import Delivery, Webhook
from exports.webhook_sending import Answer
from institutions import frozen
from jobs.models import Job
from tests import factories

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer: there is no race to lose"),
]
DAY = factories.TODAY
THREADS = 4


@pytest.fixture
def world(transactional_db):
    yield factories.make_bound_world()
    frozen.remove_triggers()


def at_once(work):
    """Run work in threads that start together; what went wrong in any."""
    gate, wrong = threading.Barrier(THREADS), []

    def run():
        try:
            gate.wait()
            work()
        except Exception as problem:
            wrong.append(problem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _place in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return wrong


def teachers(world, count):
    starts_on = DAY - datetime.timedelta(days=30)
    return [factories.make_post(institution=world["school"], starts_on=starts_on).person for _one in range(count)]


def test_passes_side_by_side_tell_of_each_expiry_once(world):
    certificates = [factories.certify(person) for person in teachers(world, 5)]
    webhooks = [factories.make_webhook(world["ministry"]), factories.make_webhook(world["school"])]
    after = certificates[0].valid_until + datetime.timedelta(days=1)

    class Progress:
        clock = staticmethod(lambda: factories.moment(after))
        advance = staticmethod(lambda done: None)

    job = Job(kind=webhook_tasks.EXPIRY_JOB, params={"day": after.isoformat()})
    assert at_once(lambda: webhook_tasks.tell_of_expiries(job, Progress)) == []
    for webhook in webhooks:
        rows = Delivery.objects.filter(webhook=webhook, event=Webhook.Event.EXPIRED)
        assert sorted(row.certificate_id for row in rows) == sorted(each.pk for each in certificates)


def test_workers_side_by_side_send_each_delivery_once(world, monkeypatch):
    webhook = factories.make_webhook(world["ministry"])
    for person in teachers(world, 8):
        factories.certify(person)
    asked, lock = [], threading.Lock()

    def post(address, *, body, headers):
        with lock:
            asked.append(headers["webhook-id"])
        return Answer(code=204)

    monkeypatch.setattr("exports.webhook_sending.post", post)
    now = factories.moment(hour=20)
    assert at_once(lambda: deliver_actions.send_due(webhook_id=webhook.pk, clock=lambda: now)) == []
    assert len(asked) == len(set(asked)) == 8
    assert set(Delivery.objects.values_list("state", "tries")) == {("delivered", 1)}

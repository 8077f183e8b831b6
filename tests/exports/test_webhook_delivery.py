"""How each delivery is sent, tried again, given up, and held against two workers."""

import json
from itertools import pairwise

import pytest

from certification.todo import tasks_of
from exports import deliver_actions, webhook_actions, webhook_rules
from exports.models import Delivery, Webhook
from exports.webhook_sending import Answer
from institutions.models import AuditEntry, Role
from institutions.scope import Scope
from jobs.actions import run_job
from jobs.models import Job
from jobs.signals import tick
from tests import factories
from tests.exports.receiver import answer, receiving, verified
from tests.exports.webhook_world import DAY, DAYS, MINUTES, NOW, teacher, told

pytestmark = pytest.mark.django_db

State, Failure = Delivery.State, Delivery.Failure


# --- sending --------------------------------------------------------------------------------------------------------


def send(webhook, clock):
    return deliver_actions.send_due(webhook_id=webhook.pk, clock=clock)


@pytest.fixture
def waiting(world, webhook):
    """Three deliveries that wait."""
    for _person in range(3):
        factories.certify(teacher(world))
    return told(webhook)


def test_what_arrives_is_signed_and_a_receiver_that_trusts_nothing_can_tell(
    world, waiting, webhook, clock, tmp_path, monkeypatch, settings
):
    with receiving(tmp_path, monkeypatch, settings) as receiver:
        Webhook.objects.update(address=receiver.address)
        receiver.behaviour = [answer(500), answer(200)]
        assert send(webhook, clock) == 2
        clock.now += MINUTES(1)
        assert send(webhook, clock) == 1
        tries = [(headers["webhook-id"], headers["webhook-timestamp"]) for _path, headers, _body in receiver.got]
        assert len(tries) == 4 and tries[0][0] == tries[3][0] and tries[0][1] != tries[3][1]
        for _path, headers, body in receiver.got:
            assert verified(webhook.shown, headers, body)
            assert not verified(webhook.shown, headers, body + b" ")
            assert headers["Content-Type"] == "application/json"
    rows = told(webhook)
    assert {row.state for row in rows} == {State.DELIVERED}
    assert sorted((row.tries, row.answer) for row in rows) == [(1, 200), (1, 204), (2, 204)]


def test_both_secrets_sign_for_a_week_after_a_change(waiting, webhook, clock):
    new = webhook_actions.renew_secret(webhook=webhook, at=NOW, by=None)
    delivery = waiting[0]

    def headers(at):
        delivery.webhook.refresh_from_db()
        body = delivery.body.encode()
        found = deliver_actions.headers_of(delivery, body, at=at)
        return verified(webhook.shown, found, body), verified(new, found, body)

    assert headers(NOW) == (True, True)
    assert headers(NOW + DAYS(days=6)) == (True, True)
    assert headers(NOW + DAYS(days=8)) == (False, True)
    webhook_actions.forget_old(NOW + DAYS(days=8))
    assert Webhook.objects.get().former_secret == ""


def test_the_secret_lies_sealed_and_opens_with_an_earlier_key_of_the_site(waiting, webhook, clock, settings, answers):
    row = Webhook.objects.get()
    assert webhook.shown not in row.secret and webhook.shown.startswith("whsec_")
    earlier, settings.SECRET_KEY = settings.SECRET_KEY, "another key of the site, long enough to be one of them"
    settings.SECRET_KEY_FALLBACKS = [earlier]
    assert send(webhook, clock) == 3
    settings.SECRET_KEY_FALLBACKS = []
    assert webhook_actions.send_again(deliveries=Delivery.objects.all(), webhook=webhook, at=NOW, by=None) == 3
    assert send(webhook, clock) == 0
    assert {row.failure for row in told(webhook)} == {Failure.SECRET}


def test_tries_grow_apart_end_after_three_days_and_stand_on_the_to_do_page(world, webhook, clock, answers):
    given, asked = answers
    factories.certify(teacher(world))
    moments = []
    for _try in range(webhook_rules.MAX_TRIES):
        given.append(Answer(failure=Failure.TIME))
        send(webhook, clock)
        moments.append(clock.now)
        [delivery] = told(webhook)
        Webhook.objects.update(paused_at=None, paused_itself=False)
        clock.now = delivery.next_try_at or clock.now
    waits = [later - earlier for earlier, later in pairwise(moments)]
    assert waits == sorted(waits) and waits[0] == MINUTES(1) and waits[-1] == DAYS(days=1)
    assert DAYS(days=3) < moments[-1] - moments[0] < DAYS(days=4)
    assert (delivery.state, delivery.tries, delivery.failure) == (State.GIVEN_UP, 10, Failure.TIME)
    assert len(set(asked)) == 1
    clock.now += DAYS(days=2)
    assert send(webhook, clock) == 0 and len(asked) == 10
    registrar = factories.make_role(Role.Kind.REGISTRAR, world["ministry"]).user
    hr = factories.make_role(Role.Kind.HR, world["ministry"]).user
    for user, counts in ((registrar, [1]), (hr, [])):
        tasks = tasks_of(Scope.for_user(user, DAY + DAYS(days=4)))
        assert [task.count for task in tasks if "webhooks" in task.url] == counts


def test_a_webhook_to_which_nothing_gets_through_for_days_is_paused_and_keeps_what_happens(
    world, webhook, clock, answers
):
    given, asked = answers
    factories.certify(teacher(world))
    while clock.now <= NOW + DAYS(days=4):
        given[:] = [Answer(code=503)] * 9
        send(webhook, clock)
        clock.now += MINUTES(60)
    webhook.refresh_from_db()
    assert webhook.paused_itself and webhook.paused_at - NOW >= webhook_rules.PAUSED_AFTER
    assert AuditEntry.objects.filter(verb="exports.webhook_paused_itself").count() == 1
    tried = len(asked)
    factories.certify(teacher(world))
    given.clear()
    assert send(webhook, clock) == 0 and len(asked) == tried
    webhook_actions.resume_webhook(webhook=webhook, at=clock.now, by=None)
    assert send(webhook, clock) + len(asked) > tried


def test_a_test_goes_out_while_paused_is_tried_once_and_makes_no_task(world, waiting, webhook, clock, answers):
    given, asked = answers
    webhook_actions.pause_webhook(webhook=webhook, at=NOW, by=None)
    given[:] = [Answer(code=500)]
    webhook_actions.send_test(webhook=webhook, at=NOW, by=None)
    assert send(webhook, clock) == 0 and len(asked) == 1
    webhook.refresh_from_db()
    assert told(webhook, "test")[0].state == State.GIVEN_UP and webhook.failing_since is None
    assert not Webhook.objects.in_trouble(DAY).exists()
    webhook_actions.send_test(webhook=webhook, at=NOW, by=None)
    assert send(webhook, clock) == 1 and len(asked) == 2
    assert {row.state for row in told(webhook, "certified")} == {State.WAITING}


def test_one_success_ends_the_failing(waiting, webhook, clock, answers):
    given, _asked = answers
    given[:] = [Answer(code=500)]
    assert send(webhook, clock) == 2
    webhook.refresh_from_db()
    assert webhook.failing_since is None


def test_a_receiver_that_says_it_is_gone_is_left_alone_at_once(waiting, webhook, clock, answers):
    given, asked = answers
    given[:] = [Answer(code=410)]
    send(webhook, clock)
    webhook.refresh_from_db()
    assert webhook.paused_itself and len(asked) == 1


def test_a_run_ends_after_three_failures_and_leaves_the_rest_to_the_next(world, waiting, webhook, clock, answers):
    given, asked = answers
    for _person in range(3):
        factories.certify(teacher(world))
    given[:] = [Answer(failure=Failure.CONNECTION)] * 9
    send(webhook, clock)
    assert len(asked) == 3 == deliver_actions.FAILURES_IN_A_ROW
    send(webhook, clock)
    assert len(asked) == len(set(asked)) == 6


def test_a_worker_that_dies_in_the_middle_leaves_a_delivery_that_is_sent_again_under_its_id(
    world, webhook, clock, answers, monkeypatch
):
    _given, asked = answers
    factories.certify(teacher(world))
    post = deliver_actions.webhook_sending.post

    def dies(*args, **kwargs):
        post(*args, **kwargs)
        raise SystemExit

    monkeypatch.setattr("exports.webhook_sending.post", dies)
    with pytest.raises(SystemExit):
        send(webhook, clock)
    monkeypatch.setattr("exports.webhook_sending.post", post)
    assert send(webhook, clock) == 0  # it is still held for the dead
    clock.now += webhook_rules.CLAIM
    assert send(webhook, clock) == 1
    assert len(asked) == 2 and len(set(asked)) == 1


def test_a_delivery_whose_every_try_died_is_given_up(world, webhook, clock, answers):
    factories.certify(teacher(world))
    Delivery.objects.update(tries=webhook_rules.MAX_TRIES)
    assert send(webhook, clock) == 0
    [delivery] = told(webhook)
    assert (delivery.state, delivery.failure) == (State.GIVEN_UP, Failure.STOPPED)


def test_who_settles_late_changes_nothing(world, webhook, clock, answers):
    factories.certify(teacher(world))
    held = deliver_actions._claim(webhook.pk, at=NOW)
    clock.now += webhook_rules.CLAIM
    assert send(webhook, clock) == 1
    deliver_actions._settle(held, Answer(failure=Failure.TIME), at=clock.now)
    assert told(webhook)[0].state == State.DELIVERED


def test_the_tick_has_what_is_due_sent_by_a_job(waiting, webhook, answers, monkeypatch, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    monkeypatch.setitem(run_job.__kwdefaults__, "clock", lambda: NOW)
    tick.send_robust(None, at=NOW)
    tick.send_robust(None, at=NOW)
    [job] = Job.objects.filter(kind=webhook_actions.SEND_JOB)
    assert run_job(job_id=job.pk).status == Job.Status.DONE
    assert {row.state for row in told(webhook)} == {State.DELIVERED}
    assert set(Job.objects.get(pk=job.pk).params) == {"webhook"}


def test_old_deliveries_and_jobs_are_forgotten(waiting, webhook):
    assert webhook_actions.forget_old(NOW + DAYS(days=89)) == 0
    assert webhook_actions.forget_old(NOW + DAYS(days=91)) == 3


def test_the_log_holds_nothing_about_anybody(waiting, webhook, clock, caplog, tmp_path, monkeypatch, settings):
    caplog.set_level("DEBUG")
    with receiving(tmp_path, monkeypatch, settings) as receiver:
        Webhook.objects.update(address=receiver.address)
        receiver.behaviour = [answer(500), answer(302, Location="/x")]
        send(webhook, clock)
    for row in waiting:
        number = json.loads(row.body)["data"]["staff_number"]
        assert number not in caplog.text and row.certificate.serial not in caplog.text

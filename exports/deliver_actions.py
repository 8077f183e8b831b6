"""Sending what is due: each delivery is claimed by one worker at a time, tried, and its outcome written down."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q

from exports import webhook_rules, webhook_secrets, webhook_sending
from exports.models import Delivery, Webhook
from institutions.audit import record

A_RUN = timedelta(seconds=30)
"""How long one run goes on, so that a long queue keeps no other job waiting; the next run takes up the rest."""

FAILURES_IN_A_ROW = 3
"""After so many failures in a row a run ends: the receiver is down, and each try may last ten seconds."""

AGENT = "Conduct-Webhooks/1"
State = Delivery.State


def send_due(*, webhook_id, clock, advance=lambda done: None):
    """Send what is due for one webhook and return how many arrived. Safe to run late, twice, or side by side."""
    began, arrived, failed = clock(), 0, 0
    while failed < FAILURES_IN_A_ROW and clock() - began < A_RUN:
        delivery = _claim(webhook_id, at=clock())
        if delivery is None:
            break
        answer = _try(delivery, at=clock())
        if webhook_rules.succeeded(answer.code):
            arrived, failed = arrived + 1, 0
        else:
            failed += 1
        _settle(delivery, answer, at=clock())
        advance(arrived)
    return arrived


def _claim(webhook_id, *, at):
    """The next delivery to try, held for a while against every other worker; None if there is none."""
    while True:
        due = Delivery.objects.due(at).filter(Q(webhook__paused_at__isnull=True) | Q(event=Delivery.TEST))
        due = due.filter(webhook=webhook_id)
        delivery = due.select_related("webhook").order_by("next_try_at", "pk").first()
        if delivery is None:
            return None
        seen = Delivery.objects.filter(pk=delivery.pk, tries=delivery.tries, next_try_at=delivery.next_try_at)
        if delivery.tries >= webhook_rules.MAX_TRIES:
            # Its last try never came to an end.
            seen.update(state=State.GIVEN_UP, next_try_at=None, failure=Delivery.Failure.STOPPED)
        elif seen.update(tries=F("tries") + 1, tried_at=at, next_try_at=at + webhook_rules.CLAIM):
            delivery.tries += 1
            return delivery


def _try(delivery, *, at):
    body = delivery.body.encode()
    try:
        headers = headers_of(delivery, body, at=at)
    except webhook_secrets.SecretLost:
        return webhook_sending.Answer(failure=Delivery.Failure.SECRET)
    return webhook_sending.post(delivery.webhook.address, body=body, headers=headers)


def headers_of(delivery, body, *, at):
    """The headers of one try: the id of the event, the moment of the try, and a signature for each secret in use."""
    webhook, timestamp = delivery.webhook, int(at.timestamp())
    sealed = [webhook.secret]
    if webhook.former_until and webhook.former_until > at:
        sealed.append(webhook.former_secret)
    signatures = [
        webhook_secrets.signature(
            webhook_secrets.unseal(each), message_id=delivery.event_id, timestamp=timestamp, body=body
        )
        for each in sealed
    ]
    return {
        "Content-Type": "application/json",
        "User-Agent": AGENT,
        "Connection": "close",
        "webhook-id": delivery.event_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }


@transaction.atomic
def _settle(delivery, answer, *, at):
    """Write down what came of a try, unless the delivery was claimed anew or ended meanwhile."""
    ours = Delivery.objects.filter(pk=delivery.pk, tries=delivery.tries, state=State.WAITING)
    outcome = {"answer": answer.code, "failure": answer.failure}
    webhook = Webhook.objects.filter(pk=delivery.webhook_id)
    if webhook_rules.succeeded(answer.code):
        if ours.update(state=State.DELIVERED, next_try_at=None, **outcome):
            webhook.filter(failing_since__isnull=False).update(failing_since=None)
        return
    is_test = delivery.event == Delivery.TEST  # somebody waits for its outcome, and sends another
    later = None if is_test else webhook_rules.next_try(delivery.tries, at)
    state = State.WAITING if later else State.GIVEN_UP
    if ours.update(state=state, next_try_at=later, **outcome) and not is_test:
        webhook.filter(failing_since__isnull=True).update(failing_since=at)
        _leave_alone(webhook, answer, at=at)


def _leave_alone(webhook, answer, *, at):
    """Pause a webhook to which nothing got through for days, or whose receiver says that it is gone."""
    failing = webhook.filter(paused_at__isnull=True)
    if answer.code != webhook_rules.GONE:
        failing = failing.filter(failing_since__lte=at - webhook_rules.PAUSED_AFTER)
    if failing.update(paused_at=at, paused_itself=True):
        paused = webhook.select_related("institution").get()
        record(
            verb="exports.webhook_paused_itself",
            subject=f"webhook:{paused.pk}",
            at=at,
            by=None,
            institution=paused.institution,
        )

"""Everything that changes a webhook or a delivery, but for sending; each act of a person is on record."""

import uuid

from django.db import transaction

from exports import webhook_rules, webhook_secrets
from exports.models import Delivery, Webhook
from exports.webhook_events import trial_of
from institutions.audit import record
from jobs.actions import request_job
from jobs.models import Job

SEND_JOB = "exports.send_deliveries"


@transaction.atomic
def make_webhook(*, institution, address, events, at, by):
    """The webhook and its secret, which nobody is shown again."""
    secret = webhook_secrets.new_secret()
    webhook = Webhook.objects.create(
        institution=institution,
        address=address,
        events=sorted(events),
        secret=webhook_secrets.seal(secret),
        made_at=at,
        made_by=by,
    )
    _note("exports.make_webhook", webhook, at=at, by=by, host=webhook.host, events=webhook.events)
    return webhook, secret


@transaction.atomic
def renew_secret(*, webhook, at, by):
    """A new secret, shown once; the one before signs beside it for a week, so that the receiver can change over."""
    secret = webhook_secrets.new_secret()
    webhook.former_secret, webhook.former_until = webhook.secret, at + webhook_rules.BOTH_SECRETS
    webhook.secret = webhook_secrets.seal(secret)
    webhook.save(update_fields=["secret", "former_secret", "former_until"])
    _note("exports.renew_secret", webhook, at=at, by=by)
    return secret


@transaction.atomic
def choose_events(*, webhook, events, at, by):
    """Tell it of these events from now on; what is written already is still sent. False where they are the same."""
    held = Webhook.objects.select_for_update().get(pk=webhook.pk)
    if held.events == sorted(events):
        return False
    held.events = sorted(events)
    held.save(update_fields=["events"])
    _note("exports.choose_events", held, at=at, by=by, events=held.events)
    return True


@transaction.atomic
def pause_webhook(*, webhook, at, by):
    """Send nothing until it goes on; what happens meanwhile waits. False if it is paused already."""
    paused = Webhook.objects.filter(pk=webhook.pk, paused_at__isnull=True).update(paused_at=at, paused_itself=False)
    if paused:
        _note("exports.pause_webhook", webhook, at=at, by=by)
    return bool(paused)


@transaction.atomic
def resume_webhook(*, webhook, at, by):
    """Go on, with what waited first. False if it is not paused."""
    paused = Webhook.objects.filter(pk=webhook.pk, paused_at__isnull=False)
    resumed = paused.update(paused_at=None, paused_itself=False, failing_since=None)
    if resumed:
        waiting = Delivery.objects.filter(webhook=webhook, state=Delivery.State.WAITING)
        waiting.update(tries=0, next_try_at=at)
        _note("exports.resume_webhook", webhook, at=at, by=by)
        ask_to_send(webhook.pk, at=at)
    return bool(resumed)


@transaction.atomic
def remove_webhook(*, webhook, at, by):
    """Forget the webhook with its deliveries; the record keeps how many arrived and how many did not."""
    states = list(webhook.deliveries.values_list("state", flat=True))
    arrived = states.count(Delivery.State.DELIVERED)
    _note("exports.remove_webhook", webhook, at=at, by=by, delivered=arrived, not_delivered=len(states) - arrived)
    webhook.delete()


@transaction.atomic
def send_test(*, webhook, at, by):
    """Put a test in the queue and ask for it to be sent at once."""
    delivery = trial_of(webhook, at=at, subject=uuid.uuid4().hex)
    delivery.save()
    _note("exports.test_webhook", webhook, at=at, by=by)
    ask_to_send(webhook.pk, at=at)
    return delivery


@transaction.atomic
def send_again(*, deliveries, webhook, at, by):
    """Send deliveries that ended once more, under the ids they had, with all their tries. Returns how many."""
    ended = deliveries.filter(webhook=webhook).exclude(state=Delivery.State.WAITING)
    count = ended.update(state=Delivery.State.WAITING, tries=0, next_try_at=at, answer=None, failure="")
    if count:
        _note("exports.send_again", webhook, at=at, by=by, deliveries=count)
        ask_to_send(webhook.pk, at=at)
    return count


def write_deliveries(deliveries):
    """Keep deliveries; one that is there already stays as it is."""
    Delivery.objects.bulk_create(deliveries, ignore_conflicts=True, batch_size=500)


def ask_to_send(webhook_id, *, at):
    """Have a worker send what is due for a webhook, unless one has been asked already."""
    if Job.objects.open().filter(kind=SEND_JOB, params__webhook=webhook_id).exists():
        return
    request_job(kind=SEND_JOB, params={"webhook": webhook_id}, by=None, at=at)


def forget_old(at):
    """Remove old deliveries, the jobs that sent them, and secrets that sign no more. Returns how many deliveries."""
    Webhook.objects.filter(former_until__lte=at).update(former_secret="", former_until=None)
    before = at - webhook_rules.KEPT
    Job.objects.filter(kind=SEND_JOB, status__in=Job.ENDED, finished_at__lt=before).delete()
    return Delivery.objects.filter(happened_at__lt=before).delete()[0]


def _note(verb, webhook, *, at, by, **facts):
    record(verb=verb, subject=f"webhook:{webhook.pk}", at=at, by=by, institution=webhook.institution, **facts)

"""What the worker does for webhooks: send what is due, and once a day tell of certificates that ran out."""

from datetime import date, datetime, time, timedelta
from itertools import islice

from django.utils import timezone

from certification.models import Certificate
from exports import deliver_actions, webhook_actions
from exports.models import Webhook
from exports.webhook_events import Happened, deliveries_of
from exports.webhook_rules import LOOKED_BACK
from institutions.scope import Scope
from jobs import registry
from jobs.actions import request_job
from jobs.signals import tick

EXPIRY_JOB = "exports.tell_of_expiries"
A_BATCH = 500
ONE_DAY = timedelta(days=1)


def send_deliveries(job, progress):
    """Send what is due for the webhook of the job."""
    deliver_actions.send_due(webhook_id=job.params["webhook"], clock=progress.clock, advance=progress.advance)


def tell_of_expiries(job, progress):
    """One delivery for each certificate that ran out, also of days on which no worker was there."""
    day, told = date.fromisoformat(job.params["day"]), 0
    for webhook in Webhook.objects.wanting(Webhook.Event.EXPIRED):
        events = _expiries_for(webhook, day)
        while batch := list(islice(events, A_BATCH)):
            webhook_actions.write_deliveries(deliveries_of(batch, webhooks=[webhook]))
            told += len(batch)
            progress.advance(told)
    webhook_actions.forget_old(progress.clock())


def _expiries_for(webhook, day):
    """What ran out in the last weeks, since the webhook was made, of people who served in its institutions."""
    first = max(day - timedelta(days=LOOKED_BACK), timezone.localdate(webhook.made_at))
    seen = Certificate.objects.visible_to(Scope.of(webhook.institution, day)).run_out_between(first, day - ONE_DAY)
    for certificate in seen.select_related("person", "requirement").order_by("valid_until", "pk").iterator():
        after = certificate.valid_until + ONE_DAY
        midnight = timezone.make_aware(datetime.combine(after, time.min))
        yield Happened(Webhook.Event.EXPIRED, certificate, midnight, after, certificate.serial)


def on_tick(sender, at, **kwargs):
    """Ask for what is due now, and once a day for the expiries; the key makes every later tick find that done."""
    for pk in Webhook.objects.with_something_due(at).values_list("pk", flat=True):
        webhook_actions.ask_to_send(pk, at=at)
    if Webhook.objects.exists():
        day = timezone.localdate(at).isoformat()
        request_job(kind=EXPIRY_JOB, params={"day": day}, by=None, at=at, key=f"{EXPIRY_JOB}:{day}")


def register():
    registry.register(webhook_actions.SEND_JOB, send_deliveries)
    registry.register(EXPIRY_JOB, tell_of_expiries)
    tick.connect(on_tick, dispatch_uid="exports.webhooks_on_tick")

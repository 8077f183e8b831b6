"""Which webhooks an event concerns, and what it tells them: numbers and days, never a name or a birth date."""

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime

from certification.models import Certificate
from exports.holders import numbers_of
from exports.models import Delivery, Webhook
from exports.webhook_rules import event_id
from institutions.scope import Scope


@dataclass(frozen=True)
class Happened:
    """One event of a certificate: the day decides who hears of it, subject tells it from others of its kind."""

    event: str
    certificate: Certificate
    at: datetime
    day: date
    subject: str

    @property
    def id(self):
        return event_id(self.event, self.subject)


def deliveries_of(events, *, webhooks=None):
    """The deliveries, not saved, of these events (at most a few hundred) to the webhooks (default: all) that want them.

    An event concerns a webhook if its holder serves on its day at or below the webhook's institution, in a post that
    the requirement is about: what binds only through a post elsewhere stays unknown here.
    """
    by_kind = defaultdict(list)
    for event in events:
        by_kind[event.event, event.day].append(event)
    made = []
    for (kind, day), alike in by_kind.items():
        for webhook in Webhook.objects.wanting(kind) if webhooks is None else webhooks:
            numbers = numbers_of(Scope.of(webhook.institution, day), [event.certificate for event in alike])
            for event in alike:
                if event.certificate.pk in numbers:
                    register, number = numbers[event.certificate.pk]
                    made.append(_delivery(webhook, event, register, number))
    return made


def trial_of(webhook, *, at, subject):
    """A delivery that tells of nothing, to see whether it arrives."""
    happened = event_id(Delivery.TEST, subject)
    body = _body(Delivery.TEST, happened, at, {"message": "This is a test."})
    return Delivery(webhook=webhook, event_id=happened, event=Delivery.TEST, body=body, happened_at=at, next_try_at=at)


def _delivery(webhook, event, register, number):
    certificate = event.certificate
    data = {
        "certificate": certificate.serial,
        "requirement": certificate.requirement.slug,
        "issued_on": certificate.issued_on.isoformat(),
        "valid_until": certificate.valid_until.isoformat(),
        "register_code": register,
        "staff_number": number,
    }
    return Delivery(
        webhook=webhook,
        event_id=event.id,
        event=event.event,
        certificate=certificate,
        body=_body(f"certificate.{event.event}", event.id, event.at, data),
        happened_at=event.at,
        next_try_at=event.at,
    )


def _body(kind, event, at, data):
    moment = at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return json.dumps({"type": kind, "id": event, "timestamp": moment, "data": data}, ensure_ascii=False)

"""People, certificates and an hour, as tests of webhooks begin with them."""

import datetime

from certification.actions import change_certificate
from exports.models import Delivery
from tests import factories

DAYS, MINUTES = datetime.timedelta, lambda minutes: datetime.timedelta(minutes=minutes)
DAY = factories.TODAY
NOW = factories.moment(hour=11)


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


def teacher(world, institution=None, **facts):
    facts = {"starts_on": DAY - DAYS(days=30), **facts}
    return factories.make_post(institution=institution or world["school"], **facts).person


def told(webhook, event=None):
    rows = Delivery.objects.filter(webhook=webhook, **({"event": event} if event else {}))
    return list(rows.order_by("pk"))


def change(certificate, kind, at=NOW):
    return change_certificate(certificate=certificate, kind=kind, reason="a reason", at=at, by=None)

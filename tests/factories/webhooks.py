"""Systems that are told of certificates."""

from exports import webhook_actions
from exports.models import Webhook
from tests.factories.people import make_institution, moment


def make_webhook(institution=None, *, address="https://hooks.example.org/in", events=None, at=None, by=None):
    """A webhook of the institution for every event, with its secret as webhook.shown."""
    webhook, secret = webhook_actions.make_webhook(
        institution=institution or make_institution(),
        address=address,
        events=events or list(Webhook.Event.values),
        at=at or moment(),
        by=by,
    )
    webhook.shown = secret
    return webhook

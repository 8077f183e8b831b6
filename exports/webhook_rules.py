"""Pure decisions about webhooks: when a delivery is tried again, when it is given up, when a receiver is left alone."""

import uuid
from datetime import timedelta

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
WAITS = (MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 15 * HOUR, 20 * HOUR, 24 * HOUR)
"""How long to wait after the first failed try, the second, and so on: ten tries over a little more than three days."""

MAX_TRIES = len(WAITS) + 1

PAUSED_AFTER = timedelta(days=3)
"""A receiver to whom nothing got through for so long is left alone until somebody has looked."""

CLAIM = 2 * MINUTE
"""How long one worker has a delivery to itself, longer than any try takes; a try that died is repeated after it."""

BOTH_SECRETS = timedelta(days=7)
"""How long the secret before a new one still signs beside it."""

KEPT = timedelta(days=90)
"""How long a delivery stays in the list."""

LOOKED_BACK = 31
"""So many days an expired certificate is still told of, should the worker have stood still."""

GONE = 410
"""The answer of a receiver that wants nothing more."""

_EVENTS = uuid.UUID("5a3f0a43-5ac6-4f0c-8ac4-7c7b40a4d4e2")


def event_id(event, subject):
    """The same id for the same event wherever and whenever it is made; subject is a reference such as a serial."""
    return f"evt_{uuid.uuid5(_EVENTS, f'{event}:{subject}').hex}"


def next_try(tries, at):
    """When to try again after so many failed tries; None where it is given up."""
    return at + WAITS[tries - 1] if tries < MAX_TRIES else None


def succeeded(code):
    """True for the answers that say that it arrived."""
    return code is not None and 200 <= code < 300

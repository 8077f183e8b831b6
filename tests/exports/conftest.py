"""What tests of webhooks begin with."""

import pytest

from exports.webhook_sending import Answer
from tests import factories
from tests.exports.webhook_world import DAY, DAYS, Clock


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def world():
    return factories.make_bound_world()


@pytest.fixture
def webhook(world):
    return factories.make_webhook(world["ministry"], at=factories.moment(DAY - DAYS(days=1)))


@pytest.fixture
def answers(monkeypatch):
    """Instead of a line: what comes of each try, and what was tried."""
    given, asked = [], []

    def post(address, *, body, headers):
        asked.append(headers["webhook-id"])
        return given.pop(0) if given else Answer(code=204)

    monkeypatch.setattr("exports.webhook_sending.post", post)
    return given, asked

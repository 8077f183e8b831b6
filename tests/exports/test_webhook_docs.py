"""The example that docs/api.md gives to receivers works as it stands there."""

import json
import re
from pathlib import Path

import pytest

from exports import deliver_actions, webhook_rules
from exports.models import Delivery, Webhook
from tests import factories

DOCS = Path(__file__).resolve().parents[2] / "docs" / "api.md"
NOW = factories.moment(hour=11)


@pytest.fixture
def is_genuine():
    [example] = re.findall(r"```python\n(.*?)```", DOCS.read_text(), re.S)
    found = {}
    exec(compile(example, DOCS.name, "exec"), found)  # the file is ours
    return found["is_genuine"]


@pytest.mark.django_db
def test_the_example_takes_what_is_sent_and_nothing_else(is_genuine):
    world = factories.make_bound_world()
    webhook = factories.make_webhook(world["ministry"])
    factories.certify(factories.make_post(institution=world["school"]).person)
    delivery = Delivery.objects.get()
    body = delivery.body.encode()
    headers = deliver_actions.headers_of(delivery, body, at=NOW)
    at = NOW.timestamp()
    assert is_genuine(webhook.shown, headers, body, now=at + 299)
    assert not is_genuine(webhook.shown, headers, body, now=at + 301)
    assert not is_genuine(webhook.shown, headers, body + b" ", now=at)
    assert not is_genuine(webhook.shown, headers | {"webhook-id": "evt_other"}, body, now=at)
    assert not is_genuine("whsec_" + "A" * 44, headers, body, now=at)


def test_the_page_names_every_event_and_the_keys_of_a_body():
    text = DOCS.read_text()
    for event in Webhook.Event.values:
        assert f"`certificate.{event}`" in text
    [example] = re.findall(r"```json\n(.*?)```", text, re.S)
    assert set(json.loads(example)["data"]) == {
        *("certificate", "requirement", "issued_on", "valid_until", "register_code", "staff_number")
    }
    minutes = [wait.total_seconds() / 60 for wait in webhook_rules.WAITS]
    assert minutes == [1, 5, 30, *(60 * hours for hours in (2, 5, 10, 15, 20, 24))]

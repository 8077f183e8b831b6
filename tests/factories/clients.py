"""Other systems of a ministry, and requests of theirs."""

import datetime
import json

from django.test import Client

from institutions.client_actions import create_client
from tests.factories.people import TODAY, make_institution, moment


def make_client(institution=None, **facts):
    """Another system of the institution; its token as the `token` of what is given back."""
    facts = {
        "name": "Payroll",
        "may_read": True,
        "may_push": True,
        "expires_on": TODAY + datetime.timedelta(days=300),
        "by": None,
        **facts,
    }
    return create_client(institution=institution or make_institution(), at=moment(), **facts)


class Machine:
    """A program that sends requests with a token, and reads answers in JSON."""

    def __init__(self, token="", **headers):
        self.client = Client(raise_request_exception=False)
        self.headers = {"Authorization": f"Bearer {token}", "Accept-Language": "en"} if token else {}
        self.headers |= headers

    def get(self, path, **headers):
        return self.client.get(f"/api/v1{path}", headers=self.headers | headers)

    def post(self, path, body, **headers):
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.client.post(
            f"/api/v1{path}", content, content_type="application/json", headers=self.headers | headers
        )


def as_json(rows):
    """Rows as JSON holds them: days as text."""
    if not isinstance(rows, list):
        return rows
    return [
        {key: value.isoformat() if isinstance(value, datetime.date) else value for key, value in row.items()}
        if isinstance(row, dict)
        else row
        for row in rows
    ]


class Payroll:
    """A system that sends changes of people, each request under a key of its own."""

    PATH = "/people-changes"

    def __init__(self, made):
        self.made, self.machine, self.sent = made, Machine(made.token), 0

    def __call__(self, rows, *, key=None, path=PATH, **headers):
        self.sent += 1
        return self.machine.post(path, as_json(rows), **{"Idempotency-Key": key or f"key-{self.sent}"} | headers)

    def says(self, rows, **asked):
        """The answer to a request that is not refused."""
        answer = self(rows, **asked)
        assert answer.status_code == 200, answer.content
        return answer.json()

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

"""A visitor's way to a provider and back, in tests: who is asked for, and what came of it."""

import datetime

from django.test import Client
from django.urls import reverse
from django.utils import translation

from conduct_site.providers.views import ANSWERS
from institutions.actions import open_account
from institutions.models import AuditEntry, Person, User
from tests import factories

DAYS = datetime.timedelta
DAY, NOW = factories.TODAY, factories.moment(hour=11)
REFUSED = "This login opens no account here."
UNCHECKED = "could not be checked"
SILENT = "does not answer at the moment"


def nurse(ministry, number="440001", account=True, **facts):
    """Somebody who serves in the ministry, with an account as a rule."""
    clinic = factories.make_institution(ministry)
    post = factories.make_post(institution=clinic, staff_number=number, starts_on=DAY - DAYS(100), **facts)
    person = Person.objects.get(pk=post.person_id)
    if account:
        open_account(username=f"n{number}", password=factories.PASSWORD, person=person, at=NOW, by=None)
    return person


def go(client, provider, language="en", **sent):
    """From the button to the provider: where the browser is sent."""
    with translation.override(language):
        answer = client.post(reverse("provider_login", args=["moh"]), sent)
    assert answer.status_code == 302 and answer["Location"].startswith(f"{provider.issuer}/auth?"), answer
    return answer["Location"]


def come_back(client, query):
    return read(client, client.get("/account/provider/moh/callback/", query))


def read(client, answer):
    """An answer, and where it says why a login led nowhere the page that it leads to."""
    leads_nowhere = answer.status_code == 302 and any(answer["Location"].endswith(f"/{kind}/") for kind in ANSWERS)
    return client.get(answer["Location"]) if leads_nowhere else answer


def log_in(provider, client=None, next_page=None, **claims):
    """The whole way with these claims: the browser and the last answer."""
    client = client or Client()
    client.cookies["conduct_language"] = "en"
    provider.claims = {"staff_number": "440001"} | claims
    _asked, query = provider.consent(go(client, provider, **({"next": next_page} if next_page else {})))
    return client, come_back(client, query)


def user_of(client):
    key = client.session.get("_auth_user_id")
    return User.objects.get(pk=key) if key else None


def refusals():
    return [
        (entry.subject, entry.facts["reason"]) for entry in AuditEntry.objects.filter(verb="institutions.refuse_login")
    ]


def is_refused(answer):
    text = answer.content.decode()
    return answer.status_code == 403 and REFUSED in text

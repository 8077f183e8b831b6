"""Asking the site as somebody, noting what it writes and taking it back: one world for many questions."""

import io
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from time import time

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client, override_settings
from django.urls import URLResolver, get_resolver
from django.utils import timezone

from tests import factories
from tests.factories.kept import written_tables
from tests.indexes import kept_indexes

LOGIN = "log in first"
A_LONG_RUN = 24 * 60 * 60
SESSION = {"django_session", "institutions_accountsession"}


@contextmanager
def one_world(django_db_blocker, folder, **settings):
    """A database for a whole module, on a day that stands still; everything is taken back at the end.

    pytest-django makes the test database only if a test of the run is marked as needing it, so such a module has at
    least one that is; without it the world would be made in the database of the settings.
    """
    assert is_of_tests(connection), "mark one test of this module with django_db"
    patch = pytest.MonkeyPatch()
    patch.setattr(timezone, "now", factories.moment)
    with django_db_blocker.unblock(), override_settings(DATA_DIR=folder, **settings), transaction.atomic():
        with kept_indexes():
            yield
        transaction.set_rollback(True)
    patch.undo()


def is_of_tests(connection):
    """True if the connection leads to a database that the test run made."""
    name = str(connection.settings_dict["NAME"])
    return name.startswith("test_") or "memory" in name


@contextmanager
def whatever_happens_is_undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def session_of(user):
    """The key of a session in which the account is logged in."""
    client = Client()
    client.force_login(user)
    session = client.session
    session["seen"] = int(time()) + A_LONG_RUN  # so that no question notes anew that somebody is there
    session.save()
    return session.session_key


def client_with(session=None, **options):
    """A browser that knows nothing but its session, from an address that has tried nothing yet."""
    cache.clear()
    client = Client(**options)
    if session:
        client.cookies["sessionid"] = session
    return client


@dataclass(frozen=True)
class Look:
    """One answer, read to its end, with the tables that it wrote beside its session."""

    answer: object
    headers: dict
    text: str
    written: frozenset


def request(client, method, path, data=None):
    """Send a request, read the whole answer and take back what it did."""
    with whatever_happens_is_undone(), written_tables() as written:
        response = getattr(client, method)(path, data)
        text = text_of(response)
    return Look(answer_of(response), dict(response.headers), text, frozenset(written.keys() - SESSION))


def answer_of(response):
    """What an answer comes to: log in first, or its number."""
    if response.status_code == 302 and "/account/login/" in response["Location"]:
        return LOGIN
    return response.status_code


def text_of(response):
    """The text of an answer; of a workbook, the text of its sheets."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if content.startswith(b"PK\x03\x04"):
        book = zipfile.ZipFile(io.BytesIO(content))
        content = b"\n".join(book.read(name) for name in book.namelist())
    return content.decode("utf-8", "replace")


def named_addresses(resolver=None, namespaces=(), route=""):
    """Full name and route of every address of the site; "?" stands for a name that is missing."""
    for pattern in (resolver or get_resolver()).url_patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from named_addresses(pattern, inner, here)
        else:
            yield ":".join([*namespaces, pattern.name or "?"]), here


def held(texts, secrets):
    """Which reader reads which secret."""
    return {(who, secret) for who, text in texts.items() for secret in secrets if secret in text}

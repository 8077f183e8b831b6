"""What every test may rely on: a clean language, honest skips, and one Chromium for those who need a browser."""

import gc
import os
import shutil

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import TransactionTestCase
from django.utils import translation
from hypothesis import settings

from institutions import frozen
from tests import factories
from tests.factories.kept import note_migrated
from tests.indexes import kept_indexes, leave_indexes
from tests.schema import kept_schema

# Playwright keeps an event loop in the thread of the test; Django would refuse the database there.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# `make soak`: long runs of the property tests of what reads strangers' files.
settings.register_profile("soak", max_examples=10_000, deadline=None)

MUST_RUN = os.environ.get("CONDUCT_TESTS_MAY_SKIP") == "no"


def chromium_path() -> str | None:
    """Where Debian's Chromium is, if it is installed."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def says_nothing_more(item) -> bool:
    """True for a test that would tell the same on every database: the suite on SQLite has run it.

    Such are tests that ask no database, those of the served demo, which has an SQLite file of its own whatever
    DATABASE_URL says, those of scripts in a browser, and those that say so themselves.
    """
    asked = set(getattr(item, "fixturenames", ()))
    asks_one = item.get_closest_marker("django_db") or asked & {"db", "transactional_db", "django_db_setup"}
    is_marked = item.get_closest_marker("any_database") or item.get_closest_marker("browser")
    return "demo" in asked or not asks_one or bool(is_marked)


def pytest_collection_finish(session):
    """Leave what is loaded by now out of every later search for garbage, and search less often: a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(config, items):
    without_browser = pytest.mark.skip(reason="no Chromium here")
    without_postgres = pytest.mark.skip(reason="DATABASE_URL names no PostgreSQL")
    if connection.vendor == "postgresql":
        said = [item for item in items if says_nothing_more(item)]
        config.hook.pytest_deselected(items=said)
        items[:] = [item for item in items if item not in set(said)]
    for item in items:
        if "demo" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.served)
        if item.get_closest_marker("browser") and not chromium_path():
            item.add_marker(without_browser)
        if item.get_closest_marker("postgres") and connection.vendor != "postgresql":
            item.add_marker(without_postgres)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Where nothing may be skipped, a browser or PostgreSQL test that was skipped has failed."""
    report = yield
    wanted = item.get_closest_marker("browser") or (
        item.get_closest_marker("postgres") and connection.vendor == "postgresql"
    )
    if MUST_RUN and wanted and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and CONDUCT_TESTS_MAY_SKIP=no"
    return report


@pytest.fixture(autouse=True)
def first_language():
    """Every test begins and ends in the first language, whatever the one before it activated."""
    translation.activate("km")
    yield
    translation.activate("km")


@pytest.fixture(autouse=True, scope="session")
def _files_of_tests_end_with_them(tmp_path_factory):
    """Private files that a test keeps lie in a folder of the run, never in that of the settings."""
    django_settings.DATA_DIR = tmp_path_factory.mktemp("data")


@pytest.fixture(autouse=True, scope="session")
def _pages_are_in_no_index():
    leave_indexes()


@pytest.fixture
def indexed():
    """For a test that searches in the admin or asks where a thing is used; it comes before what makes the pages."""
    with kept_indexes():
        yield


@pytest.fixture(scope="session")
def chromium():
    """Debian's Chromium, started once; a test opens its own context."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(autouse=True, scope="session")
def _flush_may_empty_frozen_tables():
    """A test that commits ends with a flush, which the triggers refuse like any other deletion."""
    teardown = TransactionTestCase._fixture_teardown

    def lifted_teardown(self):
        with frozen.lifted():
            teardown(self)

    TransactionTestCase._fixture_teardown = lifted_teardown
    yield
    TransactionTestCase._fixture_teardown = teardown


@pytest.fixture(scope="session")
def _schema_is_kept(request, django_db_blocker, django_db_modify_db_settings):
    """On SQLite the tables come from a file of the last run, where no migration has changed since."""
    kept = kept_schema(request.config.cache.mkdir("schema"))
    with django_db_blocker.unblock():
        kept.__enter__()
    return kept


@pytest.fixture(scope="session")
def django_db_setup(_schema_is_kept, django_db_setup, django_db_blocker):
    """The test database; threads of live servers let go of it before it is dropped, as PostgreSQL demands."""
    with django_db_blocker.unblock():
        _schema_is_kept.__exit__(None, None, None)
        note_migrated()
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
            )


@pytest.fixture
def today(monkeypatch):
    """The site's day is the day of the tests, at eleven; modules with a clock of their own say so."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: factories.moment(hour=11))

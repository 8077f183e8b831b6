"""A ministry with a school, an officer of discipline and somebody under the code; the clock stands still."""

from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.utils import timezone

from institutions.models import Role
from tests import factories


@pytest.fixture(autouse=True)
def _no_tries_counted():
    """The counter of password tries lives in the cache, which outlives a test."""
    cache.clear()


@pytest.fixture
def clock(monkeypatch):
    clock = SimpleNamespace(now=factories.moment())
    monkeypatch.setattr(timezone, "now", lambda: clock.now)
    return clock


@pytest.fixture
def world(db, clock):
    world = factories.make_bound_world()
    world["officer"] = factories.make_role(Role.Kind.DISCIPLINE, world["ministry"]).user
    return world


@pytest.fixture
def officer(world, client):
    """The discipline officer, logged in on the client."""
    client.force_login(world["officer"])
    return world["officer"]

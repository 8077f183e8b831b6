"""The worlds that tests of the register begin with."""

import pytest
from django.core.cache import cache
from django.utils import timezone

from institutions import client_auth
from tests import factories
from tests.institutions.by_hand import Clerk
from tests.institutions.place_world import Place
from tests.institutions.role_world import NOW, Clock, World


@pytest.fixture
def place():
    return Place()


@pytest.fixture
def clerk(client, place):
    return Clerk(client, place)


@pytest.fixture
def role_clock(monkeypatch):
    """The clock of the tests of roles, which they move."""
    Clock.now = NOW
    monkeypatch.setattr("django.utils.timezone.now", lambda: Clock.now)
    return Clock


@pytest.fixture
def world():
    return World()


@pytest.fixture
def system(place, monkeypatch):
    """The payroll of the department, which sends rows as often as it likes, on a day that stands still."""
    cache.clear()
    monkeypatch.setattr(timezone, "now", factories.moment)
    monkeypatch.setattr(client_auth, "LIMITS", {"address": "100000/m/ip", "client": "100000/m/key"})
    return factories.Payroll(factories.make_client(place.department))


@pytest.fixture
def director():
    """The second position of the tests."""
    return factories.make_position(slug="director", name="នាយក", name_latin="Director")

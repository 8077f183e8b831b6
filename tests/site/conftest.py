"""One demo nation, loaded and served once, for the tests that need a real server."""

import pytest

from tests import factories
from tests.site.fake_provider import FakeProvider
from tests.site.running import RunningDemo


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    demo = RunningDemo(tmp_path_factory.mktemp("demo"))
    demo.load()
    demo.start()
    yield demo
    demo.stop()


@pytest.fixture
def provider(settings):
    """A ministry's identity provider that answers, and that the settings name."""
    running = FakeProvider()
    settings.DEBUG = True  # for an http server; see test_without_debug_a_provider_must_speak_https
    settings.CONDUCT_OIDC = [running.entry()]
    yield running
    running.stop()


@pytest.fixture
def ministry():
    """The ministry for whose register the provider speaks."""
    return factories.make_institution(code="moh")

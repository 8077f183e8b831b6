"""One demo nation, loaded and served once, for the tests that need a real server."""

import pytest

from tests.site.running import RunningDemo


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    demo = RunningDemo(tmp_path_factory.mktemp("demo"))
    demo.load()
    demo.start()
    yield demo
    demo.stop()

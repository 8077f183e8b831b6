"""The commands that run the site: serve ends what it started, the demo touches only its own database."""

import os
import signal
import socket
import subprocess
import sys
import time

import pytest
from django.core.management.base import CommandError

from conduct_site.management.commands import serve
from tests.site.test_settings import manage


def sleeper(seconds: float) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-c", f"import time; time.sleep({seconds})"])


def test_serve_notices_the_first_child_that_ends_and_ends_the_other():
    short, long = sleeper(0.2), sleeper(60)
    assert serve._wait_for_first([long, short]) is short
    serve._end([long, short])
    assert long.returncode == -signal.SIGTERM


def test_serve_ends_a_child_that_will_not_listen(monkeypatch):
    monkeypatch.setattr(serve, "GRACE_SECONDS", 0.3)
    deaf = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True); time.sleep(60)",
        ],
        stdout=subprocess.PIPE,
    )
    deaf.stdout.read(1)
    serve._end([deaf])
    assert deaf.returncode == -signal.SIGKILL
    deaf.stdout.close()


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent-death signal is Linux's")
def test_children_do_not_outlive_a_killed_serve():
    code = (
        "from conduct_site.management.commands import serve; import time; "
        "child = serve._start('http.server', '0', '--bind', '127.0.0.1'); print(child.pid, flush=True); time.sleep(60)"
    )
    path = os.pathsep.join(filter(None, sys.path))
    parent = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path}
    )
    child = int(parent.stdout.readline())
    time.sleep(0.5)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    for _ in range(50):
        if not _is_running(child):
            break
        time.sleep(0.1)
    assert not _is_running(child)


def _is_running(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_serve_says_which_port_is_taken():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"PORT={port + 1} make demo"):
            serve._refuse_taken_port("127.0.0.1", port)


@pytest.mark.slow
def test_reset_leaves_a_database_alone_that_the_demo_did_not_fill(tmp_path):
    database = tmp_path / "other.sqlite3"
    where = {"DATABASE_URL": f"sqlite:///{database}", "DATA_DIR": str(tmp_path)}
    dev = "conduct_site.settings.dev"
    migrated = manage("migrate", "conduct_site", settings_module=dev, **where)
    assert migrated.returncode == 0, migrated.stderr
    before = database.stat().st_size
    result = manage("demo", "--reset", "--no-serve", settings_module=dev, **where)
    assert result.returncode != 0
    assert "not filled by the demo" in result.stderr
    assert database.stat().st_size == before


@pytest.mark.django_db
def test_static_files_are_collected_once_for_each_state(settings, tmp_path, monkeypatch):
    from conduct_site import collected

    calls = []
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    monkeypatch.setattr(collected, "call_command", lambda *args, **kwargs: calls.append(args))
    assert collected.collect_if_changed() is True
    assert collected.collect_if_changed() is False
    monkeypatch.setattr(collected, "_state", lambda: "another state")
    assert collected.collect_if_changed() is True
    assert len(calls) == 2

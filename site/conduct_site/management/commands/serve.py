import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, Request, build_opener

from django.core.management.base import BaseCommand, CommandError

from conduct_site.collected import collect_if_changed

GRACE_SECONDS = 20
PACKAGE_PARENT = Path(__file__).resolve().parents[3]


class Command(BaseCommand):
    """Serves the site with gunicorn and works off its jobs beside it; ends both together."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))

    def handle(self, *, host: str, port: int, **options) -> None:
        _refuse_taken_port(host, port)
        if collect_if_changed():
            self.stdout.write("Static files collected.")
        for signum in (signal.SIGINT, signal.SIGTERM):  # a shell that starts it in the background has SIGINT ignored
            signal.signal(signum, signal.default_int_handler)
        children = [_start(*_gunicorn(host, port)), _start("django", "worker", "--verbosity=0")]
        try:
            if _answers(f"http://{host}:{port}/healthz", children):
                self.stdout.write(self.style.SUCCESS(f"Conduct runs at http://{host}:{port}/ – end it with Ctrl-C."))
                self.stdout.flush()
            ended = _wait_for_first(children)
        except KeyboardInterrupt:
            ended = None
        finally:
            _end(children)
        if ended is not None:
            name = "web server" if ended is children[0] else "worker"
            raise CommandError(f"The {name} ended by itself (code {ended.returncode}).")


def _gunicorn(host: str, port: int) -> list[str]:
    threads, processes = os.environ.get("WEB_THREADS", "4"), os.environ.get("WEB_CONCURRENCY", "2")
    return [
        "gunicorn",
        "conduct_site.wsgi:application",
        f"--bind={host}:{port}",
        "--worker-class=gthread",
        f"--threads={threads}",
        f"--workers={processes}",
        "--preload",
        "--log-level=warning",
    ]


def _start(module: str, *arguments: str) -> subprocess.Popen:
    # The child finds the project as this process does: from a checkout, an editable install or a wheel.
    path = os.pathsep.join([str(PACKAGE_PARENT), *filter(None, sys.path)])
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        env={**os.environ, "PYTHONPATH": path},
        preexec_fn=_end_with_parent if sys.platform == "linux" else None,
    )


def _end_with_parent() -> None:
    """Asks Linux to end this child when `serve` is killed, so that nothing keeps the port."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def _refuse_taken_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(f"Port {port} is in use. Choose another one: PORT={port + 1} make demo") from error


def _answers(url: str, children: list[subprocess.Popen]) -> bool:
    """Waits until the site answers; False if a child ended first."""
    opener = build_opener(ProxyHandler({}))
    while all(child.poll() is None for child in children):
        try:
            with opener.open(Request(url), timeout=2) as answer:
                return answer.status == 200
        except (URLError, OSError):
            time.sleep(0.2)
    return False


def _wait_for_first(children: list[subprocess.Popen]) -> subprocess.Popen:
    while True:
        for child in children:
            if child.poll() is not None:
                return child
        time.sleep(0.3)


def _end(children: list[subprocess.Popen]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + GRACE_SECONDS
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()

"""A demo nation in a temporary folder, served as `make demo` serves it, for tests that need a real server."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = 150


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class RunningDemo:
    """The site on a port of its own with an SQLite file of its own; it can be killed and started again."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.server = None

    @property
    def environment(self):
        kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        settings = "conduct_site.settings.dev"
        return {**kept, "DATA_DIR": str(self.folder), "DJANGO_SETTINGS_MODULE": settings, "WEB_CONCURRENCY": "1"}

    def manage(self, *arguments):
        """Run one management command in the demo's folder; its output is returned."""
        done = subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=900,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def load(self):
        self.manage("demo", "--no-serve", f"--people={PEOPLE}")

    def start(self):
        self.server = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "serve", f"--port={self.port}"],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        for _try in range(900):
            try:
                urllib.request.urlopen(f"{self.base}/healthz", timeout=2)
                return
            except (urllib.error.URLError, OSError):
                assert self.server.poll() is None, "the server did not start"
                time.sleep(0.2)
        raise AssertionError("the server did not answer within three minutes")

    def kill(self):
        """End the server and its worker at once, as a power cut does."""
        os.killpg(self.server.pid, signal.SIGKILL)
        self.server.wait()

    def stop(self):
        if self.server and self.server.poll() is None:
            os.killpg(self.server.pid, signal.SIGTERM)
            self.server.wait(timeout=30)

    def rows(self, sql):
        """What the database holds, read beside the running server."""
        with sqlite3.connect(self.folder / "conduct.sqlite3", timeout=20) as connection:
            return connection.execute(sql).fetchall()

    def right_answers(self):
        """Language and stem of each question with one right answer → the words of that option."""
        answers = {}
        for stem, options, key in self.rows(
            "SELECT stem, options, key FROM courses_questionversion WHERE type = 'single'"
        ):
            right = json.loads(key)
            for language, text in json.loads(stem).items():
                chosen = next(option for option in json.loads(options) if option["id"] in right)
                answers[language, plain(text)] = plain(chosen["text"][language])
        return answers

    def feedback(self):
        """Every feedback text of every option: none may reach a browser before the end."""
        texts = set()
        for (options,) in self.rows("SELECT options FROM courses_questionversion"):
            for option in json.loads(options):
                texts.update(plain(text) for text in option.get("feedback", {}).values())
        return texts


def plain(text):
    """Text without the marks that only steer line breaks, with single blanks."""
    return " ".join(text.replace("\u2060", "").replace("\u200b", "").split())

"""Pages per second of the site as `manage.py serve` runs it, beside the plainest view it has.

`python -m tests.bench.pages SECONDS ROUNDS` works on the database of its environment, in which the demo nation is
loaded, and prints one JSON line.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.bench import ROOT
from tests.bench.client import rate
from tests.bench.measure import alone, answer, by_turns
from tests.bench.report import Line

CONNECTIONS = 8
OFFICER = "2200001"
BESIDE = "/healthz"
# The least part of the plainest view's rate that a page should reach.
LEAST = {"code page": 0.02, "lesson page": 0.025, "training page": 0.01}


def main(seconds, rounds):
    import django

    django.setup()
    asked = {BESIDE: (BESIDE, ""), **addresses()}
    with serving() as (port, server):
        spent = {name: [0.0, 0] for name in asked}

        def variant(name):
            def measured():
                before = seconds_of(server)
                found = rate(port, asked[name][0], seconds=seconds, connections=CONNECTIONS, cookie=asked[name][1])
                spent[name][0] += seconds_of(server) - before
                spent[name][1] += found * seconds
                return found

            return measured

        rates = by_turns({name: variant(name) for name in asked}, rounds)
    answer({name: {"rate": rates[name], "ms": cpu / answers * 1000} for name, (cpu, answers) in spent.items()})


def addresses():
    """Name → address and cookie of each page that is asked for."""
    from django.urls import reverse
    from django.utils import translation

    from conduct_codes.models import CodePage
    from courses.models import LessonPage

    with translation.override("km"):
        return {
            "code page": (first(CodePage), ""),
            "lesson page": (first(LessonPage), ""),
            "training page": (reverse("certification:training"), cookie_of(OFFICER)),
        }


def first(model):
    return model.objects.live().filter(locale__language_code="km").order_by("path").first().get_url()


def cookie_of(username):
    """The cookie of a session in which the account is logged in."""
    from django.conf import settings
    from django.test import Client

    from institutions.models import User

    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(User.objects.get(username=username))
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


class serving:
    """The site on a free port: two processes of two threads, ended afterwards with everything that they started."""

    def __enter__(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "serve", f"--port={self.port}"],
            env={**os.environ, "WEB_CONCURRENCY": "2", "WEB_THREADS": "2"},
            stdout=sys.stderr,
        )
        self._wait()
        return self.port, self.process.pid

    def __exit__(self, *error):
        self.process.terminate()
        self.process.wait(40)

    def _wait(self):
        for _attempt in range(600):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2).close()
                return
            except (urllib.error.URLError, OSError):
                if self.process.poll() is not None:
                    break
                time.sleep(0.2)
        self.process.terminate()
        raise SystemExit("The site did not start.")


def seconds_of(server):
    """The processor seconds of everything below the process, as far as Linux tells; a database server is not below."""
    return sum(map(seconds_of_one, descendants(server)))


def seconds_of_one(pid):
    """The processor seconds of a process and of its children that are gone; 0 once it is gone itself."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def descendants(pid):
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += [int(child), *descendants(int(child))]
    return found


def run(environment, *, seconds, rounds):
    """The lines of the report for the database of the environment."""
    found = alone("pages", seconds, rounds, **environment)
    beside = found.pop(BESIDE)
    return [
        Line(
            what=name,
            measured=f"{facts['rate']:,.0f} a second, {facts['ms']:.1f} ms cpu each",
            beside=f"{beside['rate']:,.0f} a second, {beside['ms']:.1f} ms: {BESIDE}",
            ratio=facts["rate"] / beside["rate"],
            limit=LEAST[name],
            at_least=True,
        )
        for name, facts in found.items()
    ]


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]))

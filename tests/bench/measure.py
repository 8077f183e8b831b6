"""Clocks and rounds: processor seconds where one process does the work, medians over rounds, variants by turns."""

import json
import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.bench import ROOT

FEWEST = 2
ENOUGH_MS = 8000


def cpu_seconds(work):
    """The processor seconds of this process that work() takes; other people's load does not count."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def by_turns(variants, rounds):
    """Name → the median of rounds of each variant (a function that returns a number), in the order A B C A B C."""
    found = {name: [] for name in variants}
    for _round in range(rounds):
        for name, variant in variants.items():
            found[name].append(variant())
    return {name: statistics.median(values) for name, values in found.items()}


@dataclass(frozen=True)
class Times:
    """Milliseconds of repeated calls: by the wall the middle and the slow end, and those of the processors a call."""

    p50: float
    p95: float
    cpu: float

    @classmethod
    def of(cls, work, *, repeats, server=None):
        """Call work() repeatedly, after it was called once; server.seconds() is what another process spent on it."""
        taken, spent = [], time.process_time() + (server.seconds() if server else 0)
        while len(taken) < repeats and (len(taken) < FEWEST or sum(taken) < ENOUGH_MS):
            begun = time.perf_counter()
            work()
            taken.append((time.perf_counter() - begun) * 1000)
        spent = time.process_time() + (server.seconds() if server else 0) - spent
        slow = sorted(taken)[min(len(taken) - 1, round(0.95 * len(taken)))]
        return cls(statistics.median(taken), slow, spent * 1000 / len(taken))


def memory_mb():
    """The memory that this process holds now; where the system does not say, the most it has held."""
    pages = Path("/proc/self/statm")
    return int(pages.read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / 2**20 if pages.exists() else peak_mb()


def peak_mb():
    """The most memory that this process has held so far."""
    import resource  # not on Windows

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


def alone(module, *arguments, **environment):
    """Run `python -m tests.bench.<module>` in a process of its own and return what it says as JSON."""
    done = subprocess.run(
        [sys.executable, "-m", f"tests.bench.{module}", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def answer(facts):
    """Say the facts to the process that called alone()."""
    sys.stdout.write(json.dumps(facts) + "\n")

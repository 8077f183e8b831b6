"""Threads that start together, for tests of what happens at one moment."""

import threading
from functools import partial

from django.db import connections


def together(*calls):
    """What each call returned, or its exception; begun at the same moment in threads with connections of their own."""
    gate, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(place, call):
        try:
            gate.wait(timeout=10)
            results[place] = call()
        except Exception as problem:
            results[place] = problem
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def at_once(work, times=6):
    """What work(0), work(1), … returned or raised, all begun at the same moment."""
    return together(*(partial(work, number) for number in range(times)))


def faults(results, *expected):
    """The exceptions among the results that are none of the expected kinds."""
    return [result for result in results if isinstance(result, Exception) and not isinstance(result, expected)]

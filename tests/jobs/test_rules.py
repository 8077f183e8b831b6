from datetime import timedelta

import pytest

from jobs import rules


@pytest.mark.parametrize(("attempts", "seconds"), [(1, 10), (2, 40), (3, 160), (4, 600), (50, 600)])
def test_back_off_grows_and_stops_growing(attempts, seconds):
    assert rules.back_off(attempts) == timedelta(seconds=seconds)


@pytest.mark.parametrize(("done", "total", "percent"), [(0, 0, 0), (1, 3, 33), (3, 3, 100), (5, 3, 100)])
def test_percent_stays_between_0_and_100(done, total, percent):
    assert rules.percent(done, total) == percent


def test_lease_outlasts_two_heartbeats():
    assert 2 * rules.HEARTBEAT < rules.LEASE

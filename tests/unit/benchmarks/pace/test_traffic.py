"""Requests of the model: how many, which of them fail, and what their callers see."""

from statistics import fmean

import numpy as np
import pytest

from benchmarks.pace.facts import PROPAGATION_SECONDS
from benchmarks.pace.traffic import Fault, Load, Traffic
from tests.unit.benchmarks.pace.shops import START, broken, traffic


@pytest.mark.parametrize("rate", [0.2, 1.0, 10.0, 1000.0])
def test_requests_arrive_at_the_rate(rate: float) -> None:
    seen = traffic(rate).newest(START + 3600)
    assert seen == pytest.approx(120 * rate, abs=4 * (120 * rate) ** 0.5)


def test_the_season_swings_within_a_day_around_the_rate() -> None:
    day = Load(100, season=True).at(START + 3600 * np.arange(24.0))
    assert fmean(day) == pytest.approx(100)
    assert day.max() == pytest.approx(160)
    assert day.min() == pytest.approx(40)


def test_a_doubled_load_is_doubled_from_then_on() -> None:
    load = Load(10, season=False, doubled_from=100.0)
    assert list(load.at(np.array([99.0, 100.0]))) == [10, 20]


def test_a_part_of_the_requests_fails_under_the_new_version() -> None:
    found = broken(share=0.3)
    later = slice(found.newest(START + PROPAGATION_SECONDS), found.newest(START + 3600))
    before = slice(0, found.newest(START))
    assert found.outcome("pay", later)[0].mean() == pytest.approx(0.3, abs=0.03)
    assert not found.outcome("pay", before)[0].any()


def test_a_new_version_serves_all_requests_within_seconds() -> None:
    found = broken(rate=1000)
    times = (START, START + PROPAGATION_SECONDS, START + 120)
    first, within, later = (found.newest(at) for at in times)
    assert set(found.versions("pay", slice(within, later))) == {"8"}
    assert set(found.versions("pay", slice(0, first))) == {"7"}


def test_going_back_ends_the_failures() -> None:
    found = broken()
    found.route("pay", START + 600, "7")
    failed = found.served("pay", START + 660, START + 3600).failed
    assert len(failed)
    assert not failed.any()


def test_a_gradual_fault_grows() -> None:
    fault = Fault("pay", "8", 1.0, starts=100.0, ramp=100.0)
    assert list(fault.share_at(np.array([50.0, 150.0, 300.0]))) == [0.0, 0.5, 1.0]


def test_a_callers_requests_fail_and_take_longer_with_those_below() -> None:
    calls = {"front": ("pay",), "pay": ()}
    found = Traffic(1, Load(60, season=False), calls, (START, START + 600), 0.0)
    for name in calls:
        found.route(name, START - 1, "1")
    found.faults.append(Fault("pay", None, 0.5))
    span = slice(0, found.newest(START + 600))
    (above, longer), (below, shorter) = found.outcome("front", span), found.outcome("pay", span)
    assert (above == below).all()
    assert (longer > shorter).all()


def test_requests_of_this_minute_are_only_those_so_far() -> None:
    found = traffic()
    assert len(found.served("pay", START, START + 30).times) < len(
        found.served("pay", START, START + 90).times
    )

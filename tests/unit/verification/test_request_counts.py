"""Shares of requests that may fail, and that failed because of the fault."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.verification.request_counts import (
    Counts,
    Usual,
    allowed_share,
    by_period,
    count,
    fault_share,
    shows_errors,
    usual_traffic,
)

Z80 = 0.84
numbers = st.integers(0, 1000)
allowed_shares = st.floats(0.0001, 0.95)


def test_counts_are_of_the_periods_that_begin_within_the_time() -> None:
    served, failed = {0: 5.0, 10: 7.0, 20: 9.0}, {10: 2.0, 20: 3.0}

    assert count(served, failed, 0, 20) == (12, 2)
    assert count(served, failed, 10, 21) == (16, 5)
    assert count(served, failed, 30, 60) == (0, 0)


@pytest.mark.parametrize(
    ("counts", "share", "successes"),
    [(Counts(0, 0), 0, 0), (Counts(10, 3), 0.3, 7), (Counts(2, 5), 1, 0), (Counts(0, 5), 0, 0)],
)
def test_more_errors_than_requests_are_all_of_them(
    counts: Counts, share: float, successes: float
) -> None:
    assert (counts.share, counts.successes) == (share, successes)


def test_points_of_a_period_add_up() -> None:
    assert by_period([(3, 1.0), (9, 2.0), (10, 4.0)], 10) == {0: 3.0, 10: 4.0}


def test_the_usual_traffic_is_that_of_thirty_periods_or_of_the_window() -> None:
    served = {at: (1.0 if at < 700 else 10.0) for at in range(0, 1000, 10)}

    assert usual_traffic(served, {}, 1000, 10, 20).rate == 1
    assert usual_traffic(served, {}, 1000, 10, 1000).rate == pytest.approx(0.37)
    assert usual_traffic({}, {}, 1000, 10, 20) == Usual(0, 0)
    assert usual_traffic({1000: 5.0}, {}, 1000, 10, 20) == Usual(0, 0)
    assert usual_traffic({0: 9.0, 990: 5.0}, {}, 1000, 10, 20).rate == 0.5


def test_a_service_that_just_began_is_measured_since_then() -> None:
    assert usual_traffic({980: 10.0, 990: 30.0}, {}, 1000, 10, 20).rate == 2
    assert usual_traffic({900: 10.0}, {}, 1000, 10, 20).rate == 0.1


@pytest.mark.parametrize(
    ("failed", "share"),
    [
        (dict.fromkeys(range(700, 1000, 10), 1.0), 0.1),
        (dict.fromkeys(range(700, 980, 10), 1.0), 0),
        ({980: 2.0, 990: 1.0}, 0.01),
    ],
)
def test_the_usual_share_is_the_lower_one_of_the_baseline_and_its_last_window(
    failed: dict[int, float], share: float
) -> None:
    served = dict.fromkeys(range(0, 1000, 10), 10.0)

    assert usual_traffic(served, failed, 1000, 10, 20).share == pytest.approx(share)


@pytest.mark.parametrize(
    ("usual", "objective", "allowed"), [(0.0, 0.99, 0.01), (0.05, 0.99, 0.05), (1.0, 0.99, 0.95)]
)
def test_as_many_requests_may_fail_as_the_objective_or_the_baseline_allows(
    usual: float, objective: float, allowed: float
) -> None:
    assert allowed_share(Usual(1, usual), objective) == pytest.approx(allowed)


@pytest.mark.parametrize(
    ("during", "z", "share"),
    [
        (Counts(100, 30), 0, 0.3),
        (Counts(100, 100), 0, 0.95),
        (Counts(10, 3), Z80, 0.195),
        (Counts(2, 2), Z80, 0.739),
        (Counts(100, 3), Z80, 0.02),
        (Counts(100, 3), 0, 0.03),
        (Counts(100, 2), 0, 0.505),
        (Counts(0, 0), 0, 0.505),
    ],
)
def test_the_share_of_the_fault_is_as_observed_or_a_lower_bound(
    during: Counts, z: float, share: float
) -> None:
    assert fault_share(during, 0.01, z) == pytest.approx(share, abs=0.001)


def test_errors_are_a_symptom_at_more_than_twice_the_allowed_share() -> None:
    assert shows_errors(Counts(100, 3), 0.01)
    assert not shows_errors(Counts(100, 2), 0.01)
    assert fault_share(Counts(100, 90), 0.8) == pytest.approx(0.9)


@given(numbers, numbers, allowed_shares, st.sampled_from([0.0, Z80]))
def test_the_fault_is_always_worse_than_what_is_allowed_and_never_certain(
    requests: int, errors: int, allowed: float, z: float
) -> None:
    assert allowed < fault_share(Counts(requests, errors), allowed, z) < 1

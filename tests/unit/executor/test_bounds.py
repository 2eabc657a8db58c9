"""Bounds of an effect and of a lease: tests may count in these names."""

from functions.executor import leases, outcome
from functions.executor.session import SHORTEST_SESSION_SECONDS


def test_time_limits_of_an_effect_are_the_designs() -> None:
    assert (outcome.START_DEADLINE_SECONDS, outcome.EFFECT_SECONDS, outcome.POLL_SECONDS) == (
        5,
        60,
        1,
    )
    assert (leases.LEASE_SECONDS, leases.COOLDOWN_SECONDS) == (3600, 300)
    assert SHORTEST_SESSION_SECONDS == 900

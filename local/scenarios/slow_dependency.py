"""A release of the deepest function makes its callers wait: nothing fails, the front is slow."""

from collections.abc import Iterator
from random import Random
from threading import Event
from typing import Final

from local.scenarios import Scenario
from local.scenarios.innocent import innocent_changes
from local.shop.faults import Faults, InjectedChange
from local.shop.releases import SLOW

SLOW_MILLISECONDS: Final = 1700
"""Of the average order, from which the front's alarm fires. With an order every 0.8 seconds, four
customers at a time wait for 3.2 (Little, 1961)."""
CALM_PERIODS: Final = 3
POLL_SECONDS: Final = 1.0
MOST_POLLS: Final = 300


def play(shop: Faults, dice: Random) -> Iterator[InjectedChange]:
    """Add an alarm on the front's latency once it is calm, and release slow code of the deepest.

    Raises TimeoutError where the machine is too busy for the shop to become calm.
    """
    member, front = shop.plan.deepest, shop.plan.front
    yield from innocent_changes(shop, dice, spare=member)
    _await_calm(shop)
    yield shop.watch_latency(front, SLOW_MILLISECONDS)
    version = shop.publish(member, SLOW)
    shop.warm(member, version)
    yield shop.move_alias(member, version)


def _await_calm(shop: Faults) -> None:
    """Wait until the cold starts of the innocent release are over, which look like the fault."""
    for _ in range(MOST_POLLS):
        recent = shop.latencies(shop.plan.front, CALM_PERIODS)
        if len(recent) == CALM_PERIODS and max(recent) < SLOW_MILLISECONDS / 2:
            return
        Event().wait(POLL_SECONDS)
    raise TimeoutError("the shop's front did not become calm: the machine is too busy")


SCENARIO = Scenario(
    name="slow-dependency",
    story="customers wait for a function two calls away, and nothing fails",
    expected=frozenset({"resolved"}),
    person="approve",
    play=play,
    cure="lambda.rollback_alias",
)

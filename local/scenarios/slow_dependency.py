"""A release of the deepest function makes its callers wait: nothing fails, the front is slow."""

from collections.abc import Iterator
from random import Random
from typing import Final

from local.scenarios import Scenario
from local.scenarios.innocent import innocent_changes
from local.shop.faults import Faults, InjectedChange
from local.shop.releases import SLOW

SLOW_MILLISECONDS: Final = 1500
"""Of the median order, from which the front's alarm fires."""


def play(shop: Faults, dice: Random) -> Iterator[InjectedChange]:
    """Add an alarm on the front's latency, then release slow code of the deepest function."""
    member = shop.plan.deepest
    yield shop.watch_latency(shop.plan.front, SLOW_MILLISECONDS)
    yield from innocent_changes(shop, dice, spare=member)
    yield shop.release(member, SLOW)


SCENARIO = Scenario(
    name="slow-dependency",
    story="customers wait for a function two calls away, and nothing fails",
    expected=frozenset({"resolved"}),
    person="approve",
    play=play,
    cure="lambda.rollback_alias",
)

"""A reserved concurrency that is too low for a function's traffic."""

from collections.abc import Iterator
from random import Random

from local.scenarios import Scenario
from local.scenarios.innocent import innocent_changes
from local.shop.faults import Faults, InjectedChange


def play(shop: Faults, dice: Random) -> Iterator[InjectedChange]:
    """Reserve one execution for a function that others call."""
    member = dice.choice(shop.plan.members[1:])
    yield from innocent_changes(shop, dice, spare=member)
    yield shop.reserve(member, 1)


SCENARIO = Scenario(
    name="throttled-function",
    story="the reserved concurrency of a function is too low",
    expected=frozenset({"resolved"}),
    person="approve",
    play=play,
    cure="lambda.raise_reserved_concurrency",
)

"""A setting with a value that the function's code cannot parse."""

from collections.abc import Iterator
from random import Random

from local.scenarios import Scenario
from local.scenarios.innocent import innocent_changes
from local.shop.faults import Faults, InjectedChange


def play(shop: Faults, dice: Random) -> Iterator[InjectedChange]:
    """Write a setting that does not parse, some seconds after innocent changes elsewhere."""
    member = dice.choice(shop.plan.members)
    yield from innocent_changes(shop, dice, spare=member)
    yield shop.misconfigure(member)


SCENARIO = Scenario(
    name="bad-parameter",
    story="a parameter change breaks a function",
    expected=frozenset({"resolved"}),
    person="approve",
    play=play,
    cure="ssm.restore_parameter",
)

"""Innocent code of a function is released just when its setting breaks; people suspect the code."""

from collections.abc import Iterator
from random import Random

from local.scenarios import Scenario
from local.scenarios.innocent import innocent_changes
from local.shop.faults import Faults, InjectedChange
from local.shop.releases import INNOCENT


def play(shop: Faults, dice: Random) -> Iterator[InjectedChange]:
    """Release innocent code of a function and break its setting at the same moment."""
    member = dice.choice(shop.plan.members)
    yield from innocent_changes(shop, dice, spare=member)
    yield shop.release(member, INNOCENT)
    yield shop.misconfigure(member)


SCENARIO = Scenario(
    name="second-cause",
    story="the first fix does not cure, the second one does",
    expected=frozenset({"resolved"}),
    person="approve",
    suspect="lambda.rollback_alias",
    play=play,
    cure="ssm.restore_parameter",
)

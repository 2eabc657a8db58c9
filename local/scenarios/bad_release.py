"""A release of one function that fails on most requests."""

from collections.abc import Iterator
from random import Random

from local.scenarios import Scenario
from local.scenarios.innocent import innocent_changes
from local.shop.faults import Faults, InjectedChange
from local.shop.releases import BAD


def play(shop: Faults, dice: Random) -> Iterator[InjectedChange]:
    """Release code with a mistake, some seconds after innocent changes elsewhere."""
    member = dice.choice(shop.plan.members)
    yield from innocent_changes(shop, dice, spare=member)
    yield shop.release(member, dice.choice(BAD))


SCENARIO = Scenario(
    name="bad-release",
    story="a new version of one function fails",
    expected=frozenset({"resolved"}),
    person="approve",
    play=play,
    cure="lambda.rollback_alias",
)

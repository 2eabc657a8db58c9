"""A release and a setting of one function go wrong at the same moment."""

from collections.abc import Iterator
from random import Random

from local.scenarios import Scenario
from local.scenarios.innocent import innocent_changes
from local.shop.faults import Change, Faults
from local.shop.releases import BAD


def play(shop: Faults, dice: Random) -> Iterator[Change]:
    """Break the same function twice within a second: no evidence tells which it was."""
    member = dice.choice(shop.plan.members)
    yield from innocent_changes(shop, dice, spare=member)
    yield shop.release(member, dice.choice(BAD))
    yield shop.misconfigure(member)


SCENARIO = Scenario(
    name="ambiguous",
    story="two plausible causes at once",
    expected=frozenset({"escalated"}),
    person="deny",
    play=play,
    cure=None,
)

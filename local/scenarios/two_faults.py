"""Two functions break at once, for reasons of their own."""

from collections.abc import Iterator
from random import Random

from local.scenarios import Scenario
from local.scenarios.innocent import innocent_changes
from local.shop.faults import Change, Faults
from local.shop.releases import BAD


def play(shop: Faults, dice: Random) -> Iterator[Change]:
    """Release bad code of one function and break a setting of one that it leads to.

    The release lets gifts through, so both show; the other way round the first would hide the
    second.
    """
    members = shop.plan.members
    first, second = sorted(dice.sample(members, 2), key=members.index)
    yield from innocent_changes(shop, dice, spare=first)
    yield shop.release(first, dice.choice(BAD))
    yield shop.misconfigure(second)


SCENARIO = Scenario(
    name="two-faults",
    story="two independent faults at once",
    expected=frozenset({"escalated"}),
    person="deny",
    play=play,
    cure=None,
)

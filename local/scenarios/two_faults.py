"""Two functions that break at once, by independent causes."""

from collections.abc import Iterator
from random import Random

from local.scenarios import Scenario
from local.scenarios.innocent import innocent_changes
from local.shop.faults import Faults, InjectedChange
from local.shop.releases import BAD


def play(shop: Faults, dice: Random) -> Iterator[InjectedChange]:
    """Release bad code of one function and break a setting of one further down the chain.

    The release fails on all but gifts, so both faults show; in the other order the first would
    hide the second.
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

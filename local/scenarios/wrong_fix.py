"""Bad data that breaks a function just when working code of it is released."""

from collections.abc import Iterator
from random import Random

from local.scenarios import Scenario
from local.scenarios.innocent import innocent_changes
from local.shop.faults import Faults, InjectedChange
from local.shop.releases import INNOCENT


def play(shop: Faults, dice: Random) -> Iterator[InjectedChange]:
    """Write a row that no version can read, and release innocent code at the same moment."""
    member = shop.plan.deepest
    yield from innocent_changes(shop, dice, spare=member)
    yield shop.release(member, INNOCENT)
    yield shop.poison_row()


SCENARIO = Scenario(
    name="wrong-fix",
    story="a coincidental deployment misleads",
    expected=frozenset({"undone"}),
    person="approve",
    play=play,
    cure=None,
)

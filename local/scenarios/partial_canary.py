"""A bad release with half of the traffic, by a weighted alias."""

from collections.abc import Iterator
from random import Random

from local.scenarios import Scenario
from local.scenarios.innocent import innocent_changes
from local.shop.faults import Faults, InjectedChange
from local.shop.releases import BAD


def play(shop: Faults, dice: Random) -> Iterator[InjectedChange]:
    """Point the alias to bad code and keep half of the traffic on the version before."""
    member = dice.choice(shop.plan.members)
    yield from innocent_changes(shop, dice, spare=member)
    before = shop.live_version(member)
    yield shop.release(member, dice.choice(BAD))
    yield shop.weigh_alias(member, before, 0.5)


SCENARIO = Scenario(
    name="partial-canary",
    story="the alias is weighted",
    expected=frozenset({"escalated"}),
    person="deny",
    play=play,
    cure="lambda.rollback_alias",
)

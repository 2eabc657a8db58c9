"""A bad release while CloudWatch delivers late: the first look has too little to act on."""

from collections.abc import Iterator
from random import Random
from typing import Final

from local.scenarios import Scenario
from local.scenarios.innocent import innocent_changes
from local.shop.faults import Faults, InjectedChange
from local.shop.releases import BAD

DELIVERY_SECONDS: Final = 20
"""The alarm fires sooner after the fault, which the first look therefore hardly sees."""


def play(shop: Faults, dice: Random) -> Iterator[InjectedChange]:
    """Delay the delivery of metrics, then release bad code of one function."""
    member = dice.choice(shop.plan.members)
    yield from innocent_changes(shop, dice, spare=member)
    yield shop.delay_metrics(DELIVERY_SECONDS)
    yield shop.release(member, dice.choice(BAD))


SCENARIO = Scenario(
    name="late-metrics",
    story="the first look is too early, the second one decides",
    expected=frozenset({"resolved"}),
    person="wait",
    play=play,
    cure="lambda.rollback_alias",
)

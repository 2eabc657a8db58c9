"""An alarm on a healthy shop: the incident is dismissed and people are notified."""

from collections.abc import Iterator
from random import Random

from local.scenarios import LONG_CALM_SECONDS, Scenario
from local.scenarios.innocent import innocent_changes
from local.shop.faults import Faults, InjectedChange


def play(shop: Faults, dice: Random) -> Iterator[InjectedChange]:
    """Make innocent changes and force an alarm."""
    yield from innocent_changes(shop, dice)
    yield shop.force_alarm(dice.choice(shop.plan.members))


SCENARIO = Scenario(
    name="false-alarm",
    story="an alarm is forced on a healthy shop",
    expected=frozenset({"dismissed"}),
    person="deny",
    play=play,
    calm_seconds=LONG_CALM_SECONDS,
)

"""An alarm fires on a healthy shop: nothing is to be done, and people are told so."""

from collections.abc import Iterator
from random import Random

from local.scenarios import LONG_CALM_SECONDS, Scenario
from local.scenarios.innocent import innocent_changes
from local.shop.faults import Change, Faults


def play(shop: Faults, dice: Random) -> Iterator[Change]:
    """Change nothing that matters, and set the alarm."""
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

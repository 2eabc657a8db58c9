"""Messages that no version of the consumer can read, which end in the dead-letter queue."""

from collections.abc import Iterator
from random import Random

from local.scenarios import Scenario
from local.scenarios.innocent import innocent_changes
from local.shop.faults import Faults, InjectedChange

MESSAGES = 2


def play(shop: Faults, dice: Random) -> Iterator[InjectedChange]:
    """Send the messages some seconds after innocent changes."""
    yield from innocent_changes(shop, dice)
    for _ in range(MESSAGES):
        yield shop.send_unreadable_parcel()


SCENARIO = Scenario(
    name="poisoned-queue",
    story="messages that their consumer cannot read end in the dead-letter queue",
    expected=frozenset({"escalated"}),
    person="deny",
    play=play,
)

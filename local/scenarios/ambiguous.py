"""A bad release and a bad setting of one function at the same moment."""

from collections.abc import Iterator
from random import Random
from typing import Final

from local.scenarios import Play, Scenario
from local.scenarios.innocent import innocent_changes
from local.shop.faults import Faults, InjectedChange
from local.shop.releases import BAD

CAUSES: Final = {"release": "lambda.rollback_alias", "setting": "ssm.restore_parameter"}
"""The causes, and the verb that repairs each when it is the only one."""


def playing(*causes: str) -> Play:
    """Return the play of these causes; a seed draws the same function for any of them."""

    def play(shop: Faults, dice: Random) -> Iterator[InjectedChange]:
        member, source = dice.choice(shop.plan.members), dice.choice(BAD)
        yield from innocent_changes(shop, dice, spare=member)
        if "release" in causes:
            yield shop.release(member, source)
        if "setting" in causes:
            yield shop.misconfigure(member)

    return play


SCENARIO = Scenario(
    name="ambiguous",
    story="two plausible causes at once",
    expected=frozenset({"escalated"}),
    person="deny",
    play=playing(*CAUSES),
    cure=None,
    alone={
        cause: Scenario(
            name="ambiguous",
            story=f"of two plausible causes the {cause} alone",
            expected=frozenset({"resolved"}),
            person="approve",
            play=playing(cause),
            cure=cure,
        )
        for cause, cure in CAUSES.items()
    },
)

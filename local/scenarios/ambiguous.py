"""A release and a setting of one function go wrong at the same moment."""

from collections.abc import Iterator
from random import Random
from typing import Final

from local.scenarios import Play, Scenario
from local.scenarios.innocent import innocent_changes
from local.shop.faults import Change, Faults
from local.shop.releases import BAD

CAUSES: Final = {"release": "lambda.rollback_alias", "setting": "ssm.restore_parameter"}
"""What goes wrong, and the verb that repairs it where it is the only thing."""


def playing(*causes: str) -> Play:
    """Return the play of these causes; for a seed the same function, whichever they are."""

    def play(shop: Faults, dice: Random) -> Iterator[Change]:
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

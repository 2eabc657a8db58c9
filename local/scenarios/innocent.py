"""What a team does all day and what breaks nothing: it goes before every fault."""

from collections.abc import Iterator
from random import Random
from threading import Event

from local.shop.faults import Change, Faults
from local.shop.plan import Member
from local.shop.releases import INNOCENT

SOON_SECONDS = (2.0, 6.0)


def innocent_changes(shop: Faults, dice: Random, spare: Member | None = None) -> Iterator[Change]:
    """Release working code of one function and write one setting anew, then let seconds pass.

    The function to `spare` is left alone, for scenarios that change it themselves.
    """
    others = [member for member in shop.plan.members if member != spare]
    yield shop.release(dice.choice(others), INNOCENT)
    yield shop.configure(dice.choice(others))
    Event().wait(dice.uniform(*SOON_SECONDS))

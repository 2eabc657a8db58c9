"""Innocent changes before every fault: a release and a setting that break nothing."""

from collections.abc import Iterator
from random import Random
from threading import Event

from local.shop.faults import Faults, InjectedChange
from local.shop.plan import Member
from local.shop.releases import INNOCENT

SOON_SECONDS = (2.0, 6.0)


def innocent_changes(
    shop: Faults, dice: Random, spare: Member | None = None
) -> Iterator[InjectedChange]:
    """Release working code of one function, write one setting again, and wait some seconds.

    The function `spare` is not changed: the scenario changes it itself.
    """
    others = [member for member in shop.plan.members if member != spare]
    yield shop.release(dice.choice(others), INNOCENT)
    yield shop.configure(dice.choice(others))
    Event().wait(dice.uniform(*SOON_SECONDS))

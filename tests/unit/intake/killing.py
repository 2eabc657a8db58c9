"""Intake that dies at its n-th call."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Literal

from tests.builders.crashes import Death, KilledError, Mortal
from tests.builders.intake import World

When = Literal["before", "after"]
PARTS: Final = ("store", "operations", "starter")


@contextmanager
def mortal(world: World, at: int, when: When) -> Iterator[Death]:
    """Kill environments of this world at their `at`-th call, while the block lasts."""
    death, whole = Death(at, after=when == "after"), {part: getattr(world, part) for part in PARTS}
    for part, port in whole.items():
        setattr(world, part, Mortal(port, death))
    try:
        yield death
    except KilledError:
        pass
    finally:
        for part, port in whole.items():
            setattr(world, part, port)

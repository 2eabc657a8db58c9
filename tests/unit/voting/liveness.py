"""Silences that still decide and those that escalate, with the confidence needed: `tally`.

Seats that vote for another candidate count here like silent ones.
"""

from bisect import bisect_left
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from quorum.domain.constants import BASIS_POINTS, ROLE_WEIGHTS
from quorum.domain.seats import LAYOUTS
from quorum.domain.votes import tally
from tests.builders.votes import ACTIONS, vote
from tests.unit.voting.exhaustive import Coalition, sets_of


class Silence(NamedTuple):
    """So many silent seats: how many sets there are, and what those need that still decide."""

    silent: int
    sets: int
    needs_bp: tuple[int, ...]
    """Per set that decides at all, the least common confidence with which its seats do."""
    people: tuple[Coalition, ...]
    """The silent sets after which nothing but a person decides."""


@cache
def needs_bp(layout: str, silent: Coalition) -> int | None:
    """Return the least common confidence with which all other seats decide, or None: a person."""
    seats = [row for place, row in enumerate(LAYOUTS[layout]) if place not in silent]

    def decides(conf_bp: int) -> bool:
        votes = [vote(row.name, ACTIONS[0], conf_bp) for row in seats]
        return tally(votes, LAYOUTS[layout]).action is not None

    least = bisect_left(range(BASIS_POINTS + 1), True, key=decides)  # noqa: FBT003
    return least if least <= BASIS_POINTS else None


def silences(layout: str) -> Iterator[Silence]:
    """Yield one row per number of silent seats, up to the first after which a person decides."""
    for silent in range(len(LAYOUTS[layout]) + 1):
        sets = list(sets_of(silent, LAYOUTS[layout]))
        needs = [needs_bp(layout, row) for row in sets]
        people = tuple(row for row, need in zip(sets, needs, strict=True) if need is None)
        found = tuple(need for need in needs if need is not None)
        yield Silence(silent, len(sets), found, people)
        if not found:
            return


def what_fails_together(layout: str) -> dict[str, Coalition]:
    """Return the roles and the failure domains, with the seats that fall silent with them."""
    seats = list(enumerate(LAYOUTS[layout]))
    together = {f"role {role}": {p for p, s in seats if s.role == role} for role in ROLE_WEIGHTS}
    for domain in sorted(frozenset[str]().union(*(s.domains() for _, s in seats))):
        together[f"domain {domain}"] = {p for p, s in seats if domain in s.domains()}
    return {name: frozenset(places) for name, places in together.items()}

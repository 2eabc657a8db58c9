"""Every election, decided by the real `tally`, and the outcomes that liars can cause.

Each seat says A, B or nothing, at full confidence: 3^10 ballots of ten seats, and no symmetry is
assumed. Liars may show another face to each counter, so a ballot is split into what the honest
seats say, which every counter sees, and the liars' part, which each sees differently. A seat that
contradicts itself towards one counter counts there as one that says nothing. Lower confidences add
nothing that a liar could want, see `theorems.py`.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import combinations, product
from typing import Final, NamedTuple

from quorum.domain.constants import AUTONOMOUS_THRESHOLD, ROLE_WEIGHTS
from quorum.domain.seats import LAYOUTS, Seat, units
from quorum.domain.votes import Tally, tally
from tests.builders.votes import ACTIONS, vote

A, B, SILENT = "A", "B", "-"
ACTION: Final = dict(zip((A, B), ACTIONS, strict=False))
NAME: Final = {action: name for name, action in ACTION.items()}
Said = tuple[str, ...]
Coalition = frozenset[int]
"""Places of the liars in the layout's table."""


class Counted(NamedTuple):
    """Outcomes of all ballots of a layout; a ballot that is not in a map authorises nothing."""

    ballots: int
    authorised: Mapping[Said, str]
    """By both rules."""
    reached: Mapping[Said, str]
    """By the threshold alone, as if no role could be pivotal."""


class Breach(NamedTuple):
    """A breach by liars: the honest seats' votes, and the ballots that the liars make of them."""

    what: str
    liars: Coalition
    honest: Said
    shown: tuple[Said, ...]

    def words(self, seats: tuple[Seat, ...]) -> str:
        """Return the counterexample as lines for people."""
        names = ", ".join(seats[place].name for place in sorted(self.liars))
        faces = (f"a counter sees {' '.join(said)}" for said in self.shown)
        return "\n".join(
            [f"{self.what}, by {names}", f"honest:        {_row(self.honest)}", *faces]
        )


@cache
def counted(layout: str) -> Counted:
    """Put every ballot of the layout to `tally`."""
    seats = LAYOUTS[layout]
    votes = [{n: vote(seat.name, action) for n, action in ACTION.items()} for seat in seats]
    ballots = list(product((A, B, SILENT), repeat=len(seats)))
    authorised, reached = dict[Said, str](), dict[Said, str]()
    for said in ballots:
        cast = (votes[place][says] for place, says in enumerate(said) if says != SILENT)
        result = tally(cast, seats)
        if result.action:
            authorised[said] = NAME[result.action]
        if _reaches(result):
            reached[said] = NAME[result.ranking[0].action]
    return Counted(len(ballots), authorised, reached)


def sets_of(size: int, seats: tuple[Seat, ...]) -> Iterator[Coalition]:
    """Yield every set of that many seats."""
    return map(frozenset, combinations(range(len(seats)), size))


def whole_roles(seats: tuple[Seat, ...]) -> Iterator[Coalition]:
    """Yield the seats of each role."""
    for role in ROLE_WEIGHTS:
        yield frozenset(place for place, seat in enumerate(seats) if seat.role == role)


def breach(liars: Coalition, ballots: Mapping[Said, str], seats: tuple[Seat, ...]) -> Breach | None:
    """Return a way in which these liars get what they must not get, or None."""
    return minority(liars, ballots, seats) or conflict(liars, ballots)


def minority(
    liars: Coalition, ballots: Mapping[Said, str], seats: tuple[Seat, ...]
) -> Breach | None:
    """Return an authorised action without a strict majority of the honest weight, or None."""
    weight, _ = units(seats)
    honest = {p: weight[seat.name] for p, seat in enumerate(seats) if p not in liars}
    for said, action in ballots.items():
        if 2 * sum(w for p, w in honest.items() if said[p] == action) <= sum(honest.values()):
            return Breach("no honest majority", liars, _masked(said, liars), (said,))
    return None


def conflict(liars: Coalition, ballots: Mapping[Said, str]) -> Breach | None:
    """Return honest votes beside which two counters authorise different actions, or None."""
    seen: dict[Said, Said] = {}
    for said, action in ballots.items():
        honest = _masked(said, liars)
        other = seen.setdefault(honest, said)
        if ballots[other] != action:
            return Breach("two actions", liars, honest, (other, said))
    return None


def first_breach(layout: str, coalitions: Iterable[Coalition]) -> Breach | None:
    """Return the first breach that any of the coalitions can make, or None."""
    seats, ballots = LAYOUTS[layout], counted(layout).authorised
    return next((found for c in coalitions if (found := breach(c, ballots, seats))), None)


def silence_is_safe(layout: str) -> bool:
    """Return whether a ballot that authorises does so too when silent seats say something.

    Then no ballot authorises more by being lost.
    """
    ballots = counted(layout).authorised
    return all(
        ballots.get((*said[:place], says, *said[place + 1 :])) == action
        for said, action in ballots.items()
        for place in (p for p, says in enumerate(said) if says == SILENT)
        for says in (A, B)
    )


@cache
def tolerated(layout: str) -> int:
    """Return the largest number of seats such that no set of so many can breach."""
    seats = LAYOUTS[layout]
    sizes = range(len(seats) + 1)
    return next(size for size in sizes if first_breach(layout, sets_of(size + 1, seats)))


def _reaches(result: Tally) -> bool:
    return bool(result.ranking) and result.ranking[0].share >= AUTONOMOUS_THRESHOLD


def _masked(said: Said, liars: Coalition) -> Said:
    return tuple("?" if place in liars else says for place, says in enumerate(said))


def _row(said: Said) -> str:
    return " ".join(said)

"""Each role's duration against its target and its maximum, from its seats' own times."""

from collections.abc import Iterable, Mapping, Sequence

from quorum.domain.constants import ROLE_TIMES, ROLE_WEIGHTS
from quorum.domain.events import RoleTimed
from quorum.domain.seats import Seat
from quorum.domain.votes import Ballot


def timings(found: Mapping[str, Ballot], seats: Sequence[Seat]) -> tuple[RoleTimed, ...]:
    """Return how long each role took, from its first seat's start to its last seat's answer.

    A role of which no seat answered is left out.
    """
    result = []
    for role in ROLE_WEIGHTS:
        ballots = [found[seat.name] for seat in seats if seat.role == role and seat.name in found]
        if ballots:
            start = min(ballot.started_at for ballot in ballots)
            seconds = max(ballot.answered_at for ballot in ballots) - start
            target, maximum = ROLE_TIMES[role]
            result.append(RoleTimed(role=role, seconds=seconds, target=target, maximum=maximum))
    return tuple(result)


def overran(timed: Iterable[RoleTimed]) -> tuple[RoleTimed, ...]:
    """Return those past their target."""
    return tuple(timing for timing in timed if timing.seconds > timing.target)

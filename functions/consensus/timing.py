"""Duration of each role against its target and maximum, from its seats' own timestamps."""

from collections.abc import Iterable, Mapping, Sequence

from quorum.domain.constants import ROLE_TIMES, ROLE_WEIGHTS
from quorum.domain.events import RoleTimed
from quorum.domain.seats import Seat
from quorum.domain.votes import Ballot


def role_timings(
    ballots_by_seat: Mapping[str, Ballot], seats: Sequence[Seat]
) -> tuple[RoleTimed, ...]:
    """Return each role's seconds from its first seat's start to its last seat's answer.

    A role without any answer is left out.
    """
    result = []
    for role in ROLE_WEIGHTS:
        ballots = [
            ballots_by_seat[seat.name]
            for seat in seats
            if seat.role == role and seat.name in ballots_by_seat
        ]
        if ballots:
            start = min(ballot.started_at for ballot in ballots)
            seconds = max(ballot.answered_at for ballot in ballots) - start
            target, maximum = ROLE_TIMES[role]
            result.append(RoleTimed(role=role, seconds=seconds, target=target, maximum=maximum))
    return tuple(result)


def past_target(timings: Iterable[RoleTimed]) -> tuple[RoleTimed, ...]:
    """Return the roles that took longer than their target."""
    return tuple(timing for timing in timings if timing.seconds > timing.target)

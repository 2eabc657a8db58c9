"""Voting stages: one Parallel state per role level, one chain of tiers per seat."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from typing import Any

from quorum.domain.constants import ROLE_LEVELS
from quorum.domain.seats import Seat, Tier
from stacks.asl import DEATHS, INTERRUPTIONS, ROUND, State, States, catch, task

VOTES = "$.votes_{level}"


def seat_function(seat: Seat) -> str:
    """Return the name of the seat's function in the functions table."""
    return f"seat-{seat.name}"


def levels(seats: Iterable[Seat]) -> list[tuple[int, tuple[Seat, ...]]]:
    """Return the seats of each level, in the order in which the levels run."""
    ordered = sorted(seats, key=lambda seat: ROLE_LEVELS[seat.role])
    grouped = groupby(ordered, key=lambda seat: ROLE_LEVELS[seat.role])
    return [(level, tuple(group)) for level, group in grouped]


def stage_name(seats: Sequence[Seat]) -> str:
    """Return the stage's name, which joins its roles."""
    return "And".join(dict.fromkeys(seat.role.capitalize() for seat in seats))


def stages(seats: Iterable[Seat], *, then: str, otherwise: str) -> States:
    """Return the Parallel states in order; the last goes on to `then`.

    A stage starts when every seat of the one before has answered or abstained.
    """
    table = levels(seats)
    names = [*(stage_name(group) for _, group in table), then]
    return {
        name: _stage(group, VOTES.format(level=level), after, otherwise)
        for (level, group), (name, after) in zip(table, pairwise(names), strict=True)
    }


def all_votes(seats: Iterable[Seat]) -> str:
    """Return the intrinsic function that collects every seat's result in one list."""
    return f"States.Array({', '.join(_vote_paths(seats))})"


def _vote_paths(seats: Iterable[Seat]) -> Iterator[str]:
    for level, group in levels(seats):
        for place in range(len(group)):
            yield f"{VOTES.format(level=level)}[{place}]"


def _stage(seats: Sequence[Seat], keep: str, then: str, otherwise: str) -> State:
    return {
        "Type": "Parallel",
        "Parameters": dict(ROUND),
        "Branches": [_branch(seat) for seat in seats],
        "ResultPath": keep,
        "Catch": catch(otherwise, "$.error"),
        "Next": then,
    }


def _branch(seat: Seat) -> dict[str, Any]:
    """Return the seat's chain: an error in a tier leads to the next tier, then to abstention."""
    names = [f"{seat.name} by {tier.method}" for tier in seat.tiers]
    abstention = f"{seat.name} abstains"
    chain: States = {}
    for place, (name, after) in enumerate(pairwise([*names, abstention])):
        chain[name] = _tier(seat, place, after)
    chain[abstention] = _abstain(seat)
    return {"StartAt": next(iter(chain)), "States": chain}


def _tier(seat: Seat, place: int, otherwise: str) -> State:
    tier = seat.tiers[place]
    state = task(
        seat_function(seat),
        seconds=tier.timeout_seconds,
        then="",
        otherwise=otherwise,
        send={
            **ROUND,
            "seat": seat.name,
            "tier": tier.method,
            "skipped": _skipped(seat.tiers[:place], ("Error", "Cause")),
        },
        keep="$",
        attempts=tier.attempts,
        interruptions=_interruptions(seat, place),
        error=_error(place),
    )
    del state["Next"]
    return {**state, "End": True}


def _interruptions(seat: Seat, place: int) -> tuple[str, ...]:
    """Return what is retried beside transient errors: timeouts on the last tier alone.

    A tier that used up its time would probably do so again; the next tier costs no more of it. The
    ballot that the interrupted attempt may have stored is the answer in either case.
    """
    last = place == len(seat.tiers) - 1
    return INTERRUPTIONS if last else DEATHS


def _abstain(seat: Seat) -> State:
    """Return the abstention with the errors' names only: ten causes of 32 KiB exceed the state."""
    return {
        "Type": "Pass",
        "Parameters": {
            "seat": seat.name,
            "abstained": True,
            "skipped": _skipped(seat.tiers, ("Error",)),
        },
        "End": True,
    }


def _skipped(tiers: Sequence[Tier], fields: Sequence[str]) -> dict[str, Any]:
    return {
        tier.method: {f"{field}.$": f"{_error(place)}.{field}" for field in fields}
        for place, tier in enumerate(tiers)
    }


def _error(place: int) -> str:
    return f"$.error_{place}"

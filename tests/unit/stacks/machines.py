"""Readers of a state machine's states and transitions, and strategies for seat tables."""

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from quorum.domain.constants import ROLE_WEIGHTS, Role
from quorum.domain.seats import SEATS, Seat, Tier
from stacks.functions_table import attempt_seconds
from stacks.state_machine import Times, definition

Machine = dict[str, Any]
State = dict[str, Any]

TIMES = Times(approval=900, poll=5)
NAMES = st.from_regex(r"[a-z]{3,8}(-[a-z]{3,8}){0,2}", fullmatch=True)


def generated(seats: tuple[Seat, ...] = SEATS) -> Machine:
    return definition(seats, attempt_seconds(), TIMES)


@st.composite
def tables(draw: st.DrawFn) -> tuple[Seat, ...]:
    """Draw a seat table with every role: seats in any order, each with one to three tiers."""
    roles: list[Role] = [
        role for role in ROLE_WEIGHTS for _ in range(draw(st.integers(min_value=1, max_value=4)))
    ]
    names = draw(st.lists(NAMES, min_size=len(roles), max_size=len(roles), unique=True))
    seats = [Seat(name, role, draw(_tiers(name))) for name, role in zip(names, roles, strict=True)]
    return tuple(draw(st.permutations(seats)))


def _tiers(seat: str) -> st.SearchStrategy[tuple[Tier, ...]]:
    limits = st.tuples(st.integers(2, 90), st.integers(1, 4))
    return st.lists(limits, min_size=1, max_size=3).map(
        lambda found: tuple(
            Tier(f"{seat}-method-{place}", seconds, attempts)
            for place, (seconds, attempts) in enumerate(found)
        )
    )


def machines(machine: Machine) -> Iterator[Machine]:
    """Yield the machine and every branch in it."""
    yield machine
    for state in machine["States"].values():
        for branch in state.get("Branches", ()):
            yield from machines(branch)


def states(machine: Machine) -> Iterator[tuple[str, State]]:
    """Yield every state with its name, including those of branches."""
    for one in machines(machine):
        yield from one["States"].items()


def tasks(machine: Machine) -> Iterator[tuple[str, State]]:
    return ((name, state) for name, state in states(machine) if state["Type"] == "Task")


def targets(state: State) -> list[str]:
    """Return the next states in order: choices, default, next, catches."""
    found = [choice["Next"] for choice in state.get("Choices", ())]
    found += [state[key] for key in ("Default", "Next") if key in state]
    return found + [catcher["Next"] for catcher in state.get("Catch", ())]


def main_path(machine: Machine) -> list[str]:
    """Return the states from the start to the first choice, without errors."""
    path = [machine["StartAt"]]
    while "Next" in machine["States"][path[-1]]:
        path.append(machine["States"][path[-1]]["Next"])
    return path


def reachable(machine: Machine, start: str) -> set[str]:
    found: set[str] = set()
    left = [start]
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += targets(machine["States"][name])
    return found

"""What must hold of a state machine generated from a seat table; each check asserts one rule."""

import json
import re
from collections.abc import Callable

from functions.shared.domain.constants import ROLE_LEVELS, ROLE_TIMES
from functions.shared.domain.errors import TransientError
from functions.shared.domain.seats import Seat
from stacks.asl import LAMBDA_ERRORS, substitution
from stacks.state_machine import task_seconds
from tests.unit.stacks.machines import (
    Machine,
    State,
    machines,
    main_path,
    reachable,
    states,
    targets,
    tasks,
)

Check = Callable[[Machine, tuple[Seat, ...]], None]
ENDS = {"Done", "NotClosed", "NotWritten"}


def every_seat_is_reached_in_level_order(machine: Machine, seats: tuple[Seat, ...]) -> None:
    path = main_path(machine)
    stages = [s for s in (machine["States"][name] for name in path) if s["Type"] == "Parallel"]
    walked = [sorted(_first_question(b)["seat"] for b in stage["Branches"]) for stage in stages]
    levels = sorted({ROLE_LEVELS[seat.role] for seat in seats})
    wanted = [sorted(s.name for s in seats if ROLE_LEVELS[s.role] == level) for level in levels]
    assert walked == wanted
    assert path.index("Consensus") > max(
        path.index(name) for name in path if _parallel(machine, name)
    )
    assert path[-1] == "Route"


def every_chain_falls_back_in_order_and_ends_in_abstention(
    machine: Machine, seats: tuple[Seat, ...]
) -> None:
    methods = {seat.name: [tier.method for tier in seat.tiers] for seat in seats}
    branches = [b for s in machine["States"].values() for b in s.get("Branches", ())]
    assert len(branches) == len(seats)
    for branch in branches:
        chain = _chain(branch)
        last = chain.pop()
        seat = last["Parameters"]["seat"]
        assert [state["Parameters"]["tier"] for state in chain] == methods[seat]
        assert all(state["Parameters"]["seat"] == seat for state in chain)
        assert all(state["Resource"] == f"${{{substitution(f'seat-{seat}')}}}" for state in chain)
        assert all(state["End"] is True for state in chain)
        assert (last["Type"], last["End"]) == ("Pass", True)
        assert last["Parameters"]["abstained"] is True
        assert list(last["Parameters"]["skipped"]) == methods[seat]


def consensus_hears_every_seat(machine: Machine, seats: tuple[Seat, ...]) -> None:
    gathered = machine["States"]["Consensus"]["Parameters"]["seats.$"]
    places = [
        f"{state['ResultPath']}[{place}]"
        for state in machine["States"].values()
        for place in range(len(state.get("Branches", ())))
    ]
    assert len(places) == len(seats)
    assert re.findall(r"\$[\w.\[\]]+", gathered) == places


def every_transient_error_is_retried_by_its_own_name(machine: Machine, _: tuple[Seat, ...]) -> None:
    wanted = {error.__name__ for error in TransientError.__subclasses__()} | set(LAMBDA_ERRORS)
    for name, state in tasks(machine):
        retried = {error for retrier in state["Retry"] for error in retrier["ErrorEquals"]}
        assert retried == wanted, name
        for retrier in state["Retry"]:
            assert retrier["JitterStrategy"] == "FULL"
            assert retrier["BackoffRate"] > 1
            assert retrier["MaxDelaySeconds"] > retrier["IntervalSeconds"] > 0


def tiers_are_tried_as_often_as_the_table_says(machine: Machine, seats: tuple[Seat, ...]) -> None:
    tiers = {tier.method: tier for seat in seats for tier in seat.tiers}
    for _name, state in tasks(machine):
        tier = tiers.get(state["Parameters"].get("tier", ""))
        if tier:
            assert sum(r["MaxAttempts"] for r in state["Retry"]) == tier.attempts - 1
            assert state["TimeoutSeconds"] == tier.timeout_seconds


def a_seat_takes_no_longer_than_its_row_says(machine: Machine, seats: tuple[Seat, ...]) -> None:
    longest = {seat.name: seat.longest_seconds() for seat in seats}
    for branch in list(machines(machine))[1:]:
        *chain, last = _chain(branch)
        assert sum(map(task_seconds, chain)) == longest[last["Parameters"]["seat"]]


def everything_that_may_fail_is_caught(machine: Machine, _: tuple[Seat, ...]) -> None:
    for name, state in states(machine):
        if state["Type"] in {"Task", "Parallel"}:
            *named, last = (catcher["ErrorEquals"] for catcher in state["Catch"])
            assert last == ["States.ALL"], name
            assert all("States.ALL" not in errors for errors in named), name


def no_transition_dangles_and_no_state_is_idle(machine: Machine, _: tuple[Seat, ...]) -> None:
    names = [name for name, _state in states(machine)]
    assert len(names) == len(set(names))
    assert all(len(name) <= 80 for name in names)
    for one in machines(machine):
        assert reachable(one, one["StartAt"]) == set(one["States"])


def every_path_ends(machine: Machine, _: tuple[Seat, ...]) -> None:
    for one in machines(machine):
        ends = {name for name, s in one["States"].items() if not targets(s)}
        assert all(_is_end(one["States"][name]) for name in ends)
        assert all(reachable(one, name) & ends for name in one["States"])
    assert {n for n, s in machine["States"].items() if _is_end(s)} == ENDS


def nothing_goes_round_without_waiting(machine: Machine, _: tuple[Seat, ...]) -> None:
    for one in machines(machine):
        still = {n: s for n, s in one["States"].items() if s["Type"] != "Wait"}
        done: set[str] = set()
        while ready := {
            n
            for n, s in still.items()
            if n not in done and not set(targets(s)) & (set(still) - done)
        }:
            done |= ready
        assert done == set(still)


def what_is_read_was_written_on_every_way_there(machine: Machine, _: tuple[Seat, ...]) -> None:
    for one in machines(machine):
        known = _known(one)
        for name, state in one["States"].items():
            assert _reads(state) <= known[name], name


def a_message_never_changes_the_way(machine: Machine, _: tuple[Seat, ...]) -> None:
    told = [s for _name, s in tasks(machine) if s["Resource"] == "${Communication}"]
    assert len(told) == 4
    for state in told:
        assert [catcher["Next"] for catcher in state["Catch"]] == [state["Next"]]
        assert state["ResultPath"] is None
        assert state["Catch"][0]["ResultPath"] is None


def every_task_is_bounded_and_so_is_the_run(machine: Machine, seats: tuple[Seat, ...]) -> None:
    assert all(state["TimeoutSeconds"] > 0 for _name, state in tasks(machine))
    outside = sum(task_seconds(s) for s in machine["States"].values() if s["Type"] == "Task")
    by_level: dict[int, int] = {}
    for seat in seats:
        level, longest = ROLE_LEVELS[seat.role], ROLE_TIMES[seat.role].maximum
        by_level[level] = max(by_level.get(level, 0), longest)
    assert machine["TimeoutSeconds"] >= outside + sum(by_level.values())
    for state in machine["States"].values():
        assert state["Type"] != "Choice" or state["Default"]


CHECKS: tuple[Check, ...] = (
    every_seat_is_reached_in_level_order,
    every_chain_falls_back_in_order_and_ends_in_abstention,
    consensus_hears_every_seat,
    every_transient_error_is_retried_by_its_own_name,
    tiers_are_tried_as_often_as_the_table_says,
    a_seat_takes_no_longer_than_its_row_says,
    everything_that_may_fail_is_caught,
    no_transition_dangles_and_no_state_is_idle,
    every_path_ends,
    nothing_goes_round_without_waiting,
    what_is_read_was_written_on_every_way_there,
    a_message_never_changes_the_way,
    every_task_is_bounded_and_so_is_the_run,
)


def _parallel(machine: Machine, name: str) -> bool:
    return bool(machine["States"][name]["Type"] == "Parallel")


def _first_question(branch: Machine) -> State:
    question: State = branch["States"][branch["StartAt"]]["Parameters"]
    return question


def _chain(branch: Machine) -> list[State]:
    chain = [branch["States"][branch["StartAt"]]]
    while chain[-1].get("Catch"):
        chain.append(branch["States"][chain[-1]["Catch"][-1]["Next"]])
    return chain


def _is_end(state: State) -> bool:
    return state["Type"] in {"Succeed", "Fail"} or state.get("End") is True


def _reads(state: State) -> set[str]:
    """Top-level keys that a state's paths name; `$$` is the context and not the state."""
    text = json.dumps([state.get("Parameters"), [c["Variable"] for c in state.get("Choices", ())]])
    return set(re.findall(r"(?<!\$)\$\.(\w+)", text))


def _known(machine: Machine) -> dict[str, set[str]]:
    """Keys that are in the state whichever way was taken: the greatest fixed point."""
    everything = {key for _n, s in machine["States"].items() for key in _writes(s).values() if key}
    everything |= {"incident_id", "round"}
    known = {name: set(everything) for name in machine["States"]}
    known[machine["StartAt"]] = {"incident_id", "round"}
    changed = True
    while changed:
        changed = False
        for name, state in machine["States"].items():
            for target in targets(state):
                after = known[name] | ({_writes(state)[target]} - {None})
                if known[target] - after:
                    known[target] &= after
                    changed = True
    return known


def _writes(state: State) -> dict[str, str | None]:
    """The key that the state adds on the way to each target."""
    key = _key(state.get("ResultPath"))
    added = {target: key for target in targets(state)}  # noqa: C420 - its values may be None
    for catcher in state.get("Catch", ()):
        added[catcher["Next"]] = _key(catcher["ResultPath"])
    return added


def _key(path: str | None) -> str | None:
    return path.removeprefix("$.") if path and path != "$" else None

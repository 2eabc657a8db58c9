"""Rules for the voting stages, for any seat table."""

import re

from quorum.domain.constants import ROLE_LEVELS
from quorum.domain.seats import Seat
from stacks.asl import substitution
from stacks.state_machine import task_seconds
from tests.unit.stacks.machines import Machine, State, machines, main_path, tasks


def every_seat_is_reached_in_level_order(machine: Machine, seats: tuple[Seat, ...]) -> None:
    path = main_path(machine)
    stages = [s for s in (machine["States"][name] for name in path) if s["Type"] == "Parallel"]
    walked = [sorted(_first_payload(b)["seat"] for b in stage["Branches"]) for stage in stages]
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


def _parallel(machine: Machine, name: str) -> bool:
    return bool(machine["States"][name]["Type"] == "Parallel")


def _first_payload(branch: Machine) -> State:
    payload: State = branch["States"][branch["StartAt"]]["Parameters"]
    return payload


def _chain(branch: Machine) -> list[State]:
    chain = [branch["States"][branch["StartAt"]]]
    while chain[-1].get("Catch"):
        chain.append(branch["States"][chain[-1]["Catch"][-1]["Next"]])
    return chain

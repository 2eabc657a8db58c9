"""Rule: a key that a state reads was written on every path to it."""

import json
import re

from quorum.domain.seats import Seat
from tests.unit.stacks.machines import Machine, State, machines, targets


def what_is_read_was_written_on_every_way_there(machine: Machine, _: tuple[Seat, ...]) -> None:
    for one in machines(machine):
        known = _known(one)
        for name, state in one["States"].items():
            assert _reads(state) <= known[name], name


def _reads(state: State) -> set[str]:
    """Return the top-level keys of a state's paths; `$$` is the context and not the state."""
    text = json.dumps([state.get("Parameters"), [c["Variable"] for c in state.get("Choices", ())]])
    return set(re.findall(r"(?<!\$)\$\.(\w+)", text))


def _known(machine: Machine) -> dict[str, set[str]]:
    """Return the keys that are in the state on every path: the greatest fixed point."""
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
    """Return the key that the state adds on the way to each target."""
    key = _key(state.get("ResultPath"))
    added = {target: key for target in targets(state)}  # noqa: C420 - its values may be None
    for catcher in state.get("Catch", ()):
        added[catcher["Next"]] = _key(catcher["ResultPath"])
    return added


def _key(path: str | None) -> str | None:
    return path.removeprefix("$.") if path and path != "$" else None

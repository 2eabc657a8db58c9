"""Every interleaving of a few attempts, each of which may die between any two of its steps.

The attempts run the product's own code on the fakes that the contract tests hold to DynamoDB. What
one of them is answered by a shared part is remembered; to take its next step it is run again from
its start, is given the same answers, makes the one call that is due and the reads that follow it,
and is stopped before its next write. So two attempts can be anywhere at once, without threads, and
a state is a value: what the shared parts hold, and what each attempt has been answered.

An attempt that dies is one that takes no further step: as every prefix is visited, and a property
must hold in every state, deaths at all places are among what is visited. A retry is one attempt
more, and a process that was taken for dead and goes on is an attempt that takes its step late.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from tests.unit.voting.replaying import WRITES, Call, Run, Stopped, Watched, brief

Parts = Mapping[str, Any]
"""The shared parts, by name."""


class Attempt(NamedTuple):
    """A process: its name, and the product's code, which gets the shared parts."""

    name: str
    run: Callable[[Parts], object]


@dataclass(frozen=True, slots=True)
class State:
    """The state of every attempt; `trace` is the path to it."""

    parts: Parts
    past: tuple[tuple[Call, ...] | None, ...]
    """Per attempt the calls so far; None before its start."""
    results: tuple[object, ...]
    """Per attempt what it returned or raised; None before its end."""
    trace: tuple[str, ...] = ()

    def calls(self, method: str) -> list[Call]:
        """Return all calls of this method that were answered."""
        return [c for past in self.past for c in past or () if c.method == method and not c.error]

    def key(self) -> tuple[object, ...]:
        """Return the identity of the state."""
        held = tuple(repr(contents(part)) for part in self.parts.values())
        calls = tuple(tuple(call.key for call in past or ()) for past in self.past)
        return held, calls, self.past.count(None)


class Explored(NamedTuple):
    """The number of states, the first that breaks the property, and the attempts' endings."""

    states: int
    violation: State | None
    ends: frozenset[str]

    def words(self) -> str:
        """Return the shortest trace to the violation."""
        steps = self.violation.trace if self.violation else ("no violation",)
        return "\n".join(f"  {number:2}. {step}" for number, step in enumerate(steps, start=1))


def explore(parts: Parts, attempts: Sequence[Attempt], broken: Callable[[State], bool]) -> Explored:
    """Visit every state, breadth first; stop at the first in which the property is broken."""
    no_calls = (None,) * len(attempts)
    first = State(parts, no_calls, no_calls)
    seen, queue, ends = {first.key()}, deque([first]), set[str]()
    while queue:
        for state in _steps(queue.popleft(), attempts):
            if broken(state):
                return Explored(len(seen), state, frozenset(ends))
            if state.key() not in seen:
                seen.add(state.key())
                queue.append(state)
                ends |= {brief(result) for result in state.results if result is not None}
    return Explored(len(seen), None, frozenset(ends))


def contents(part: object) -> dict[str, Any]:
    """Return what a fake holds: its containers, without its clock and its lock."""
    return {n: v for n, v in vars(part).items() if isinstance(v, dict | list | set)}


def _steps(state: State, attempts: Sequence[Attempt]) -> Iterator[State]:
    for place, attempt in enumerate(attempts):
        if state.results[place] is None:
            yield _step(state, place, attempt)


def _step(state: State, place: int, attempt: Attempt) -> State:
    parts = {name: _copy(part) for name, part in state.parts.items()}
    run = Run(state.past[place])
    before = len(run.calls)
    result: object = None
    try:
        result = attempt.run({name: Watched(name, part, run) for name, part in parts.items()})
    except Stopped:
        pass
    except Exception as error:  # noqa: BLE001 - how an attempt ends is part of the state
        result = type(error).__name__
    did = next((c.words() for c in run.calls[before:] if c.method in WRITES), "starts")
    ended = "" if result is None else f", returns {brief(result)}"
    return State(
        parts,
        _with(state.past, place, tuple(run.calls)),
        _with(state.results, place, result),
        (*state.trace, f"{attempt.name}: {did}{ended}"),
    )


def _with(values: tuple[Any, ...], place: int, value: Any) -> tuple[Any, ...]:
    return (*values[:place], value, *values[place + 1 :])


def _copy(part: Any) -> Any:
    """Return the fake with containers of its own; what they hold is frozen."""
    new = object.__new__(type(part))
    vars(new).update({name: _copy_container(value) for name, value in vars(part).items()})
    return new


def _copy_container(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy_container(inner) for key, inner in value.items()}
    return type(value)(value) if isinstance(value, list | set) else value

"""Parts of an incident's log and of its execution's history, one per round."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple, TypeVar

from functions.postmortem.calls import function_name
from quorum.domain.events import EvidenceFrozen, IncidentEvent
from quorum.ports.workflow import HistoryStep

T = TypeVar("T")

EVIDENCE: Final = "evidence"
"""The end of the name of the function that begins a round."""


class Part(NamedTuple):
    """The events and history of one round; `steps` is None where there is no history."""

    events: Sequence[IncidentEvent]
    steps: Sequence[HistoryStep] | None


def parts(events: Sequence[IncidentEvent], steps: Sequence[HistoryStep] | None) -> tuple[Part, ...]:
    """Return the rounds' parts, at least one. Each event and each step is in exactly one.

    A round begins with its evidence. The opening belongs to the first round, the end to the last.
    """
    frozen = [place for place, one in enumerate(events) if isinstance(one, EvidenceFrozen)]
    entered = list(_entries(steps or ()))
    count = max(len(frozen), len(entered), 1)
    of_steps = None if steps is None else _split(steps, entered, count)
    return tuple(
        Part(some, None if of_steps is None else of_steps[number])
        for number, some in enumerate(_split(events, frozen, count))
    )


def _split(whole: Sequence[T], starts: Sequence[int], count: int) -> list[Sequence[T]]:
    """Return `count` slices: the first from the beginning, later ones from their starts."""
    later = list(starts[1:])
    bounds = [0, *later, *[len(whole)] * (count - len(later))]
    return [whole[first:end] for first, end in pairwise(bounds)]


def _entries(steps: Sequence[HistoryStep]) -> Iterator[int]:
    """Yield the places at which a task is entered that calls the function of the evidence."""
    entry: int | None = None
    for place, step in enumerate(steps):
        if step.type == "TaskStateEntered":
            entry = place
        elif entry is not None and step.resource:
            if function_name(step.resource).endswith(EVIDENCE):
                yield entry
            entry = None

"""Billed transitions and function calls of an execution's history."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from quorum.ports.workflow import HistoryStep

_SCHEDULED: Final = ("LambdaFunctionScheduled", "TaskScheduled")
_STARTED: Final = ("LambdaFunctionStarted", "TaskStarted")
_ENDED: Final = (
    "LambdaFunctionSucceeded",
    "LambdaFunctionFailed",
    "LambdaFunctionTimedOut",
    "TaskSubmitted",
    "TaskSucceeded",
    "TaskFailed",
    "TaskTimedOut",
)
_NEVER_RAN: Final = (
    "LambdaFunctionScheduleFailed",
    "LambdaFunctionStartFailed",
    "TaskStartFailed",
    "TaskSubmitFailed",
)


class Call(NamedTuple):
    """One call of a function; each retry is a call."""

    function: str
    """Its name, or else its resource in the history."""
    seconds: float | None
    """From start to answer as Step Functions recorded them; None without these records."""


@dataclass(frozen=True, slots=True)
class _Open:
    step: HistoryStep
    at_id: int


def transitions(steps: Sequence[HistoryStep]) -> int:
    """Return the billed transitions so far: each state entered, and each retry of a task."""
    entered = sum(step.type.endswith("StateEntered") for step in steps)
    tasks = sum(step.type == "TaskStateEntered" for step in steps)
    attempts = sum(step.type in _SCHEDULED for step in steps)
    return entered + max(0, attempts - tasks)


def calls(steps: Sequence[HistoryStep]) -> tuple[Call, ...]:
    """Return the calls in the order of their ends; unfinished ones come last."""
    running: list[_Open] = []
    done: list[Call] = []
    for step in steps:
        if step.type in _SCHEDULED:
            running.append(_Open(step, step.id))
        elif step.type in (*_STARTED, *_ENDED, *_NEVER_RAN):
            done += _follow(step, running)
    return (*done, *(Call(function_name(one.step.resource), None) for one in running))


def function_name(resource: str) -> str:
    """Return the function's name of its ARN, with or without an alias; else the resource itself."""
    _, _, name = resource.partition(":function:")
    return name.partition(":")[0] or resource


def _follow(step: HistoryStep, running: list[_Open]) -> Iterator[Call]:
    found = next((one for one in running if _belongs(step, one)), None)
    if found is None:
        return  # an answer by task token, after the call had ended
    running.remove(found)
    if step.type in _STARTED:
        running.append(_Open(found.step._replace(at=step.at), step.id))
    elif step.type in _ENDED:
        yield Call(function_name(found.step.resource), _seconds(found.step, step))


def _belongs(step: HistoryStep, one: _Open) -> bool:
    """Return whether the step follows the call: by its predecessor, or without one by resource."""
    return step.previous == one.at_id if step.previous else step.resource == one.step.resource


def _seconds(start: HistoryStep, end: HistoryStep) -> float | None:
    if start.waits and end.type != "TaskSubmitted":
        return None  # a person's time, not the function's
    return max(0.0, (end.at - start.at).total_seconds())

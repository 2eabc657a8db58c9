"""What an execution's history says about transitions, and about the functions it called."""

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
    """One call of a function, retries each by itself."""

    function: str
    """Its name, or the little that the history says."""
    seconds: float | None
    """From its start to its answer as Step Functions saw them; None when it did not see them."""


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
    """Return the calls in the order of their ends; those that have not ended come last."""
    running: list[_Open] = []
    done: list[Call] = []
    for step in steps:
        if step.type in _SCHEDULED:
            running.append(_Open(step, step.id))
        elif step.type in (*_STARTED, *_ENDED, *_NEVER_RAN):
            done += _follow(step, running)
    return (*done, *(Call(function_name(one.step.resource), None) for one in running))


def function_name(resource: str) -> str:
    """Return the function's name of its ARN, with or without an alias; or what there is."""
    _, _, name = resource.partition(":function:")
    return name.partition(":")[0] or resource


def _follow(step: HistoryStep, running: list[_Open]) -> Iterator[Call]:
    found = next((one for one in running if _belongs(step, one)), None)
    if found is None:
        return  # the answer to a task whose call had ended: a token's
    running.remove(found)
    if step.type in _STARTED:
        running.append(_Open(found.step._replace(at=step.at), step.id))
    elif step.type in _ENDED:
        yield Call(function_name(found.step.resource), _seconds(found.step, step))


def _belongs(step: HistoryStep, one: _Open) -> bool:
    """By the service's own chain; where it tells none, calls of one function end in their order."""
    return step.previous == one.at_id if step.previous else step.resource == one.step.resource


def _seconds(start: HistoryStep, end: HistoryStep) -> float | None:
    if start.waits and end.type != "TaskSubmitted":
        return None  # a person's time, not the function's
    return max(0.0, (end.at - start.at).total_seconds())

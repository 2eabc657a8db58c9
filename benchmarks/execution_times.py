"""Durations of the steps of an execution, from its history, in milliseconds."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from local.stage import wait_until

DECIDED: Final = "Consensus"
TOTAL: Final = "open to decision"
RUN_SECONDS: Final = 600
StepTimes = dict[str, float]


def wait_for_end(states: Any, execution: str) -> None:
    """Wait for the execution to end. Raises TimeoutError after RUN_SECONDS."""
    wait_until(
        lambda: states.describe_execution(executionArn=execution)["status"] != "RUNNING",
        seconds=RUN_SECONDS,
        every=0.1,
        what=execution,
    )


def until_decided(states: Any, execution: str, began: datetime) -> StepTimes:
    """Return the duration of every step up to the decision, and in total since `began`.

    Raises LookupError if no decision was made.
    """
    found = StepTimes()
    for name, entered, left in _steps(states, execution):
        found[name] = _between(entered, left)
        if name == DECIDED:
            return {**found, TOTAL: _between(began, left)}
    raise LookupError(f"{execution} made no decision")


def _steps(states: Any, execution: str) -> Iterator[tuple[str, datetime, datetime]]:
    pages = states.get_paginator("get_execution_history").paginate(executionArn=execution)
    entered: dict[str, datetime] = {}
    for event in (e for page in pages for e in page["events"]):
        if event["type"].endswith("StateEntered"):
            entered[event["stateEnteredEventDetails"]["name"]] = event["timestamp"]
        if event["type"].endswith("StateExited"):
            name = event["stateExitedEventDetails"]["name"]
            if name in entered:
                yield name, entered[name], event["timestamp"]


def _between(begin: datetime, end: datetime) -> float:
    return (end - begin).total_seconds() * 1000

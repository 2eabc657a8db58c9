"""The empty pipeline of the overhead benchmark, and the times of an execution's steps."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from benchmarks.empty_pipeline import ANSWERS, substituted
from benchmarks.execution_times import TOTAL, until_decided
from quorum.domain.seats import SEATS
from stacks.functions_table import attempt_seconds
from stacks.state_machine import Times, definition

ARNS = {name: f"arn:aws:lambda:us-east-1:000000000000:function:empty-{name}" for name in ANSWERS}
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def test_the_empty_pipeline_has_the_states_of_the_product() -> None:
    product = definition(SEATS, attempt_seconds(), Times(900, 2))

    assert json.loads(substituted(ARNS))["States"].keys() == product["States"].keys()


def test_the_empty_pipeline_has_a_function_for_every_placeholder() -> None:
    assert "${" not in substituted(ARNS)


class History:
    """A Step Functions client with one execution: (state, start, end) in milliseconds."""

    def __init__(self, *steps: tuple[str, int, int]) -> None:
        self._events = [
            {
                "type": f"TaskState{kind}",
                f"state{kind}EventDetails": {"name": name},
                "timestamp": at,
            }
            for name, begin, end in steps
            for kind, at in (("Entered", _at(begin)), ("Exited", _at(end)))
        ]

    def get_paginator(self, _name: str) -> "History":
        return self

    def paginate(self, **_: str) -> list[dict[str, Any]]:
        return [{"events": self._events[:3]}, {"events": self._events[3:]}]


def _at(milliseconds: int) -> datetime:
    return BEGAN + timedelta(milliseconds=milliseconds)


def test_step_times_run_from_the_opening_to_the_end_of_the_decision() -> None:
    history = History(("Evidence", 10, 60), ("Consensus", 70, 100), ("Close", 100, 150))

    assert until_decided(history, "arn", BEGAN) == {"Evidence": 50, "Consensus": 30, TOTAL: 100}


def test_an_execution_without_a_decision_has_no_step_times() -> None:
    with pytest.raises(LookupError):
        until_decided(History(("Evidence", 10, 60)), "arn", BEGAN)

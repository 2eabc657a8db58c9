"""An execution that runs goes on by the definition that it started with, and calls today's code.

So every request of the former definition is one that today's functions take, and they answer with
what its choices look for.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, get_args

import pytest

from functions.closing.closing import CloseResult
from quorum.application.requests import parse_command, parse_command_of
from quorum.domain.commands import (
    APPROVAL_COMMAND,
    CastVote,
    CloseIncident,
    CountVotes,
    Execute,
    ExecuteResult,
    FreezeEvidence,
    Notify,
    VerifyRecovery,
    VerifyResult,
    WritePostMortem,
)
from quorum.domain.events import Outcome, Route
from quorum.domain.seats import seat
from stacks.functions_table import ROWS
from tests.former import sample

INCIDENT: Final = "a" * 32
STATE: Final[dict[str, Any]] = {
    "$.incident_id": INCIDENT,
    "$.round": 1,
    "$.approval.approval_id": "b" * 32,
    "$$.Task.Token": "a token",
    "$$.Execution.Id": f"arn:aws:states:us-east-1:000000000000:execution:incident:{INCIDENT}",
    "$.closing.outcome": "undone",
    "$.closing.reason": "no_recovery",
    "$.error_0.Error": "NotApplicableError",
    "$.error_0.Cause": "{}",
}
"""Values at the former definition's paths."""
VOTES: Final = [
    {"seat": "diagnosis-change", "tier": "change-onset", "action": None, "conf_bp": 0},
    {"seat": "prediction-model", "abstained": True, "skipped": {"one": {"Error": "AnError"}}},
]
TAKEN: Final[Mapping[str, Callable[[dict[str, Any]], Any]]] = {
    "approval": partial(parse_command_of, APPROVAL_COMMAND),
    "closing": partial(parse_command, CloseIncident),
    "communication": partial(parse_command, Notify),
    "consensus": partial(parse_command, CountVotes),
    "evidence": partial(parse_command, FreezeEvidence),
    "executor": partial(parse_command, Execute),
    "postmortem": partial(parse_command, WritePostMortem),
    "verification": partial(parse_command, VerifyRecovery),
}
"""The parser of each function's input; all seats share one."""


def sent(template: Any) -> Any:
    """Return what a state sends: its template, with the paths followed."""
    if not isinstance(template, dict):
        return template
    return {
        name.removesuffix(".$"): _followed(value) if name.endswith(".$") else sent(value)
        for name, value in template.items()
    }


def _followed(path: str) -> Any:
    return VOTES if path.startswith("States.Array(") else STATE[path]


@pytest.mark.parametrize("state", sorted(sample("tasks")))
def test_every_states_input_is_accepted(state: str) -> None:
    task = sample("tasks")[state]
    take: Callable[[Any], Any] = TAKEN.get(task["function"], CastVote.model_validate)

    assert take(sent(task["sends"])).incident_id == INCIDENT


@pytest.mark.parametrize("state", [s for s in sorted(sample("tasks")) if " by " in s])
def test_every_method_that_a_former_execution_calls_exists(state: str) -> None:
    asked = CastVote.model_validate(sent(sample("tasks")[state]["sends"]))

    assert asked.tier in {tier.method for tier in seat(asked.seat).tiers}


def test_every_function_that_a_former_execution_calls_exists() -> None:
    called = {task["function"] for task in sample("tasks").values()}

    assert called <= {row.name for row in ROWS}
    assert {name for name in called if not name.startswith("seat-")} == set(TAKEN)


def test_functions_return_the_values_that_former_choices_compare() -> None:
    assert set(get_args(ExecuteResult)) >= {"acted", "ask", "undone"}
    assert set(get_args(VerifyResult)) >= {"pending", "recovered", "failed"}
    assert set(get_args(Route)) >= {"approve", "dismiss", "execute"}
    assert set(get_args(Outcome)) >= {"resolved", "dismissed"}
    assert set(CloseResult.__annotations__) == {"outcome"}

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
"""What the former definition's paths lead to."""
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
"""How each function reads what it is called with; the seats all do it alike."""


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
def test_what_a_state_sends_is_taken(state: str) -> None:
    task = sample("tasks")[state]
    take: Callable[[Any], Any] = TAKEN.get(task["function"], CastVote.model_validate)

    assert take(sent(task["sends"])).incident_id == INCIDENT


@pytest.mark.parametrize("state", [s for s in sorted(sample("tasks")) if " by " in s])
def test_a_seat_still_has_the_method_that_it_is_asked_for(state: str) -> None:
    asked = CastVote.model_validate(sent(sample("tasks")[state]["sends"]))

    assert asked.tier in {tier.method for tier in seat(asked.seat).tiers}


def test_every_function_that_is_called_is_still_there() -> None:
    called = {task["function"] for task in sample("tasks").values()}

    assert called <= {row.name for row in ROWS}
    assert {name for name in called if not name.startswith("seat-")} == set(TAKEN)


def test_functions_answer_what_the_former_choices_look_for() -> None:
    assert set(get_args(ExecuteResult)) >= {"acted", "ask", "undone"}
    assert set(get_args(VerifyResult)) >= {"pending", "recovered", "failed"}
    assert set(get_args(Route)) >= {"approve", "dismiss", "execute"}
    assert set(get_args(Outcome)) >= {"resolved", "dismissed"}
    assert set(CloseResult.__annotations__) == {"outcome"}

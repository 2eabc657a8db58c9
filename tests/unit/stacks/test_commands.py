"""Payloads of the state machine's tasks parse as the commands of their functions."""

from typing import Any, Final

import pytest

from quorum.application.requests import parse_command, parse_command_of
from quorum.domain.commands import (
    APPROVAL_COMMAND,
    CastVote,
    CloseIncident,
    Command,
    CountVotes,
    Execute,
    FreezeEvidence,
    Notify,
    VerifyRecovery,
    WritePostMortem,
)
from tests.unit.stacks.machines import generated, tasks

COMMANDS: Final[dict[str, type[Command]]] = {
    "closing": CloseIncident,
    "communication": Notify,
    "consensus": CountVotes,
    "evidence": FreezeEvidence,
    "executor": Execute,
    "postmortem": WritePostMortem,
    "verification": VerifyRecovery,
}
VALUES: Final[dict[str, Any]] = {
    "incident_id": "a" * 32,
    "round": 1,
    "approval_id": "b" * 32,
    "task_token": "token",
    "execution_arn": "arn",
    "outcome": "undone",
    "reason": "no_recovery",
    "seats": [{"seat": "diagnosis-change", "tier": "change-onset", "conf_bp": 0}],
    "Error": "NotApplicableError",
    "Cause": "{}",
}
"""Example values of paths, by field name."""
TASKS: Final = dict(tasks(generated()))


def sent(template: dict[str, Any]) -> dict[str, Any]:
    """Return the payload that a state sends, with example values for paths."""
    return {
        name.removesuffix(".$"): VALUES[name.removesuffix(".$")]
        if name.endswith(".$")
        else sent(value)
        if isinstance(value, dict)
        else value
        for name, value in template.items()
    }


@pytest.mark.parametrize("state", sorted(TASKS))
def test_a_tasks_payload_parses_as_its_functions_command(state: str) -> None:
    task = TASKS[state]
    payload = sent(task["Parameters"].get("Payload", task["Parameters"]))
    function = task.get("Resource", "")
    if ":states:::lambda:invoke" in function:
        function = task["Parameters"]["FunctionName"]
    name = function.removeprefix("${").removesuffix("}").lower()

    command = (
        parse_command_of(APPROVAL_COMMAND, payload)
        if name == "approval"
        else parse_command(COMMANDS.get(name, CastVote), payload)
    )

    assert command.payload().items() >= {"incident_id": "a" * 32}.items()

"""The same state machine with nothing in it: functions answer at once, as their contracts say."""

import io
import json
import zipfile
from datetime import datetime
from typing import Any, Final

from benchmarks.emulated import create_role
from functions.shared.domain.seats import SEATS
from local.emulator import Emulator
from local.shop.plan import ALIAS
from stacks.asl import substitution
from stacks.functions_table import SERVICES, attempt_seconds
from stacks.seat_stages import seat_function
from stacks.stages import STAGES
from stacks.state_machine import Times, definition

PREFIX: Final = "empty-"
DIGEST: Final = "0" * 64
VOTE: Final = {"tier": "empty", "action": DIGEST[:32], "conf_bp": 8000}
ANSWERS: Final[dict[str, dict[str, Any]]] = {
    "communication": {"sent": True},
    "evidence": {"evidence": DIGEST, "candidates": 3},
    "consensus": {"route": "escalate"},
    "closing": {"outcome": "escalated", "kind": "escalated"},
    "postmortem": {"key": "post-mortems/empty.md"},
    **{seat_function(seat): {"seat": seat.name, **VOTE} for seat in SEATS},
}
"""On the way from the alarm to the decision, and to a person. No other function is ever called."""


class EmptyPipeline:
    """The empty machine, standing on an emulator."""

    def __init__(self, emulator: Emulator) -> None:
        self._states = emulator.client("stepfunctions")
        role = create_role(emulator, f"{PREFIX}function", "lambda.amazonaws.com")
        arns = {name: _function(emulator, name, role) for name in ANSWERS}
        called = [f"{arn}:{ALIAS}" for arn in arns.values()]
        self._machine: str = self._states.create_state_machine(
            name=f"{PREFIX}incident",
            definition=substituted(arns),
            roleArn=create_role(emulator, f"{PREFIX}incident", "states.amazonaws.com", called),
        )["stateMachineArn"]

    def start(self, name: str) -> tuple[str, datetime]:
        """Start an execution; return its ARN and when it began."""
        sent = json.dumps({"incident_id": name, "round": 1})
        started = self._states.start_execution(stateMachineArn=self._machine, name=name, input=sent)
        return started["executionArn"], started["startDate"]


def substituted(arns: dict[str, str]) -> str:
    """Return the product's own definition; what is never called points at `closing`."""
    stage = STAGES["local"]
    text = json.dumps(definition(SEATS, attempt_seconds(), Times(stage.approval, stage.poll)))
    text = text.replace("${Partition}", "aws")
    for name in (*(row.name for row in SERVICES), *ANSWERS):
        arn = arns.get(name, arns["closing"])
        text = text.replace(f"${{{substitution(name)}}}", f"{arn}:{ALIAS}")
    return text


def _function(emulator: Emulator, name: str, role: str) -> str:
    """Create a function that returns its contract's result; return its ARN."""
    functions = emulator.client("lambda")
    made = functions.create_function(
        FunctionName=f"{PREFIX}{name}",
        Runtime="python3.13",
        Handler="empty.handler",
        Role=role,
        Code={"ZipFile": _zipped(f"def handler(event, context):\n    return {ANSWERS[name]!r}\n")},
        MemorySize=512,
        Publish=True,
    )
    functions.create_alias(
        FunctionName=f"{PREFIX}{name}", Name=ALIAS, FunctionVersion=made["Version"]
    )
    return f"{made['FunctionArn'].rpartition(':function:')[0]}:function:{PREFIX}{name}"


def _zipped(source: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("empty.py", source)
    return buffer.getvalue()

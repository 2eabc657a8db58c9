"""Quorum's state machine with empty functions, which return a constant result at once."""

import io
import json
import zipfile
from datetime import datetime
from typing import Any, Final

from benchmarks.emulator_resources import create_role
from local.emulator import Emulator
from local.shop.plan import ALIAS
from quorum.domain.seats import SEATS
from stacks.asl import substitution
from stacks.functions_table import SERVICES, attempt_seconds
from stacks.seat_stages import seat_function
from stacks.stages import STAGES
from stacks.state_machine import Times, definition

SILENT: Final = "empty-silent-"
LOGGING: Final = "empty-logging-"
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
"""Results of the functions on the path from the alarm to an escalated decision; only these run."""


class EmptyPipeline:
    """The empty state machine on an emulator. With `logging`, its functions print one line each."""

    def __init__(self, emulator: Emulator, *, logging: bool) -> None:
        self._states = emulator.client("stepfunctions")
        prefix = LOGGING if logging else SILENT
        role = create_role(emulator, f"{prefix}function", "lambda.amazonaws.com")
        arns = {name: _function(emulator, prefix, name, role) for name in ANSWERS}
        called = [f"{arn}:{ALIAS}" for arn in arns.values()]
        self._machine: str = self._states.create_state_machine(
            name=f"{prefix}incident",
            definition=substituted(arns),
            roleArn=create_role(emulator, f"{prefix}incident", "states.amazonaws.com", called),
        )["stateMachineArn"]

    def start(self, name: str) -> tuple[str, datetime]:
        """Start an execution; return its ARN and start time."""
        sent = json.dumps({"incident_id": name, "round": 1})
        started = self._states.start_execution(stateMachineArn=self._machine, name=name, input=sent)
        return started["executionArn"], started["startDate"]


def substituted(arns: dict[str, str]) -> str:
    """Return Quorum's own definition; functions that are never called point to `closing`."""
    stage = STAGES["local"]
    text = json.dumps(definition(SEATS, attempt_seconds(), Times(stage.approval, stage.poll)))
    text = text.replace("${Partition}", "aws")
    for name in (*(row.name for row in SERVICES), *ANSWERS):
        arn = arns.get(name, arns["closing"])
        text = text.replace(f"${{{substitution(name)}}}", f"{arn}:{ALIAS}")
    return text


def _function(emulator: Emulator, prefix: str, name: str, role: str) -> str:
    """Create a function that returns its constant result; return its ARN."""
    functions, log = emulator.client("lambda"), "    print('done')\n" if prefix == LOGGING else ""
    source = f"def handler(event, context):\n{log}    return {ANSWERS[name]!r}\n"
    made = functions.create_function(
        FunctionName=f"{prefix}{name}",
        Runtime="python3.13",
        Handler="empty.handler",
        Role=role,
        Code={"ZipFile": _zipped(source)},
        MemorySize=512,
        Publish=True,
    )
    functions.create_alias(
        FunctionName=f"{prefix}{name}", Name=ALIAS, FunctionVersion=made["Version"]
    )
    return f"{made['FunctionArn'].rpartition(':function:')[0]}:function:{prefix}{name}"


def _zipped(source: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("empty.py", source)
    return buffer.getvalue()

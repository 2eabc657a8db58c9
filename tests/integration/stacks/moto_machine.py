"""The generated machine in moto's interpreter, with the test's answers for functions."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import boto3
from moto import mock_aws
from moto.awslambda_simple.models import LambdaSimpleBackend
from moto.core.config import DefaultConfig
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_lambda,
)

from quorum.domain.errors import QuorumError
from quorum.domain.seats import SEATS
from stacks.asl import substitution
from stacks.functions_table import ROWS, attempt_seconds
from stacks.state_machine import Times, definition

REGION = "us-east-1"
FUNCTION = f"arn:aws:lambda:{REGION}:123456789012:function:"
ROLE = "arn:aws:iam::123456789012:role/machine"
INCIDENT = "0" * 32
LONGEST = 60.0
MOTO: DefaultConfig = {
    "stepfunctions": {"execute_state_machine": True},
    "lambda": {"use_docker": False},
}
PARAMETERS = {"FunctionName", "InvocationType", "Payload", "Qualifier"}
"""Of lambda:invoke, as AWS documents them; moto drops the second."""

Payload = dict[str, Any]
Answer = Callable[[Payload], Any]


class InterruptedFunctionError(Exception):
    """A function that ended in the middle of its work, with the name that Lambda gives to it."""


@dataclass
class Run:
    """The result of an execution: its status, and every call of a function in order of arrival.

    Events, which Step Functions hands over to Lambda without waiting, are calls as well.
    """

    status: str = ""
    calls: list[tuple[str, Payload]] = field(default_factory=list)
    events: list[threading.Thread] = field(default_factory=list)

    def payloads(self, function: str) -> list[Payload]:
        return [payload for name, payload in self.calls if name == function]

    def order(self) -> list[str]:
        """Functions in the order of their first call; a retried or looping one counts once."""
        return list(dict.fromkeys(name for name, _ in self.calls))

    @property
    def closed(self) -> tuple[str, str]:
        """The outcome and the reason that `closing` was given last."""
        last = self.payloads("closing")[-1]
        return last["outcome"], last["reason"]


class Machine:
    """The machine, created once for each time that a person has; executed once for each test."""

    def __init__(self) -> None:
        self._arns: dict[int, str] = {}
        self._answers: Mapping[str, Answer] = {}
        self._run, self._count, self._lock = Run(), 0, threading.Lock()

    def run(self, answers: Mapping[str, Answer], *, approval_seconds: int = 60) -> Run:
        """Execute one incident; `answers` are by function name, and may raise our errors."""
        self._answers, self._run, self._count = answers, Run(), self._count + 1
        self._run.status = self._execute(self._arn(approval_seconds))
        for event in self._run.events:
            event.join(LONGEST)
        return self._run

    def answer(self, name: str, body: str, sent: Mapping[str, str], out: dict[str, str]) -> bytes:
        """Answer an invocation as Lambda does: an error becomes its name, an event is accepted."""
        function, payload = name.removeprefix(FUNCTION).removesuffix(":live"), json.loads(body)
        with self._lock:
            self._run.calls.append((function, payload))
        if sent.get("X-Amz-Invocation-Type") == "Event":
            event = threading.Thread(target=self._result, args=(function, payload), daemon=True)
            self._run.events.append(event)
            event.start()
            return b"null"
        result, failed = self._result(function, payload)
        if failed:
            out["x-amz-function-error"] = "Unhandled"
        return json.dumps(result).encode()

    def _result(self, function: str, payload: Payload) -> tuple[Any, bool]:
        """Return what the function answers, or its error, and whether it is one."""
        try:
            return self._answers[function](payload), False
        except InterruptedFunctionError as error:
            return {"errorType": str(error), "errorMessage": "it ended"}, True
        except QuorumError as error:
            return {"errorType": type(error).__name__, "errorMessage": str(error)}, True

    def _arn(self, approval_seconds: int) -> str:
        if approval_seconds not in self._arns:
            made = boto3.client("stepfunctions", region_name=REGION).create_state_machine(
                name=f"incident-{approval_seconds}",
                definition=_text(approval_seconds),
                roleArn=ROLE,
            )
            self._arns[approval_seconds] = made["stateMachineArn"]
        return self._arns[approval_seconds]

    def _execute(self, machine: str) -> str:
        client = boto3.client("stepfunctions", region_name=REGION)
        execution = client.start_execution(
            stateMachineArn=machine,
            name=f"{self._count:032x}",
            input=json.dumps({"incident_id": INCIDENT, "round": 1}),
        )["executionArn"]
        deadline = time.monotonic() + LONGEST
        while time.monotonic() < deadline:
            status: str = client.describe_execution(executionArn=execution)["status"]
            if status != "RUNNING":
                return status
            time.sleep(0.02)
        raise TimeoutError("the execution did not end")


@contextmanager
def machine() -> Iterator[Machine]:
    """Yield a machine whose functions give each run's answers."""
    found = Machine()

    def invoke(_self: Any, name: str, _qualifier: Any, body: str, sent: Any, out: Any) -> bytes:
        return found.answer(name, body, sent, out)

    with (
        mock_aws(config=MOTO),
        patch.object(LambdaSimpleBackend, "invoke", invoke),
        patch.dict(state_task_service_lambda._SUPPORTED_API_PARAM_BINDINGS, invoke=PARAMETERS),
    ):
        client = boto3.client("lambda", region_name=REGION)
        # moto builds a client for every call of a function, which takes longer than the call
        with patch.object(lambda_eval_utils, "boto_client_for", lambda **_: client):
            yield found


def send_answer(token: str, answer: str) -> None:
    """Answer a waiting task, as the approval function does."""
    client = boto3.client("stepfunctions", region_name=REGION)
    client.send_task_success(taskToken=token, output=json.dumps({"answer": answer}))


def _text(approval_seconds: int) -> str:
    text = json.dumps(definition(SEATS, attempt_seconds(), Times(approval_seconds, poll=0)))
    for row in ROWS:
        text = text.replace(f"${{{substitution(row.name)}}}", f"{FUNCTION}{row.name}:live")
    return text.replace("${Partition}", "aws")

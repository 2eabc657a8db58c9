"""Helpers that create a role, a user with a policy, a function or a state machine."""

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from localstack_client.session import Session

from local.clients import DEFAULTS, REGION
from local.emulator import ACCOUNT, Emulator
from local.stage import wait_until

Statement = dict[str, Any]
CODE = """
import os, signal, sys, time
import boto3
class MyError(Exception): pass
def handler(event, context):
    time.sleep(event.get("sleep", 0))
    if event.get("fail"): raise MyError("no luck")
    if event.get("exit"): sys.exit(1)
    if event.get("die"): os.kill(os.getpid(), signal.SIGKILL)
    return {"pid": os.getpid(), "version": context.function_version, "boto3": boto3.__version__}
"""


def allow(action: str | list[str], resource: str = "*", **condition: Any) -> Statement:
    """Return a statement of a policy."""
    found: Statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return {**found, "Condition": condition} if condition else found


@dataclass
class Cloud:
    """An emulator, and what is made on it under names of its own."""

    emulator: Emulator
    _numbers: Iterator[int] = field(default_factory=count)

    def name(self, kind: str) -> str:
        """Return a name that nothing has."""
        return f"{kind}-{next(self._numbers)}"

    def role(self, service: str, *statements: Statement) -> str:
        """Create a role for the service; return its ARN."""
        iam, name = self.emulator.client("iam"), self.name("role")
        trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=_document(trust))
        if statements:
            policy = _document(*statements)
            iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=policy)
        return str(made["Role"]["Arn"])

    def user(self, service: str, *statements: Statement) -> Any:
        """Create a user that may do only this; return a client of the service that is the user."""
        session = Session(
            **self.key(*statements),
            region_name=REGION,
            localstack_host=f"127.0.0.1:{self.emulator.port}",
        )
        return session.client(service, config=DEFAULTS)

    def key(self, *statements: Statement) -> dict[str, str]:
        """Create a user that may do only this; return its access key."""
        iam, name = self.emulator.client("iam"), self.name("user")
        iam.create_user(UserName=name)
        iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=_document(*statements))
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return {
            "aws_access_key_id": key["AccessKeyId"],
            "aws_secret_access_key": key["SecretAccessKey"],
        }

    def function(self, code: str) -> str:
        """Create a function with an alias `live` on its first version; return its ARN."""
        functions, name = self.emulator.client("lambda"), self.name("function")
        logs = allow("logs:*")
        functions.create_function(
            FunctionName=name,
            Runtime="python3.13",
            Handler="index.handler",
            Role=self.role("lambda.amazonaws.com", logs),
            Code={"ZipFile": zipped(code)},
            Timeout=20,
            Publish=True,
        )
        functions.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
        return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"

    def invoke(self, function: str, payload: Any = None) -> Any:
        """Return what the function's alias answers."""
        answer = self.emulator.client("lambda").invoke(
            FunctionName=f"{function}:live", Payload=json.dumps(payload or {}).encode()
        )
        return json.loads(answer["Payload"].read())

    def run(self, role: str, definition: dict[str, Any], sent: Any = None) -> dict[str, Any]:
        """Run a state machine with this role to its end; return the execution's description."""
        states = self.emulator.client("stepfunctions")
        machine = states.create_state_machine(
            name=self.name("machine"), definition=json.dumps(definition), roleArn=role
        )["stateMachineArn"]
        execution = states.start_execution(stateMachineArn=machine, input=json.dumps(sent or {}))
        arn = execution["executionArn"]

        def over() -> bool:
            return bool(states.describe_execution(executionArn=arn)["status"] != "RUNNING")

        wait_until(over, seconds=300, every=0.1, what=definition["StartAt"])
        return dict(states.describe_execution(executionArn=arn))


def zipped(code: str) -> bytes:
    """Return the code as a package with the one module `index`."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("index.py", code)
    return buffer.getvalue()


def _document(*statements: Statement) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})

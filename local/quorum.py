"""Client of Quorum deployed on an emulator: read the log, answer approvals, stop, reinstate."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, Literal

import boto3
from pydantic import ValidationError

from local.clients import REGION, client
from local.emulator import ACCOUNT
from quorum.adapters.aws.s3_evidence_store import S3EvidenceStore
from quorum.adapters.dynamodb.ballot_box import DynamoDBBallotBox
from quorum.adapters.dynamodb.control_log import DynamoDBControlLog
from quorum.adapters.dynamodb.controls import DynamoDBControls
from quorum.adapters.dynamodb.event_store import DynamoDBEventStore
from quorum.adapters.dynamodb.stop_switch import DynamoDBStopSwitch
from quorum.adapters.dynamodb.table import DynamoDBTable
from quorum.adapters.resource_state.autoscaling import Autoscaling
from quorum.adapters.resource_state.lambda_state import LambdaState
from quorum.adapters.resource_state.readers import Read
from quorum.adapters.resource_state.ssm_state import SsmState
from quorum.adapters.signing.kms_verifier import KmsVerifier
from quorum.application.equivocation import Suspensions
from quorum.application.requests import invalid_fields
from quorum.domain.base import OutsiderText
from quorum.domain.commands import AnswerApproval
from quorum.domain.errors import InvalidInputError, RefusedError
from quorum.domain.events import (
    ApprovalRequested,
    EvidenceFrozen,
    IncidentEvent,
    IncidentOpened,
    PostMortemWritten,
)
from quorum.domain.evidence import Scalar
from quorum.domain.identity_proofs import TokenProof
from quorum.domain.restrictions import ControlChanged
from quorum.domain.seats import SEATS
from quorum.domain.votes import Ballot

PREFIX = "quorum-local-"


class Quorum:
    """The deployed product: behind one endpoint, with the emulator's root credentials."""

    prefix = PREFIX

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.client = cache(lambda service: client(service, endpoint))

    @property
    def store(self) -> DynamoDBEventStore:
        """Return the store of events."""
        return DynamoDBEventStore(self.table("events"))

    def table(self, name: str) -> DynamoDBTable:
        """Return one of Quorum's tables."""
        return DynamoDBTable(self.client("dynamodb"), f"{self.prefix}{name}")

    def incidents(self) -> list[str]:
        """Return the ids of all incidents, newest first."""
        pages = (
            self.client("dynamodb")
            .get_paginator("scan")
            .paginate(
                TableName=f"{self.prefix}events",
                FilterExpression="version = :one",
                ExpressionAttributeValues={":one": {"N": "1"}},
                ProjectionExpression="incident_id, occurred_at",
            )
        )
        rows = [(i["occurred_at"]["S"], i["incident_id"]["S"]) for p in pages for i in p["Items"]]
        return [incident_id for _, incident_id in sorted(rows, reverse=True)]

    def events(self, incident_id: str) -> Sequence[IncidentEvent]:
        """Return the incident's events, oldest first."""
        return self.store.load(incident_id)

    def find(self, prefix: str) -> str:
        """Return the only incident id with this prefix. Raises LookupError for none or several."""
        found = [i for i in self.incidents() if i.startswith(prefix)]
        if len(found) != 1:
            known = ", ".join(i[:8] for i in self.incidents()) or "none"
            several = "several incident ids begin" if found else "no incident id begins"
            raise LookupError(f"{several} with {prefix!r}; known: {known}")
        return found[0]

    def answer(
        self,
        incident_id: str,
        answer: Literal["granted", "denied"],
        token: str,
        *,
        reason: str = "",
        action: str | None = None,
    ) -> dict[str, Any]:
        """Answer the incident's newest approval request as the token's person.

        `action` grants another candidate action. Returns the approval function's result. Raises
        LookupError without an approval request, InvalidInputError for an action or a reason that
        cannot be sent, and RuntimeError with the reason of a refusal.
        """
        events = self.events(incident_id)
        asked = [event for event in events if isinstance(event, ApprovalRequested)]
        if not asked:
            raise LookupError(f"incident {incident_id[:8]} has no approval request")
        try:
            command = AnswerApproval(
                approval_id=asked[-1].approval_id,
                answer=answer,
                proof=TokenProof(token=token),
                reason=reason,
                action=action,
            )
        except ValidationError as error:
            raise InvalidInputError(f"not valid: {invalid_fields(error)}") from None
        return self.invoke("approval", command.payload())

    @property
    def stop(self) -> DynamoDBStopSwitch:
        """Return the stop switch."""
        return DynamoDBStopSwitch(self.table("stop"), self.table("operations"))

    @property
    def suspensions(self) -> Suspensions:
        """Return the store of suspended seats."""
        control_log = DynamoDBControlLog(self.table("overrides"))
        return Suspensions(DynamoDBControls(self.table("controls")), control_log)

    def reinstate(self, seat: str, by: str, why: str) -> None:
        """Reinstate a suspended seat. Raises RefusedError when it is not suspended."""
        suspensions = self.suspensions
        suspension = suspensions.in_force().get(seat)
        if suspension is None:
            raise RefusedError(f"{seat} is not suspended")
        newest = suspensions.log.newest("seats")
        suspensions.log.append(
            ControlChanged(
                control="seats",
                version=newest.version + 1 if newest else 1,
                changed_at=datetime.now(UTC),
                by=by,
                via="cli",
                address="",
                reason=OutsiderText.of(why),
                what=f"Seat {seat} reinstated.",
                seat=seat,
                mark=suspension.mark(),
            )
        )

    def seat_keys(self) -> dict[str, str]:
        """Return the ARN of each seat's signing key, as deployed to the executor."""
        found = self.client("lambda").get_function_configuration(
            FunctionName=f"{self.prefix}executor", Qualifier="live"
        )
        return dict(json.loads(found["Environment"]["Variables"]["SEAT_KEYS"]))

    def public_keys(self) -> Mapping[str, bytes]:
        """Return each seat's public key, as SubjectPublicKeyInfo in DER."""
        kms = self.client("kms")
        keys = self.seat_keys().items()
        return {seat: bytes(kms.get_public_key(KeyId=arn)["PublicKey"]) for seat, arn in keys}

    def verifier(self) -> KmsVerifier:
        """Return a verifier of votes with the seats' keys, the same as the executor's."""
        return KmsVerifier(self.client("kms"), self.seat_keys())

    def invoke(self, name: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Invoke one of Quorum's functions through its alias. Raises RuntimeError if it fails."""
        response = self.client("lambda").invoke(
            FunctionName=function_arn(name), Payload=json.dumps(payload).encode()
        )
        body: Any = json.loads(response["Payload"].read() or b"null")
        if response.get("FunctionError"):
            problem = f"{body.get('errorType')}: {body.get('errorMessage')}"
            raise RuntimeError(f"the function {name} failed with {problem}")
        return dict(body or {})

    def start(self, name: str, payload: Mapping[str, str] | None = None) -> None:
        """Invoke one of Quorum's functions asynchronously, as a schedule does."""
        self.client("lambda").invoke(
            FunctionName=function_arn(name),
            InvocationType="Event",
            Payload=json.dumps(payload or {}).encode(),
        )

    def report(self, written: PostMortemWritten) -> str:
        """Return the post-mortem's Markdown."""
        bucket = self.output("EvidenceBucket")
        body = self.client("s3").get_object(Bucket=bucket, Key=written.key)["Body"]
        return str(body.read().decode())

    @property
    def bundles(self) -> S3EvidenceStore:
        """Return the store of evidence bundles, which verifies their digests."""
        return S3EvidenceStore(self.client("s3"), self.output("EvidenceBucket"))

    def evidence(self, frozen: EvidenceFrozen) -> bytes:
        """Return the frozen evidence bundle as stored: canonical JSON."""
        bucket = self.output("EvidenceBucket")
        return bytes(self.client("s3").get_object(Bucket=bucket, Key=frozen.key)["Body"].read())

    def execution(self, opened: IncidentOpened) -> dict[str, Any]:
        """Return the Step Functions description of the incident's execution."""
        arn = f"arn:aws:states:{REGION}:{ACCOUNT}:execution:{PREFIX}incident:{opened.incident_id}"
        return dict(self.client("stepfunctions").describe_execution(executionArn=arn))

    def transitions(self, opened: IncidentOpened) -> int:
        """Return the state transitions of the incident's execution so far, retries included."""
        arn = self.execution(opened)["executionArn"]
        pages = (
            self.client("stepfunctions")
            .get_paginator("get_execution_history")
            .paginate(executionArn=arn)
        )
        return sum(e["type"].endswith("StateEntered") for p in pages for e in p["events"])

    def alarm_states(self, prefix: str) -> dict[str, str]:
        """Return the state of every alarm with this name prefix."""
        pages = (
            self.client("cloudwatch")
            .get_paginator("describe_alarms")
            .paginate(AlarmNamePrefix=prefix)
        )
        return {a["AlarmName"]: a["StateValue"] for p in pages for a in p["MetricAlarms"]}

    def waiting(self, queue: str) -> int:
        """Return the number of messages in a queue: `outbox` or `dead-letters`."""
        sqs = self.client("sqs")
        url = sqs.get_queue_url(QueueName=f"{PREFIX}{queue}")["QueueUrl"]
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        return sum(int(found[name]) for name in names)

    def settings(self, resource: str) -> dict[str, Scalar]:
        """Return the current settings of a function (by its `live` alias) or a parameter."""
        kind, _, name = resource.partition(":")
        readers: dict[str, Read] = {
            "lambda": LambdaState(self.client("lambda"), Autoscaling(None)),
            "ssm": SsmState(self.client("ssm")),
        }
        return (kind in readers and readers[kind](name, "live")) or {}

    def ballots(self, incident_id: str, round_: int = 1) -> list[Ballot]:
        """Return the seats' ballots of the round so far, each from its own table."""
        box = DynamoDBBallotBox(lambda seat: self.table(f"votes-{seat}"))
        found = (box.read(seat.name, incident_id, round_).ballot for seat in SEATS)
        return [ballot for ballot in found if ballot]

    @cache  # noqa: B019 - one per run of the program
    def output(self, name: str) -> str:
        """Return an output of the stacks. Raises LookupError when no stack has it."""
        stacks = self.client("cloudformation").describe_stacks()["Stacks"]
        outputs = {o["OutputKey"]: o["OutputValue"] for s in stacks for o in s.get("Outputs", [])}
        if name not in outputs:
            raise LookupError(f"no stack has the output {name}")
        return str(outputs[name])


class QuorumOnAws(Quorum):
    """A deployed stage in the account and region of the caller's credentials, to read."""

    def __init__(self, stage: str) -> None:
        self.prefix = f"quorum-{stage}-"
        self.client = cache(boto3.client)


def function_arn(name: str, alias: str = "live") -> str:
    """Return the ARN of one of Quorum's functions, through its alias."""
    return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{PREFIX}{name}:{alias}"

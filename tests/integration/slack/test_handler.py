"""The wired function, against DynamoDB and Secrets Manager in moto, and a stand-in for Slack."""

import json
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from types import ModuleType
from typing import Any, Final

import boto3
import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber

from functions.projection.view import view
from functions.slack.queued_interaction import received, received_event
from local.fake_services import FakeSlack
from local.fake_services.slack import SIGNING_SECRET
from quorum.adapters.aws.s3_evidence_store import S3EvidenceStore
from quorum.adapters.dynamodb.event_store import DynamoDBEventStore
from quorum.adapters.dynamodb.read_model import DynamoDBReadModel
from quorum.domain.commands import AnswerApproval, TakeOver
from quorum.domain.constants import ESCALATION_LEVEL
from quorum.domain.errors import ChannelUnavailableError, SourceUnavailableError
from quorum.domain.events import ApprovalRefused
from quorum.domain.incident import replay
from quorum.narrative import actions
from quorum.runtime.lambda_runtime import WARMING, utc_now
from tests.builders.events import INCIDENT
from tests.builders.incident_logs import Log
from tests.builders.slack import payload, request
from tests.integration.handlers import CONTEXT, load
from tests.integration.tables import create_table
from tests.unit.slack import test_mentions as mentions
from tests.unit.slack.test_mentions import CHANNEL, THREAD

LAMBDA: Final = "arn:aws:lambda:us-east-1:123456789012:function:quorum-test"
PEOPLE: Final = [{"id": "ada", "name": "Ada", "slack": "U0ADA", "roles": [ESCALATION_LEVEL]}]


class Deployed:
    """The function, an incident with an approval request, and a Slack stand-in for both."""

    def __init__(self, patch: pytest.MonkeyPatch, service: FakeSlack) -> None:
        log = Log().open().freeze().decide(route="approve", level=ESCALATION_LEVEL).ask()
        assert log.incident.approval is not None
        self.approval, self.service = log.incident.approval.approval_id, service
        self.store = DynamoDBEventStore(create_table("events"))
        for fact in log.events:
            self.store.append(fact)
        create_table("operations")
        self.view = DynamoDBReadModel(create_table("view"))
        events = log.events
        thread = f"{CHANNEL}/{THREAD}"
        self.view.put(view(replay(events), actions(events), thread))
        boto3.client("s3").create_bucket(Bucket="evidence")
        frozen = log.incident.evidence
        assert frozen is not None
        S3EvidenceStore(boto3.client("s3"), "evidence").put_bundle(
            log.evidence.get_bundle(frozen.evidence)
        )
        service.messages[THREAD] = {"ts": THREAD, "text": "the first message"}
        secret = boto3.client("secretsmanager")
        secret.create_secret(Name="quorum/slack", SecretString=service.secret)
        self.module: ModuleType = load(
            patch,
            "slack",
            STAGE="local",
            EVENTS_TABLE="quorum-test-events",
            OPERATIONS_TABLE="quorum-test-operations",
            CHANNEL_SECRETS=json.dumps({"slack": "quorum/slack"}),
            PEOPLE=json.dumps(PEOPLE),
            APPROVAL_ARN=f"{LAMBDA}-approval:live",
            SLACK_ARN=f"{LAMBDA}-slack:live",
            VIEW_TABLE="quorum-test-view",
            EVIDENCE_BUCKET="evidence",
        )
        self.stub = Stubber(self.module.functions._client)
        self.stub.activate()

    def call(self, event: dict[str, Any]) -> Any:
        return self.module.lambda_handler(event, CONTEXT)

    def press(self, action: str = "approve", member: str = "U0ADA", **other: Any) -> dict[str, Any]:
        """Return the payload of a press of the question's button."""
        pressed = payload(action, member, other.pop("approval", self.approval))
        pressed["actions"][0]["block_id"] = f"{INCIDENT}:{pressed['actions'][0]['value']}"
        return {**pressed, "response_url": f"{self.service.url}/actions/1", **other}

    def post(self, content: dict[str, Any], **signing: Any) -> int:
        """Send it to the function's URL as Slack does; return the status."""
        return int(self.call(request(content, **signed_as(signing)))["statusCode"])

    def post_and_queue(
        self, content: dict[str, Any], refused: str | None = None, **signing: Any
    ) -> tuple[int, dict[str, Any]]:
        """Send it; return the status, and what the function calls itself with."""
        event = request(content, **signed_as(signing))
        work = {
            "operation": "press",
            "sent": received(event).model_dump(),
            "refused": refused,
        }
        sent = {
            "FunctionName": f"{LAMBDA}-slack:live",
            "InvocationType": "Event",
            "Payload": json.dumps(work),
        }
        self.stub.add_response("invoke", {"StatusCode": 202}, sent)
        return int(self.call(event)["statusCode"]), work

    def expect_asking(
        self, wanted: dict[str, Any], answer: dict[str, Any], *, failed: bool = False
    ) -> None:
        """Expect that the approval function is asked this, and have it answer."""
        body = json.dumps(answer).encode()
        found: dict[str, Any] = {"StatusCode": 200, "Payload": _stream(body)}
        sent = {"FunctionName": f"{LAMBDA}-approval:live", "Payload": json.dumps(wanted)}
        error = {"FunctionError": "Unhandled"} if failed else {}
        self.stub.add_response("invoke", {**found, **error}, sent)

    def asks(self, work: dict[str, Any], answer: str = "granted") -> dict[str, Any]:
        """Return what the approval function is asked for this press."""
        proof = {"kind": "press", "sent": work["sent"]}
        asked = {"approval_id": self.approval, "answer": answer, "proof": proof}
        return AnswerApproval.model_validate(asked).payload()

    def refusals(self) -> list[tuple[str, str]]:
        """Return the refusals of the log: (why, by)."""
        events = self.store.load(INCIDENT)
        return [(f.why, f.by.outsider) for f in events if isinstance(f, ApprovalRefused)]

    def replies(self) -> list[str]:
        """Return the replies to the person."""
        return [reply["text"] for reply in self.service.replies]


def signed_as(signing: dict[str, Any]) -> dict[str, Any]:
    return {"at": utc_now(), "secret": SIGNING_SECRET, **signing}


def _stream(body: bytes) -> StreamingBody:
    return StreamingBody(BytesIO(body), len(body))


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployed]:
    with FakeSlack() as service:
        made = Deployed(monkeypatch, service)
        yield made
        made.stub.assert_no_pending_responses()


def test_press_is_queued_once_and_then_answered(deployed: Deployed) -> None:
    at = utc_now()
    status, work = deployed.post_and_queue(deployed.press(), at=at)
    assert status == 200
    deployed.expect_asking(deployed.asks(work), {"answer": "granted"})
    assert deployed.call(work) == {"refused": None, "reply": "Approved by Ada."}

    status, again = deployed.post_and_queue(deployed.press(), "replayed", at=at)
    assert status == 409
    assert deployed.call(again)["refused"] == "replayed"
    assert deployed.refusals() == [("replayed", "ada")]
    assert deployed.replies() == [
        "Approved by Ada.",
        "Rejected: the request was already received",
    ]


def test_press_of_take_over_calls_the_approval_function(deployed: Deployed) -> None:
    status, work = deployed.post_and_queue(deployed.press("take_over"))
    assert status == 200
    wanted = TakeOver.model_validate(
        {
            "incident_id": INCIDENT,
            "reason": "taken over with the button in Slack",
            "proof": {"kind": "press", "sent": work["sent"]},
        }
    )
    deployed.expect_asking(wanted.payload(), {"taken_over": "ada"})

    assert deployed.call(work)["refused"] is None
    assert deployed.replies() == ["Ada took over this incident."]


def test_mention_is_queued_and_answered_in_its_thread(deployed: Deployed) -> None:
    asked = mentions.request(mentions.event(), utc_now(), SIGNING_SECRET)
    work = {"operation": "mention", "sent": received_event(asked).model_dump()}
    sent = {
        "FunctionName": f"{LAMBDA}-slack:live",
        "InvocationType": "Event",
        "Payload": json.dumps(work),
    }
    deployed.stub.add_response("invoke", {"StatusCode": 202}, sent)
    assert deployed.call(asked) == {"statusCode": 200, "body": ""}

    assert deployed.call(work)["refused"] == "stranger"
    assert len(deployed.service.messages) == 1
    by_ada = mentions.request(mentions.event(member="U0ADA"), utc_now(), SIGNING_SECRET)
    work = {"operation": "mention", "sent": received_event(by_ada).model_dump()}
    assert deployed.call(work)["refused"] is None
    (reply,) = [m for ts, m in deployed.service.messages.items() if ts != THREAD]
    assert reply["thread_ts"] == THREAD
    assert "`c1`" in reply["text"]


@pytest.mark.filterwarnings("ignore:No application metrics")
def test_forged_late_and_other_requests_are_never_answered(deployed: Deployed) -> None:
    assert deployed.post(deployed.press(), secret="f" * 32) == 401
    assert deployed.post({"type": "view_submission"}) == 400
    old = utc_now() - timedelta(seconds=600)
    status, late = deployed.post_and_queue(deployed.press(), "late", at=old)
    assert status == 401
    assert deployed.refusals() == []

    assert deployed.call(late)["refused"] == "late"
    assert deployed.refusals() == [("late", "ada")]


def test_queued_interaction_without_slacks_signature_is_refused(
    deployed: Deployed,
) -> None:
    forged = received(request(deployed.press(), utc_now(), secret="f" * 32)).model_dump()

    assert deployed.call({"operation": "press", "sent": forged, "refused": None}) == {
        "refused": "unknown",
        "reply": "the press is not signed by Slack",
    }
    assert (deployed.refusals(), deployed.replies()) == ([], [])


def test_press_of_an_unknown_user_is_recorded_and_rejected(deployed: Deployed) -> None:
    _, work = deployed.post_and_queue(deployed.press(member="U0EVE"))

    assert deployed.call(work)["refused"] == "unauthorised"
    assert deployed.refusals() == [("unauthorised", "Slack member U0EVE")]
    [reply] = deployed.replies()
    assert "not in Quorum's `people` list" in reply


def test_press_in_another_workspace_is_rejected(deployed: Deployed) -> None:
    _, work = deployed.post_and_queue(deployed.press(team={"id": "T0OTHER"}))

    assert deployed.call(work)["refused"] == "unauthorised"
    assert deployed.replies() == ["Rejected: it was pressed in another workspace"]


def test_refusal_of_the_approval_function_is_recorded_with_its_reason(
    deployed: Deployed,
) -> None:
    _, work = deployed.post_and_queue(deployed.press("deny"))
    refusal = {"errorType": "RefusedError", "errorMessage": "already granted"}
    deployed.expect_asking(deployed.asks(work, "denied"), refusal, failed=True)

    assert deployed.call(work) == {"refused": "not_taken", "reply": "already granted"}
    assert deployed.refusals() == [("not_taken", "ada")]


@pytest.mark.filterwarnings("ignore:No application metrics")
def test_failure_of_the_approval_function_is_left_to_lambdas_retry(deployed: Deployed) -> None:
    _, work = deployed.post_and_queue(deployed.press())
    deployed.expect_asking(deployed.asks(work), {"errorType": "Sandbox.Timedout"}, failed=True)

    with pytest.raises(SourceUnavailableError):
        deployed.call(work)
    assert deployed.refusals() == []


def test_press_of_an_unknown_approval_request_is_not_retried(deployed: Deployed) -> None:
    _, work = deployed.post_and_queue(deployed.press(approval="f" * 32))

    assert deployed.call(work)["refused"] == "unknown"
    assert deployed.refusals() == []


@pytest.mark.filterwarnings("ignore:No application metrics")
def test_webhook_fails_without_its_secret(deployed: Deployed) -> None:
    secret = boto3.client("secretsmanager")
    secret.delete_secret(SecretId="quorum/slack", ForceDeleteWithoutRecovery=True)

    with pytest.raises(ChannelUnavailableError, match="quorum/slack"):
        deployed.post(deployed.press())


def test_warming_event_is_not_a_press(deployed: Deployed) -> None:
    assert deployed.call(WARMING) == {"warm": True}

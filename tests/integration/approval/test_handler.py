"""The wired function: opened, waited for, answered, expired; the token stays in the table."""

import json
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from functions.slack.queued_interaction import received
from local.fake_services import FakeTokenIssuer
from quorum.adapters.aws.s3_evidence_store import S3EvidenceStore
from quorum.adapters.dynamodb.decision_store import DynamoDBDecisionStore
from quorum.adapters.dynamodb.event_store import DynamoDBEventStore
from quorum.domain.errors import InvalidInputError, RefusedError
from quorum.domain.events import ApprovalAnswered, ApprovalRequested
from quorum.runtime.lambda_runtime import WARMING, utc_now
from tests.builders.approvals import PEOPLE, TEAM, ApprovalCase, frozen
from tests.builders.events import INCIDENT
from tests.builders.slack import SECRET, payload, request
from tests.integration.handlers import CONTEXT, load
from tests.integration.keys import create_key
from tests.integration.tables import create_table

TOKEN = "a-token-that-no-one-may-see"  # noqa: S105


class Deployed:
    """The function, a decision that needs approval, and the issuer that signs people in."""

    def __init__(
        self, patch: pytest.MonkeyPatch, issuer: FakeTokenIssuer, seconds: int = 600
    ) -> None:
        self.issuer = issuer
        self.store, desk = DynamoDBEventStore(create_table("events")), ApprovalCase()
        for event in desk.store.load(INCIDENT):
            self.store.append(event)
        decided = desk.decisions.find(INCIDENT, 1)
        assert decided is not None
        DynamoDBDecisionStore(create_table("decisions")).decide(decided)
        self.table, s3 = create_table("approvals"), boto3.client("s3")
        create_table("closings")
        create_table("executions")
        s3.create_bucket(Bucket="evidence")
        assert S3EvidenceStore(s3, "evidence").put_bundle(frozen()) == (desk.key, desk.digest)
        held = {"token": "xoxb-1", "channel": "C0QUORUM", "signing_secret": SECRET, "team": TEAM}
        boto3.client("secretsmanager").create_secret(
            Name="quorum/slack", SecretString=json.dumps(held)
        )
        self.module: ModuleType = load(
            patch,
            "approval",
            EVENTS_TABLE="quorum-test-events",
            APPROVALS_TABLE="quorum-test-approvals",
            DECISIONS_TABLE="quorum-test-decisions",
            CLOSINGS_TABLE="quorum-test-closings",
            EXECUTIONS_TABLE="quorum-test-executions",
            EVIDENCE_BUCKET="evidence",
            PEOPLE=PEOPLE.compact(),
            CHANNEL_SECRETS='{"slack": "quorum/slack"}',
            TOKEN_ISSUER=issuer.url,
            TOKEN_CLIENT="laptop",  # noqa: S106 - a name
            APPROVAL_SECONDS=str(seconds),
            SIGNING_KEY=create_key(),
        )
        self.stub = Stubber(self.module.approvals.tokens._client)
        self.stub.activate()

    def call(self, operation: str, **fields: Any) -> Any:
        """Invoke the function."""
        return self.module.lambda_handler({"operation": operation, **fields}, CONTEXT)

    def answer(self, asked: str, answer: str, by: str = "ann") -> Any:
        """Answer with a token of this person's."""
        proof = {"kind": "token", "token": self.issuer.token(f"s-{by}")}
        return self.call("answer", approval_id=asked, answer=answer, proof=proof)

    def ask(self) -> str:
        """Open the approval request; return its id."""
        answer = self.call("open", incident_id=INCIDENT, round=1)
        return str(answer["approval_id"])

    def wait(self, asked: str) -> Any:
        """Have the state machine wait."""
        return self.call("wait", incident_id=INCIDENT, approval_id=asked, task_token=TOKEN)

    def expect(self, answer: str) -> None:
        """Expect this result to be sent to the state machine."""
        output = json.dumps({"answer": answer})
        self.stub.add_response("send_task_success", {}, {"taskToken": TOKEN, "output": output})


@pytest.fixture
def issuer() -> Iterator[FakeTokenIssuer]:
    with FakeTokenIssuer() as found:
        yield found


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch, issuer: FakeTokenIssuer) -> Iterator[Deployed]:
    made = Deployed(monkeypatch, issuer)
    yield made
    made.stub.assert_no_pending_responses()


def test_grant_resumes_the_state_machine(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = deployed.ask()
    deployed.wait(asked)
    deployed.expect("granted")

    answer = deployed.answer(asked, "granted")

    assert answer == {"answer": "granted"}
    *_, question, answered = deployed.store.load(INCIDENT)
    assert isinstance(question, ApprovalRequested)
    assert isinstance(answered, ApprovalAnswered)
    out = capsys.readouterr()
    assert '"Approval_granted"' in out.out
    assert TOKEN not in out.out + out.err + str(deployed.store.load(INCIDENT))
    assert deployed.table.scan()["Items"][0]["task_tokens"] == [TOKEN]


def test_an_answer_before_the_wait_is_passed_on_by_the_wait(deployed: Deployed) -> None:
    asked = deployed.ask()
    deployed.answer(asked, "denied")
    deployed.expect("denied")

    assert deployed.wait(asked) == {"state": "denied"}


def test_a_second_answer_is_refused_and_counted(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = deployed.ask()
    deployed.answer(asked, "denied")

    with pytest.raises(RefusedError, match="already denied"):
        deployed.answer(asked, "granted", "bob")

    assert '"ApprovalAnswersRefused"' in capsys.readouterr().out
    assert deployed.call("expire", incident_id=INCIDENT, approval_id=asked) == {"answer": "denied"}


def test_expired_approval_request_takes_no_answer(
    monkeypatch: pytest.MonkeyPatch, issuer: FakeTokenIssuer
) -> None:
    deployed = Deployed(monkeypatch, issuer, seconds=0)
    asked = deployed.ask()

    with pytest.raises(RefusedError, match="expired"):
        deployed.answer(asked, "granted")

    assert deployed.call("expire", incident_id=INCIDENT, approval_id=asked) == {"answer": "expired"}


def test_a_press_is_verified_with_the_channels_secret(deployed: Deployed) -> None:
    asked = deployed.ask()
    content = payload("deny", "U0BOB", asked)
    content["actions"][0]["block_id"] = f"{INCIDENT}:{asked}"

    def proof(secret: str, **changes: Any) -> dict[str, Any]:
        sent = received(request({**content, **changes}, utc_now(), secret=secret))
        return {"kind": "press", "sent": sent.model_dump()}

    denied = {"approval_id": asked, "answer": "denied"}
    with pytest.raises(RefusedError, match="not signed by Slack"):
        deployed.call("answer", proof=proof("f" * 32), **denied)
    with pytest.raises(RefusedError, match="another workspace"):
        deployed.call("answer", proof=proof(SECRET, team={"id": "T0OTHER"}), **denied)
    assert deployed.call("answer", proof=proof(SECRET), **denied) == {"answer": "denied"}
    answered = deployed.store.load(INCIDENT)[-1]
    assert isinstance(answered, ApprovalAnswered)
    assert answered.by is not None
    assert (answered.by.outsider, answered.via) == ("bob", "slack")


@pytest.mark.filterwarnings("ignore:No application metrics")
def test_caller_without_proof_of_identity_is_refused(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = deployed.ask()
    granted = {"approval_id": asked, "answer": "granted"}
    with pytest.raises(InvalidInputError, match="by"):
        deployed.call("answer", by="ann", via="console", **granted)
    with FakeTokenIssuer() as own:
        forged = {"kind": "token", "token": own.token("s-ann", iss=deployed.issuer.url)}
    with pytest.raises(InvalidInputError, match="not genuine"):
        deployed.call("answer", proof=forged, **granted)
    expired = {"kind": "token", "token": deployed.issuer.token("s-ann", exp=1)}
    with pytest.raises(RefusedError, match="expired"):
        deployed.call("answer", proof=expired, **granted)
    out = capsys.readouterr()
    assert forged["token"] not in out.out + out.err
    assert not [f for f in deployed.store.load(INCIDENT) if isinstance(f, ApprovalAnswered)]


def test_warming_event_makes_no_approval_request(deployed: Deployed) -> None:
    assert deployed.module.lambda_handler(WARMING, CONTEXT) == {"warm": True}
    assert deployed.table.scan()["Items"] == []

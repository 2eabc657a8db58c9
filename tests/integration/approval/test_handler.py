"""The wired function: asked, waited for, answered, expired; the token stays in the table."""

import json
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from botocore.stub import Stubber

from functions.shared.adapters.dynamodb_event_store import DynamoDBEventStore
from functions.shared.domain.errors import RefusedError
from functions.shared.domain.events import ApprovalAnswered, ApprovalRequested
from functions.shared.runtime import WARMING
from tests.integration.communication.wiring import CONTEXT, load
from tests.integration.keys import create_key
from tests.integration.tables import create_table
from tests.unit.approval.questions import INCIDENT, Desk

TOKEN = "a-token-that-nobody-may-see"  # noqa: S105


class Deployed:
    """The function, and a decision that wants a person."""

    def __init__(self, patch: pytest.MonkeyPatch, seconds: int = 600) -> None:
        self.store = DynamoDBEventStore(create_table("events"))
        for fact in Desk().store.load(INCIDENT):
            self.store.append(fact)
        self.table = create_table("approvals")
        self.module: ModuleType = load(
            patch,
            "approval",
            EVENTS_TABLE="quorum-test-events",
            APPROVALS_TABLE="quorum-test-approvals",
            APPROVAL_SECONDS=str(seconds),
            SIGNING_KEY=create_key(),
        )
        self.stub = Stubber(self.module.approvals.tokens._client)
        self.stub.activate()

    def call(self, operation: str, **fields: Any) -> Any:
        """Invoke the function."""
        return self.module.lambda_handler({"operation": operation, **fields}, CONTEXT)

    def ask(self) -> str:
        """Ask; return the approval's id."""
        answer = self.call("open", incident_id=INCIDENT, round=1)
        return str(answer["approval_id"])

    def wait(self, asked: str) -> Any:
        """Have the state machine wait."""
        return self.call("wait", incident_id=INCIDENT, approval_id=asked, task_token=TOKEN)

    def expect(self, answer: str) -> None:
        """Expect that the state machine is told this."""
        output = json.dumps({"answer": answer})
        self.stub.add_response("send_task_success", {}, {"taskToken": TOKEN, "output": output})


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployed]:
    made = Deployed(monkeypatch)
    yield made
    made.stub.assert_no_pending_responses()


def test_a_grant_lets_the_state_machine_go_on(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = deployed.ask()
    deployed.wait(asked)
    deployed.expect("granted")

    answer = deployed.call("answer", approval_id=asked, answer="granted", by="ann")

    assert answer == {"answer": "granted"}
    *_, question, answered = deployed.store.load(INCIDENT)
    assert isinstance(question, ApprovalRequested)
    assert isinstance(answered, ApprovalAnswered)
    out = capsys.readouterr()
    assert '"Approval_granted"' in out.out
    assert TOKEN not in out.out + out.err + str(deployed.store.load(INCIDENT))
    assert deployed.table.scan()["Items"][0]["task_token"] == TOKEN


def test_an_answer_before_the_wait_is_passed_on_by_the_wait(deployed: Deployed) -> None:
    asked = deployed.ask()
    deployed.call("answer", approval_id=asked, answer="denied", by="ann")
    deployed.expect("denied")

    assert deployed.wait(asked) == {"state": "denied"}


def test_a_second_answer_is_refused_and_counted(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = deployed.ask()
    deployed.call("answer", approval_id=asked, answer="denied", by="ann")

    with pytest.raises(RefusedError, match="already denied"):
        deployed.call("answer", approval_id=asked, answer="granted", by="bob")

    assert '"ApprovalAnswersRefused"' in capsys.readouterr().out
    assert deployed.call("expire", incident_id=INCIDENT, approval_id=asked) == {"answer": "denied"}


def test_after_its_end_a_question_takes_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    deployed = Deployed(monkeypatch, seconds=0)
    asked = deployed.ask()

    with pytest.raises(RefusedError, match="expired"):
        deployed.call("answer", approval_id=asked, answer="granted", by="ann")

    assert deployed.call("expire", incident_id=INCIDENT, approval_id=asked) == {"answer": "expired"}


def test_a_warming_event_asks_nothing(deployed: Deployed) -> None:
    assert deployed.module.lambda_handler(WARMING, CONTEXT) == {"warm": True}
    assert deployed.table.scan()["Items"] == []

"""An incident with an approval request, and the approval function."""

from datetime import timedelta
from typing import Any, Final, Literal

from functions.approval.approvals import Approvals
from functions.approval.authentication import Authenticator
from functions.approval.trusted_records import TrustedRecords
from functions.slack.queued_interaction import received
from quorum.domain.events import ActionRefused, ApprovalAnswered, ApprovalGiven, ApprovalRequested
from quorum.domain.evidence import Bundle, Candidate
from quorum.domain.grants import APPROVER
from quorum.domain.people import People
from quorum.domain.slack_interactions import SlackApp
from tests.builders.bundles import bundle
from tests.builders.candidates import PARAMETERS, REDRIVE, ROLLBACK, candidate
from tests.builders.events import INCIDENT
from tests.builders.incidents import IncidentStores
from tests.builders.slack import SECRET, payload, request
from tests.fakes.channels import InMemoryTaskTokens
from tests.fakes.signing import InMemorySigner
from tests.fakes.tokens import OURS, InMemoryTokens

SECONDS: Final = 600
OTHER: Final = candidate(parameters={**PARAMETERS, "to_version": "2"})
RISKY: Final = REDRIVE
ACTION: Final = ROLLBACK.id
PEOPLE: Final = People.model_validate(
    [
        {
            "id": "ann",
            "name": "Ann",
            "email": "ann@example.com",
            "subject": "s-ann",
            "slack": "U0ANN",
            "roles": ["senior_sre"],
        },
        {"id": "bob", "name": "Bob", "subject": "s-bob", "slack": "U0BOB", "roles": ["senior_sre"]},
        {"id": "vic", "name": "Vic", "subject": "s-vic", "slack": "U0VIC", "roles": ["viewer"]},
    ]
)
TEAM, APP = "T9TK3CUKW", "AABA1ABCD"


class ApprovalCase(IncidentStores):
    """An incident and the approval function; `action` is the decided one."""

    def __init__(self, action: str | None = ACTION, bundle: Bundle | None = None) -> None:
        super().__init__()
        self.tokens, self.signer = InMemoryTaskTokens(), InMemorySigner(APPROVER)
        subjects = {person.id: person.subject for person in PEOPLE}
        self.signed_in = InMemoryTokens({**subjects, "a stranger's": "s-eve"}, self.clock)
        self.slack: SlackApp | None = SlackApp(SECRET, TEAM, APP)
        self.write_opening()
        self.key, self.digest = self.evidence.put_bundle(bundle or frozen())
        self.freeze()
        self.decided(action)

    def freeze(self, *candidates: Candidate) -> None:
        """Record frozen evidence; the log may list other candidates than the bundle."""
        listed = candidates or (ROLLBACK, OTHER, RISKY)
        self.write_evidence(self.evidence.get_bundle(self.digest), candidates=listed)

    def decided(
        self, action: str | None = ACTION, round_: int = 1, *, by_consensus: bool = True
    ) -> None:
        """Record a round's decision, and store it unless it is forged."""
        again = self.evidence.put_bundle(frozen(round_=round_))[1]
        evidence = self.digest if round_ == 1 else again
        self.write_decision(stored=by_consensus, action=action, round=round_, evidence=evidence)

    def refused(self, *, person_may: bool) -> None:
        """Record a refusal of the executor; `person_may`: an approval lifts it."""
        said = {"action": ACTION, "guard": "storm", "reason": "five incidents"}
        self.add(ActionRefused, **said, person_may=person_may)

    def executed(self, operation: Literal["act", "undo"], state: str = "done") -> None:
        """Have the executor note what it does."""
        self.put_execution(operation, state=state)

    def call(self, operation: str, **fields: Any) -> dict[str, Any]:
        """Call a fresh environment of the function."""
        slack = self.slack
        approvals = Approvals(
            self.recorder,
            self.records(),
            Authenticator(
                PEOPLE, self.signed_in, OURS, (lambda: slack) if slack else None, self.clock
            ),
            self.approvals,
            self.tokens,
            self.signer,
            self.clock,
            SECONDS,
        )
        return approvals.handle({"operation": operation, **fields})

    def records(self) -> TrustedRecords:
        """Return the records that the function relies on."""
        return TrustedRecords(self.decisions, self.evidence, self.closings, self.ledger)

    def open(self, round_: int = 1) -> str:
        """Open the approval request; return its id."""
        return str(self.call("open", incident_id=INCIDENT, round=round_)["approval_id"])

    def wait(self, approval_id: str, token: str = "token") -> dict[str, Any]:  # noqa: S107
        """Have the state machine wait."""
        return self.call("wait", incident_id=INCIDENT, approval_id=approval_id, task_token=token)

    def answer(
        self, approval_id: str, answer: str = "granted", by: str = "ann", **more: Any
    ) -> dict[str, Any]:
        """Answer as a person, with their token unless `more` brings another proof."""
        fields = {"approval_id": approval_id, "answer": answer, "proof": token(by), **more}
        return self.call("answer", **fields)

    def pressed(
        self, approval_id: str, button: str = "approve", member: str = "U0ANN", **more: Any
    ) -> dict[str, Any]:
        """Return the proof of a press of one of the question's buttons; `more` changes it."""
        incident, secret = more.pop("incident", INCIDENT), more.pop("secret", SECRET)
        at = self.clock.now - timedelta(seconds=more.pop("ago", 0))
        content = payload(button, member, approval_id, **more)
        content["actions"][0]["block_id"] = f"{incident}:{approval_id}"
        sent = received(request(content, at, secret=secret))
        return {"kind": "press", "sent": sent.model_dump()}

    def expire(self, approval_id: str) -> dict[str, Any]:
        """Have the state machine give up."""
        return self.call("expire", incident_id=INCIDENT, approval_id=approval_id)

    def questions(self) -> list[ApprovalRequested]:
        """Return the ApprovalRequested events."""
        return self.facts(ApprovalRequested)

    def given(self) -> list[ApprovalGiven]:
        """Return the ApprovalGiven events: grants that were not enough."""
        return self.facts(ApprovalGiven)

    def answers(self) -> list[ApprovalAnswered]:
        """Return the ApprovalAnswered events."""
        return self.facts(ApprovalAnswered)


def token(by: str) -> dict[str, str]:
    """Return the proof of a person's token."""
    return {"kind": "token", "token": by}


def frozen(*candidates: Candidate, incident: str = INCIDENT, round_: int = 1) -> Bundle:
    """Return the evidence that the request rests on."""
    listed = candidates or (ROLLBACK, OTHER, RISKY)
    return bundle(incident_id=incident, round=round_, candidates=listed)

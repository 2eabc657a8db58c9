"""An API over stores in memory, with people, tokens, and incidents of the stories.

The approval function behind it is the real one; the executor is a stand-in that undoes or refuses.
"""

from typing import Any, Final

from functions.api.callers import Callers
from functions.api.console.aws_links import AwsConsole
from functions.api.dependencies import ApiDependencies
from functions.api.routes.application import Application
from functions.approval.approvals import Approvals
from functions.approval.authentication import Authenticator
from functions.approval.trusted_records import TrustedRecords
from functions.projection.view import view
from quorum.application.equivocation import Suspensions
from quorum.domain.autonomy import Rule
from quorum.domain.commands import Execute
from quorum.domain.events import (
    ActionUndone,
    ApprovalAnswered,
    ApprovalRequested,
    UndoRefused,
)
from quorum.domain.people import People
from quorum.narrative import actions
from tests.builders.candidates import RAISE, ROLLBACK
from tests.builders.incident_logs import Log
from tests.fakes.breaker_store import InMemoryBreakerStore
from tests.fakes.channels import InMemoryTaskTokens
from tests.fakes.control_log import InMemoryControlLog
from tests.fakes.controls import InMemoryControls
from tests.fakes.coverage_store import InMemoryCoverageStore
from tests.fakes.functions import InMemoryAnswering
from tests.fakes.gateway import Gateway, Reply
from tests.fakes.incident_books import InMemoryStopSwitch
from tests.fakes.memory import InMemoryMemory
from tests.fakes.read_model import InMemoryReadModel
from tests.fakes.signing import InMemorySigner, InMemoryVerifier
from tests.fakes.tokens import OURS, InMemoryTokens

PEOPLE: Final = People.model_validate(
    [
        {"id": "ada", "name": "Ada", "subject": "s-ada", "roles": ["senior_sre"]},
        {"id": "bob", "name": "Bob", "subject": "s-bob", "roles": ["senior_sre"]},
        {"id": "eve", "name": "Eve", "subject": "s-eve", "roles": ["viewer"]},
        {"id": "dan", "name": "Dan", "email": "dan@example.com", "roles": ["viewer"]},
    ]
)
ADA, BOB, EVE = "ada's token", "bob's token", "eve's token"
TOKENS: Final = {ADA: "s-ada", BOB: "s-bob", EVE: "s-eve"}
RULES: Final = (
    Rule(verb=ROLLBACK.verb, resources=("lambda:*",), mode="autonomous"),
    Rule(verb=RAISE.verb, resources=("lambda:*",), mode="approve"),
)
SECONDS: Final = 900
AWS: Final = AwsConsole("aws", "eu-west-1", "123456789012")


class World:
    """Everything behind the API, to look into."""

    def __init__(self, log: Log, aws: AwsConsole | None = AWS) -> None:
        self.log = log
        self.views, self.ballots = InMemoryReadModel(), log.ballots
        self.memory, self.breakers = InMemoryMemory(), InMemoryBreakerStore()
        self.stop, self.coverage = InMemoryStopSwitch(), InMemoryCoverageStore()
        self.control_log, self.controls = InMemoryControlLog(), InMemoryControls()
        self.tokens = InMemoryTaskTokens()
        self.signed_in = InMemoryTokens(TOKENS, log.clock)
        self.inputs = TrustedRecords(log.decisions, log.evidence, log.closings, log.ledger)
        self.approvals = Approvals(
            log.recorder,
            self.inputs,
            Authenticator(PEOPLE, self.signed_in, OURS, None, log.clock),
            log.approvals,
            self.tokens,
            InMemorySigner("approval"),
            log.clock,
            SECONDS,
        )
        self.undo_refusal: str | None = None
        self.functions = InMemoryAnswering(
            {"approval": self.approvals.handle, "executor": self._execute}
        )
        self.project()
        self.deps = ApiDependencies(
            views=self.views,
            store=log.store,
            evidence=log.evidence,
            ballots=self.ballots,
            breakers=self.breakers,
            coverage=self.coverage,
            stop=self.stop,
            memory=self.memory,
            control_log=self.control_log,
            suspensions=Suspensions(self.controls, self.control_log),
            verifier=InMemoryVerifier(),
            functions=self.functions,
            approval="approval",
            executor="executor",
            callers=Callers(PEOPLE, self.signed_in, OURS, log.clock),
            rules=RULES,
            aws=aws,
            now=log.clock,
        )
        self.application = Application(self.deps)
        self.gateway = Gateway(self.application.answer)

    @classmethod
    def asking(cls) -> "World":
        """Return a world in which a person is asked about the rollback, and a task waits."""
        log = Log().open().freeze().decide(route="approve", score_bp=6600, reason="below")
        return cls(log).ask()

    def ask(self) -> "World":
        """Request an approval of the decided action, with a task that waits for the answer."""
        incident = {"incident_id": self.log.incident_id}
        asked = self.approvals.handle({"operation": "open", **incident, "round": 1})["approval_id"]
        waits = {"operation": "wait", **incident, "task_token": "token"}
        self.approvals.handle({**waits, "approval_id": asked})
        self.project()
        return self

    @property
    def question(self) -> str:
        """Return the id of what is asked."""
        return self.log.facts(ApprovalRequested)[-1].approval_id

    @property
    def answers(self) -> list[ApprovalAnswered]:
        """Return what was answered."""
        return self.log.facts(ApprovalAnswered)

    def get(self, path: str, token: str | None = ADA, **more: Any) -> Reply:
        """Read something."""
        return self.gateway.call("GET", path, token=token, **more)

    def post(self, step: str, token: str | None = ADA, **body: Any) -> Reply:
        """Write something about the incident."""
        path = f"/v1/incidents/{self.log.incident_id}/{step}"
        return self.gateway.call("POST", path, {"reason": "I know it", **body}, token=token)

    def put(self, control: str, token: str | None = ADA, **body: Any) -> Reply:
        """Set a control."""
        sent = {"reason": "I know it", **body}
        return self.gateway.call("PUT", f"/v1/controls/{control}", sent, token=token)

    def project(self) -> None:
        """Bring the read model to the log's head."""
        if self.log.events:
            self.show(self.log)

    def show(self, log: Log) -> None:
        """Put an incident into the read model, this world's own or another."""
        self.views.put(view(log.incident, actions(log.events)))

    def _execute(self, order: dict[str, Any]) -> dict[str, Any]:
        """Undo, unless `undo_refusal` holds a reason not to."""
        undo = Execute(operation="undo", incident_id=self.log.incident_id, round=1)
        assert order == undo.payload()
        if self.undo_refusal is None:
            self.log.add(ActionUndone, action=ROLLBACK.id, restored={}, request_id="r")
            return {"result": "undone"}
        self.log.add(UndoRefused, action=ROLLBACK.id, reason=self.undo_refusal)
        return {"result": "refused"}

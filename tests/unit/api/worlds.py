"""An API over stores in memory, with people, tokens, and incidents of the stories.

The approval function behind it is the real one; the executor is a stand-in that undoes or refuses.
"""

from typing import Any, Final

from functions.api.routes.application import Application
from functions.api.tools import Tools
from functions.approval.approvals import Approvals
from functions.projection.view import view
from functions.shared.domain.autonomy import Rule
from functions.shared.domain.events import (
    ActionUndone,
    ApprovalAnswered,
    ApprovalRequested,
    UndoRefused,
)
from functions.shared.domain.people import People
from functions.shared.narrative import actions
from functions.shared.striking import Suspensions
from tests.fakes.approval_book import InMemoryApprovalBook
from tests.fakes.ballot_box import InMemoryBallotBox
from tests.fakes.breaker_store import InMemoryBreakerStore
from tests.fakes.channels import InMemoryTaskTokens
from tests.fakes.control_log import InMemoryControlLog
from tests.fakes.controls import InMemoryControls
from tests.fakes.functions import InMemoryAnswering
from tests.fakes.gateway import Gateway, Reply
from tests.fakes.incident_books import InMemoryStopSwitch
from tests.fakes.memory import InMemoryMemory
from tests.fakes.read_model import InMemoryReadModel
from tests.fakes.signing import InMemorySigner, InMemoryVerifier
from tests.unit.narrative.stories import RAISE, ROLLBACK, Log

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


class World:
    """Everything behind the API, to look into."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.views, self.ballots = InMemoryReadModel(), InMemoryBallotBox()
        self.memory, self.breakers = InMemoryMemory(), InMemoryBreakerStore()
        self.stop = InMemoryStopSwitch()
        self.switched, self.controls = InMemoryControlLog(), InMemoryControls()
        self.tokens = InMemoryTaskTokens()
        self.approvals = Approvals(
            log.recorder,
            InMemoryApprovalBook(),
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
        self.tools = Tools(
            views=self.views,
            store=log.store,
            evidence=log.evidence,
            ballots=self.ballots,
            breakers=self.breakers,
            stop=self.stop,
            memory=self.memory,
            switched=self.switched,
            suspensions=Suspensions(self.controls, self.switched),
            verifier=InMemoryVerifier(),
            functions=self.functions,
            approval="approval",
            executor="executor",
            people=PEOPLE,
            rules=RULES,
            now=log.clock,
        )
        self.application = Application(self.tools, local=True)
        self.gateway = Gateway(self.application.answer, TOKENS)

    @classmethod
    def asking(cls) -> "World":
        """Return a world in which a person is asked about the rollback, and a task waits."""
        log = Log().open().freeze().decide(route="approve", score_bp=6600, reason="below")
        world = cls(log)
        opened = {"operation": "open", "incident_id": log.incident_id, "round": 1}
        asked = world.approvals.handle(opened)["approval_id"]
        waits = {"operation": "wait", "incident_id": log.incident_id, "task_token": "token"}
        world.approvals.handle({**waits, "approval_id": asked})
        world.project()
        return world

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
            self.views.put(view(self.log.incident, actions(self.log.events)))

    def _execute(self, order: dict[str, Any]) -> dict[str, Any]:
        """Undo, unless `undo_refusal` says why not."""
        assert order == {"operation": "undo", "incident_id": self.log.incident_id, "round": 1}
        if self.undo_refusal is None:
            self.log.add(ActionUndone, action=ROLLBACK.id, restored={}, request_id="r")
            return {"result": "undone"}
        self.log.add(UndoRefused, action=ROLLBACK.id, reason=self.undo_refusal)
        return {"result": "refused"}

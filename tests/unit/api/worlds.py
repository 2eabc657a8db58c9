"""An API over stores in memory, with people, tokens, and incidents of the stories."""

from typing import Final

from functions.api.routes.application import Application
from functions.api.tools import Tools
from functions.projection.view import view
from functions.shared.domain.autonomy import Rule
from functions.shared.domain.people import People
from functions.shared.narrative import actions
from tests.fakes.ballot_box import InMemoryBallotBox
from tests.fakes.breaker_store import InMemoryBreakerStore
from tests.fakes.gateway import Gateway
from tests.fakes.memory import InMemoryMemory
from tests.fakes.operations import InMemoryOperations
from tests.fakes.read_model import InMemoryReadModel
from tests.unit.narrative.stories import Log

PEOPLE: Final = People.model_validate(
    [
        {"id": "ada", "name": "Ada", "subject": "s-ada", "roles": ["senior_sre"]},
        {"id": "bob", "name": "Bob", "email": "bob@example.com", "roles": ["senior_sre"]},
        {"id": "eve", "name": "Eve", "subject": "s-eve", "roles": ["viewer"]},
    ]
)
ADA, EVE = "ada's token", "eve's token"
RULES: Final = (
    Rule(verb="lambda.rollback_alias", resources=("lambda:*",), mode="autonomous"),
    Rule(verb="lambda.raise_reserved_concurrency", resources=("lambda:*",), mode="approve"),
)


class World:
    """Everything behind the API, to look into."""

    def __init__(self, log: Log, *, local: bool = True) -> None:
        self.log = log
        self.views, self.ballots = InMemoryReadModel(), InMemoryBallotBox()
        self.memory, self.breakers = InMemoryMemory(), InMemoryBreakerStore()
        self.operations = InMemoryOperations(log.clock)
        self.project(log)
        self.application = Application(
            Tools(
                views=self.views,
                store=log.store,
                evidence=log.evidence,
                ballots=self.ballots,
                breakers=self.breakers,
                operations=self.operations,
                memory=self.memory,
                people=PEOPLE,
                rules=RULES,
                now=log.clock,
            ),
            local=local,
        )
        self.gateway = Gateway(self.application.answer, {ADA: "s-ada", EVE: "s-eve"})

    def project(self, log: Log) -> None:
        """Bring the read model to the log's head."""
        if log.events:
            self.views.put(view(log.incident, actions(log.events)))

"""An intruder's knowledge and calls: it has read everything, and every write is a call.

Items are made by the product's own adapters, on a client that keeps what it is asked to write and
leaves out the conditions: IAM cannot make a principal send them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from quorum.adapters.dynamodb.event_store import DynamoDBEventStore
from quorum.adapters.dynamodb.table import DynamoDBTable
from quorum.domain.catalogue import action_id
from quorum.domain.events import (
    GENESIS,
    INCIDENT_EVENT,
    IncidentEvent,
    event_digest,
)
from quorum.domain.evidence import Bundle, Candidate, Scalar
from tests.attacks.cloud.dynamodb import rows
from tests.attacks.cloud.expressions import Item
from tests.attacks.world import World


class Call(NamedTuple):
    """A call of a client, as boto3 names it."""

    service: str
    operation: str
    request: dict[str, Any]


@dataclass
class Pen:
    """A DynamoDB client that keeps what is written, without conditions."""

    calls: list[Call] = field(default_factory=list)

    def put_item(self, **request: Any) -> dict[str, Any]:
        """Keep it."""
        wanted = {name: request[name] for name in ("TableName", "Item")}
        self.calls.append(Call("dynamodb", "put_item", wanted))
        return {}

    def update_item(self, **request: Any) -> dict[str, Any]:
        """Keep it."""
        request.pop("ConditionExpression", None)
        self.calls.append(Call("dynamodb", "update_item", request))
        return {"Attributes": {}}

    def get_item(self, **_: Any) -> dict[str, Any]:
        """Find nothing."""
        return {}

    def query(self, **_: Any) -> dict[str, Any]:
        """Find nothing."""
        return {"Items": []}


class View:
    """The account in the eyes of an intruder, at one moment of a scene."""

    def __init__(self, world: World) -> None:
        self.world, self.state = world, world.state
        self.incident, self.old = world.incident, world.old
        self.pen = Pen()

    @cached_property
    def truth(self) -> Bundle:
        """Return the evidence of the incident, which may not be frozen yet."""
        assert self.world.scene is not None
        found = self.world.scene.bundle
        return found.model_copy(update={"incident_id": self.incident, "round": 1})

    @cached_property
    def log(self) -> list[IncidentEvent]:
        """Return the incident's events."""
        return self.log_of(self.incident)

    def log_of(self, incident: str) -> list[IncidentEvent]:
        """Return an incident's events, oldest first."""
        items = self.state.tables[self.named("events")].values()
        found = [i for i in items if i["incident_id"]["S"] == incident and "event" in i]
        found.sort(key=lambda item: int(item["version"]["N"]))
        return [INCIDENT_EVENT.validate_json(item["event"]["S"]) for item in found]

    def newest(self, kind: str, incident: str = "") -> Any:
        """Return the newest event of the kind, or None."""
        log = self.log_of(incident) if incident else self.log
        return next((fact for fact in reversed(log) if fact.type == kind), None)

    @property
    def wanted(self) -> Candidate:
        """Return the honest seats' choice: the decided action, or the first candidate."""
        decided = self.newest("DecisionMade")
        action = decided.action if decided else None
        return next((c for c in self.truth.candidates if c.id == action), self.truth.candidates[0])

    @property
    def other(self) -> Candidate:
        """Return an unwanted candidate of the same evidence."""
        return next(c for c in self.truth.candidates if c.id != self.wanted.id)

    @property
    def strange(self) -> Candidate:
        """Return an action that no evidence proposes."""
        parameters: dict[str, Scalar] = {
            "function": "payments",
            "from_units": 0,
            "to_units": 1,
        }
        verb = "lambda.raise_reserved_concurrency"
        return self.wanted.model_copy(
            update={
                "id": action_id(verb, parameters),
                "verb": verb,
                "resource": "lambda:payments",
                "parameters": parameters,
                "observed": {},
            }
        )

    def named(self, name: str) -> str:
        """Return the full name of something of Quorum's."""
        return self.world.account.named(name)

    def table(self, name: str) -> DynamoDBTable:
        """Return a table that only keeps what is written to it."""
        pen: Any = self.pen
        return DynamoDBTable(pen, self.named(name))

    def appended(self, kind: str, fields: dict[str, Any], incident: str = "") -> list[Call]:
        """Return the calls that append a forged event at the head of the log."""
        log = self.log_of(incident) if incident else self.log
        return self.put_facts([self._next(log, kind, fields, incident or self.incident)])

    def put_facts(self, facts: Sequence[IncidentEvent]) -> list[Call]:
        """Return the calls that put events at their versions, over any stored ones."""
        store = DynamoDBEventStore(self.table("events"))
        for fact in facts:
            store.append(fact)
        return self.pen.calls

    def rewritten(self, kind: str, **fields: Any) -> list[Call]:
        """Return the calls that put others in the place of the newest event and all later ones.

        `fields` replace the event's own; a `type` makes it an event of another kind.
        """
        fact = self.newest(kind)
        if fact is None:
            return []
        raw = fact.model_dump(mode="json")
        header = {name: raw[name] for name in ("incident_id", "version", "event_id", "occurred_at")}
        content = {**header, **fields} if "type" in fields else {**raw, **fields}
        chain = [_fact({**content, "previous": raw["previous"]})]
        for later in self.log[fact.version :]:
            said = {**later.model_dump(mode="json"), "previous": event_digest(chain[-1])}
            chain.append(_fact(said))
        return self.put_facts(chain)

    def items(self, table: str, incident: str) -> list[Item]:
        """Return the items of a table that are about an incident."""
        found = rows({table: self.state.tables[table]})
        return [item for _, _, item in found if incident in str(item)]

    def _next(
        self, log: Sequence[IncidentEvent], kind: str, fields: dict[str, Any], incident: str
    ) -> IncidentEvent:
        header = {
            "type": kind,
            "incident_id": incident,
            "version": len(log) + 1,
            "event_id": f"forged-{len(log) + 1}",
            "occurred_at": self.state.now.isoformat(),
            "previous": event_digest(log[-1]) if log else GENESIS,
        }
        return _fact({**header, **fields})


def _fact(content: dict[str, Any]) -> IncidentEvent:
    return INCIDENT_EVENT.validate_python(content)

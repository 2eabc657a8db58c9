"""Forged items: every table of the templates, for each principal that may write it.

For each table: its items about the incident emptied, deleted, or those of the old incident put in
their place; and, made by the product's own adapters, those that an intruder would want there.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from quorum.adapters.dynamodb.approval_store import DynamoDBApprovalStore
from quorum.adapters.dynamodb.closing_store import DynamoDBClosingStore
from quorum.adapters.dynamodb.decision_store import DynamoDBDecisionStore
from quorum.adapters.dynamodb.execution_ledger import DynamoDBExecutionLedger
from quorum.adapters.dynamodb.opening_store import DynamoDBOpeningStore
from quorum.adapters.dynamodb.verdict_store import DynamoDBVerdictStore
from quorum.domain.approvals import Approval, approval_id
from quorum.domain.breaker_state import BreakerState
from quorum.domain.decisions import Decided
from quorum.domain.evidence import Candidate
from quorum.domain.executions import Execution
from quorum.domain.incident_records import AlarmEnding, Ending, Opening, TakenOver, Verified
from quorum.domain.seats import SEATS
from tests.attacks.cloud.dynamodb import Layout
from tests.attacks.primitive import Primitive
from tests.attacks.view import Call, View

FOR_EVER: Final = 4_000_000_000
Made = Callable[[View], object]


def _put(table: str, **item: Any) -> Made:
    """Return putting one item."""
    return lambda view: view.table(table).put_item(Item=item)


def _fence(view: View, candidate: Candidate, **fields: Any) -> Execution:
    return Execution(
        incident_id=view.incident,
        operation="act",
        action=candidate.id,
        resource=candidate.resource,
        started_at=view.state.now.timestamp(),
        candidate=candidate,
        captured={"target": "mine"},
        request_id="r",
        **fields,
    )


def _fenced(candidate: Callable[[View], Candidate], **fields: Any) -> Made:
    def put(view: View) -> object:
        ledger = DynamoDBExecutionLedger(view.table("executions"), lambda: view.state.now)
        return ledger.fence(_fence(view, candidate(view), **fields))

    return put


def _verified(verdict: Any) -> Made:
    def put(view: View) -> object:
        return [
            DynamoDBVerdictStore(view.table("verifications")).put(
                Verified(
                    incident_id=view.incident,
                    mode=mode,
                    action=view.wanted.id if mode == "action" else "",
                    verdict=verdict,
                    verified_at=view.state.now.timestamp(),
                )
            )
            for mode in ("action", "dismissal")
        ]

    return put


def _ended(outcome: Any) -> Made:
    def put(view: View) -> object:
        at = view.state.now.timestamp()
        ending = Ending(incident_id=view.incident, outcome=outcome, ended_at=at)
        return DynamoDBClosingStore(view.table("closings")).put(ending)

    return put


def _calm(view: View) -> None:
    """Have the alarm's last end be long ago."""
    alarm = view.truth.alarms[0].arn
    ending = AlarmEnding(alarm=alarm, incident_id=view.old, ended_at=1.0)
    DynamoDBClosingStore(view.table("closings")).remember(ending)


def _opened(view: View) -> object:
    opening = Opening(
        incident_id=view.incident,
        alarms=view.world.old_bundle.alarms,
        opened_at=view.state.now.timestamp(),
        flapping=False,
        storm=False,
    )
    return DynamoDBOpeningStore(view.table("openings"), lambda: view.state.now).put(opening)


def _granted(candidate: Callable[[View], Candidate]) -> Made:
    """Return a question that two invented people granted, without a signature."""

    def put(view: View) -> object:
        decision = view.newest("DecisionMade")
        if decision is None:
            return None
        approval = Approval(
            approval_id=approval_id(decision),
            incident_id=view.incident,
            action=view.wanted.id,
            task_token="t",  # noqa: S106 - no secret
            expires_at=view.state.now.timestamp() + 600,
            state="granted",
            chosen=candidate(view).id,
            people=("eve", "mallory"),
            grants=("{}", "{}"),
        )
        return DynamoDBApprovalStore(view.table("approvals")).ask(approval)

    return put


def _taken(view: View) -> object:
    taken = TakenOver(
        incident_id=view.incident, by="eve", via="cli", reason="mine", at=view.state.now.timestamp()
    )
    return DynamoDBApprovalStore(view.table("approvals")).take_over(taken)


def _ordered(view: View) -> None:
    DynamoDBApprovalStore(view.table("approvals")).order_undo(view.incident, "{}")


def _decided(candidate: Callable[[View], Candidate]) -> Made:
    def put(view: View) -> object:
        mine = view.newest("DecisionMade") or view.newest("DecisionMade", view.old)
        frozen = view.newest("EvidenceFrozen")
        said = mine.model_dump(mode="json")
        if frozen is not None:
            said |= {"evidence": frozen.evidence}
        said |= {"incident_id": view.incident, "action": candidate(view).id, "route": "execute"}
        book = DynamoDBDecisionStore(view.table("decisions"))
        return book.decide(Decided(incident_id=view.incident, round=1, decision=said))

    return put


def _breaker(*names: str) -> Made:
    """Return opening breakers for ever."""
    state = BreakerState(phase="half_open", revision=9, epoch=9, probe_until=1e18)

    def put(view: View) -> object:
        return [
            view.table("operations").put_item(
                Item={
                    "id": f"breaker#{name}",
                    "revision": 9,
                    "phase": state.phase,
                    "state": state.model_dump_json(),
                }
            )
            for name in names
        ]

    return put


def _claims(prefix: str, **fields: Any) -> Made:
    """Return a claim on everything of the incident's alarms and resources."""

    def put(view: View) -> object:
        alarm = view.truth.alarms[0]
        later = int((view.state.now + timedelta(days=99)).timestamp()) * 1_000_000
        names = [alarm.arn, f"alarm:{alarm.arn}", *alarm.resources]
        return [
            view.table("operations").put_item(Item={"id": f"{prefix}{n}", "at": later, **fields})
            for n in names
        ]

    return put


def _struck(view: View) -> object:
    return [
        view.table("controls").put_item(
            Item={
                "kind": "suspended",
                "name": seat.name,
                "since": Decimal(1),
                "reason": "r",
                "proof": ["a", "b"],
                "mark": ["m"],
            }
        )
        for seat in SEATS
    ]


def _unrestricted(view: View) -> object:
    return [
        view.table("overrides").put_item(Item={"control": c, "version": 999, "change": "{}"})
        for c in ("modes", "seats", "stop")
    ]


LEASE_TO: Final = "f" * 32
MADE: Final[Mapping[str, Made]] = {
    "fence: a strange action was done": _fenced(lambda v: v.strange, state="done"),
    "fence: the wanted action was done": _fenced(lambda v: v.wanted, state="done"),
    "fence: it failed": _fenced(lambda v: v.wanted, state="failed"),
    "lease: of everything": lambda v: [
        v.table("executions").put_item(
            Item={"id": f"lease#{c.resource}", "holder": LEASE_TO, "until": FOR_EVER * 1_000_000}
        )
        for c in v.truth.candidates
    ],
    "verdict: failed": _verified("failed"),
    "verdict: recovered": _verified("recovered"),
    "end: resolved": _ended("resolved"),
    "end: escalated": _ended("escalated"),
    "end: of the alarm, long ago": _calm,
    "opening: no flapping, of the old alarm": _opened,
    "approval: granted, unsigned": _granted(lambda v: v.wanted),
    "approval: another granted, unsigned": _granted(lambda v: v.other),
    "approval: taken over": _taken,
    "approval: an unsigned order to undo": _ordered,
    "decision: execute": _decided(lambda v: v.wanted),
    "decision: another": _decided(lambda v: v.other),
    "breakers: of channels": _breaker("email", "slack", "pagerduty", "webhook"),
    "breakers: of models": _breaker(*(f"model-{seat.name}" for seat in SEATS)),
    "rates: used up": lambda v: [
        v.table("operations").put_item(
            Item={"id": f"rate#{name}", "free_at": FOR_EVER * 1_000_000, "expires": FOR_EVER}
        )
        for name in ("email", "slack", "pagerduty", "webhook")
    ],
    "seen: a later transition": _claims("seen#", incident_id=LEASE_TO),
    "open: held": _claims("open#", holder=LEASE_TO, until=FOR_EVER * 1_000_000),
    "closed: long ago": lambda v: v.table("operations").put_item(
        Item={"id": f"closed#{v.truth.alarms[0].arn}", "at": 1, "expires": FOR_EVER}
    ),
    "press: seen": _put("operations", id="press#x", expires=FOR_EVER),
    "stop: thrown": _put("stop", id="stop"),
    "stop: thrown, the old way": _put("operations", id="stop", reason="r"),
    "stop: lifted, the old way": _put("operations", id="stop", by="eve", at=1),
    "stop: a record that it was lifted": _put("stop", id="lifted#2099", reason="r", by="eve"),
    "controls: every seat suspended": _struck,
    "overrides: nothing restricted": _unrestricted,
}


def _written(made: Made) -> Callable[[View], list[Call]]:
    def calls(view: View) -> list[Call]:
        made(view)
        return view.pen.calls

    return calls


def _lifted(view: View) -> list[Call]:
    where = {"TableName": view.named("stop"), "Key": {"id": {"S": "stop"}}}
    return [Call("dynamodb", "delete_item", where)]


def _emptied(table: str) -> Callable[[View], list[Call]]:
    def calls(view: View) -> list[Call]:
        layout = view.world.account.services.dynamodb.layouts[table]
        return [
            Call("dynamodb", "put_item", {"TableName": table, "Item": _key(layout, item)})
            for item in view.items(table, view.incident)
        ]

    return calls


def _deleted(table: str) -> Callable[[View], list[Call]]:
    def calls(view: View) -> list[Call]:
        layout = view.world.account.services.dynamodb.layouts[table]
        return [
            Call("dynamodb", "delete_item", {"TableName": table, "Key": _key(layout, item)})
            for item in view.items(table, view.incident)
        ]

    return calls


def _replayed(table: str) -> Callable[[View], list[Call]]:
    """Return the old incident's items as if they were this one's."""

    def calls(view: View) -> list[Call]:
        texts = [(_named_anew(item, view)) for item in view.items(table, view.old)]
        return [Call("dynamodb", "put_item", {"TableName": table, "Item": i}) for i in texts]

    return calls


def _named_anew(item: Any, view: View) -> Any:
    """Return the item under the incident's key; what is signed stays what was signed."""
    return {
        name: {"S": value["S"].replace(view.old, view.incident)}
        if "S" in value and name != "envelope"
        else value
        for name, value in item.items()
    }


def _key(layout: Layout, item: Any) -> Any:
    return {name: item[name] for name in layout.key}


def forged_items(tables: Mapping[str, Layout]) -> Iterator[Primitive]:
    """Yield what can be done to the items of every table."""
    for name, made in MADE.items():
        yield Primitive(f"item {name}", _written(made))
    yield Primitive("item stop: lifted", _lifted)
    for table in tables:
        short = table.partition("-")[2].partition("-")[2]
        yield Primitive(f"items of {short}: emptied", _emptied(table))
        yield Primitive(f"items of {short}: deleted", _deleted(table))
        yield Primitive(f"items of {short}: the old incident's", _replayed(table))

"""Every item that a former commit wrote is read for what it was."""

from datetime import timedelta
from typing import Final

import pytest

from quorum.adapters.dynamodb.approval_store import DynamoDBApprovalStore
from quorum.adapters.dynamodb.ballot_box import DynamoDBBallotBox
from quorum.adapters.dynamodb.breaker_store import DynamoDBBreakerStore
from quorum.adapters.dynamodb.control_log import DynamoDBControlLog
from quorum.adapters.dynamodb.controls import DynamoDBControls
from quorum.adapters.dynamodb.decision_store import DynamoDBDecisionStore
from quorum.adapters.dynamodb.event_store import DynamoDBEventStore
from quorum.adapters.dynamodb.execution_ledger import DynamoDBExecutionLedger
from quorum.adapters.dynamodb.memory import DynamoDBMemory
from quorum.adapters.dynamodb.operations import DynamoDBOperations
from quorum.adapters.dynamodb.read_model import DynamoDBReadModel
from quorum.adapters.dynamodb.snapshot_store import DynamoDBSnapshotStore
from quorum.adapters.dynamodb.stop_switch import DynamoDBStopSwitch
from quorum.application.equivocation import Suspensions
from quorum.domain.ballot_validation import Admitted, verify_vote
from quorum.domain.catalogue import has_former_id
from quorum.domain.errors import RefusedError
from quorum.domain.events import INCIDENT_EVENT, DecisionMade
from quorum.domain.evidence import Candidate, require_round
from quorum.domain.grants import APPROVER, Grant
from quorum.domain.incident import replay
from quorum.domain.restrictions import restricted_mode
from quorum.domain.seats import SEATS
from quorum.domain.signed import Rejected, read_signed
from tests.former import ANNEX, SHOP, items, sample
from tests.integration.former.installation import THEN, evidence, objection, table

HOUR: Final = timedelta(hours=1)
BASKET: Final = "arn:aws:cloudwatch:us-east-1:000000000000:alarm:shop-basket-errors"
RESTORED: Final = "ssm.restore_parameter:507f87337ed4"
incidents = pytest.mark.parametrize("incident", [SHOP, ANNEX])


def decision(incident: str) -> DecisionMade:
    found = replay(DynamoDBEventStore(table("events", "waiting")).load(incident)).decision
    assert found is not None
    return found


@incidents
@pytest.mark.parametrize(("state", "closed"), [("waiting", False), ("ended", True)])
def test_former_log_is_complete_and_folds_to_its_former_state(
    incident: str,
    state: str,
    closed: bool,  # noqa: FBT001
) -> None:
    found = replay(DynamoDBEventStore(table("events", state)).load(incident))

    assert found.is_closed is closed
    assert found.approval is not None
    assert (found.answer is not None) is closed


def test_former_event_keeps_its_stored_form() -> None:
    """Otherwise the digest in the event after it would be another."""
    for item in items("ended", "events"):
        text = item["event"]["S"]
        assert INCIDENT_EVENT.dump_json(INCIDENT_EVENT.validate_json(text)).decode() == text


def test_former_openings_are_found_by_their_time() -> None:
    store = DynamoDBEventStore(table("events", "waiting"))

    assert {e.incident_id for e in store.opened_since(THEN - HOUR)} == {SHOP, ANNEX}


@incidents
def test_former_evidence_is_read_by_its_digest_and_has_the_decided_action(incident: str) -> None:
    made = decision(incident)
    found = require_round(evidence(made.evidence).get_bundle(made.evidence), incident, 1)
    (chosen,) = [c for c in found.candidates if c.id == made.action]

    assert has_former_id(chosen)
    assert not found.second_fault


@incidents
def test_former_decision_store_and_log_have_one_decision(incident: str) -> None:
    book = DynamoDBDecisionStore(table("decisions", "waiting")).find(incident, 1)
    said = decision(incident).model_dump(mode="json")

    assert book is not None
    assert {name: said[name] for name in book.decision if name in said} == {
        name: value for name, value in book.decision.items() if name in said
    }
    assert {"round", "evidence", "route", "action", "votes"} <= book.decision.keys()


@incidents
def test_former_votes_are_genuine(incident: str) -> None:
    certificate = decision(incident).certificate
    found = [verify_vote(text, SEATS, objection) for text in certificate]

    assert found
    assert [one for one in found if not isinstance(one, Admitted)] == []


@pytest.mark.parametrize("seat", ["diagnosis-change", "detection-signature"])
def test_former_ballot_is_read(seat: str) -> None:
    box = DynamoDBBallotBox(lambda name: table(f"votes-{name}", "waiting"))
    record = box.read(seat, SHOP, 1)

    assert record.ballot is not None
    assert record.ballot.vote.action == RESTORED
    assert len(record.signed_votes) == 1


def test_former_approval_request_takes_its_answer() -> None:
    book = DynamoDBApprovalStore(table("approvals", "waiting"))
    (approval_id,) = [
        i["approval_id"]["S"]
        for i in items("waiting", "approvals")
        if i["incident_id"]["S"] == SHOP
    ]
    asked = book.find(approval_id)

    assert asked is not None
    assert (asked.state, asked.incident_id, asked.action) == ("waiting", SHOP, RESTORED)
    assert asked.task_token
    granted = book.grant(approval_id, "operator", RESTORED, "signed")
    assert (granted.people, granted.grants) == (("operator",), ("signed",))
    assert book.answer(approval_id, "granted", "operator", "cli").state == "granted"
    with pytest.raises(RefusedError, match="already granted"):
        book.answer(approval_id, "denied", "second")


@incidents
def test_former_grant_keeps_its_binding(incident: str) -> None:
    (item,) = [i for i in items("ended", "approvals") if i["incident_id"]["S"] == incident]
    (text,) = (one["S"] for one in item["grants"]["L"])
    sealed = read_signed(text, Grant)
    made = decision(incident)

    assert not isinstance(sealed, Rejected)
    assert objection(APPROVER, sealed.statement.message(), sealed.signature) is None
    bundle = evidence(made.evidence).get_bundle(made.evidence)
    (chosen,) = [c for c in bundle.candidates if c.id == made.action]
    assert sealed.statement.binds(made, chosen)
    assert not sealed.statement.binds(made, other(bundle.candidates, chosen))


def other(candidates: tuple[Candidate, ...], chosen: Candidate) -> Candidate:
    """Return another action: other parameters under the same short id."""
    parameters = {**chosen.parameters, "from_version": 99}
    return next((c for c in candidates if c != chosen), chosen).model_copy(
        update={"id": chosen.id, "parameters": parameters}
    )


def test_former_fence_prevents_a_second_effect() -> None:
    ledger = DynamoDBExecutionLedger(table("executions", "rare", "ended"), lambda: THEN)
    done, begun = ledger.find(SHOP, "act"), ledger.find(ANNEX, "act")

    assert done is not None
    assert (done.state, done.written, done.candidate) == (
        "done",
        {"version": 3, "value_of": 1},
        None,
    )
    assert begun is not None
    assert (begun.state, begun.candidate) == ("started", None)
    assert ledger.fence(done.model_copy(update={"request_id": "another"})) == done
    assert SHOP in {effect.incident_id for effect in ledger.effects_since(THEN - HOUR)}


def test_former_lease_is_held() -> None:
    ledger = DynamoDBExecutionLedger(table("executions", "rare"), lambda: THEN)

    assert ledger.lease("ssm:shop-pricing-shelves", ANNEX, THEN + HOUR) == SHOP


def test_former_open_key_and_transition_are_stored() -> None:
    operations = DynamoDBOperations(table("operations", "waiting"), lambda: THEN)
    seen = operations.transition(BASKET)

    assert operations.holder("lambda:shop-basket") == SHOP
    assert operations.hold("lambda:shop-basket", ANNEX, THEN + HOUR) == SHOP
    assert seen is not None
    assert seen.incident_id == SHOP
    operations.release(SHOP, ["lambda:shop-basket"])
    assert operations.holder("lambda:shop-basket") is None


def test_former_stop_switch_stays_set_until_lifted() -> None:
    former = table("operations", "waiting")
    stop = DynamoDBStopSwitch(table("stop"), former)

    assert stop.thrown() == "an upgrade"
    stop.lift("all is well", "operator", THEN)
    assert stop.thrown() is None
    assert former.get_item(Key={"id": "stop"}).get("Item") is None


def test_lifted_former_stop_switch_does_not_stop() -> None:
    assert DynamoDBStopSwitch(table("stop"), table("operations", "ended")).thrown() is None


def test_lifted_former_stop_switch_can_be_set_again() -> None:
    stop = DynamoDBStopSwitch(table("stop"), table("operations", "ended"))
    stop.throw("again", "operator", THEN)

    assert stop.thrown() == "again"


def test_former_restrictions_apply() -> None:
    newest = DynamoDBControlLog(table("overrides", "waiting")).newest("modes")

    assert newest is not None
    modes = [
        restricted_mode((), newest.modes, "ssm.restore_parameter", resource)
        for resource in ("ssm:shop-pricing-shelves", "ssm:elsewhere")
    ]
    assert [(r.verb, r.resource, r.mode) for r in newest.modes] == [
        ("ssm.restore_parameter", "ssm:shop-*", "approve")
    ]
    assert modes == ["shadow", "shadow"]  # nothing is opted in here


def test_former_restrictions_of_every_accepted_shape_are_read() -> None:
    """Unread, they would hold back everything: no decision could be made."""
    log = DynamoDBControlLog(table("overrides", "rare"))
    newest = log.newest("modes")

    assert newest is not None
    assert [r.resource for r in newest.modes] == [
        "ssm:shop/prices",
        "ssm:shop-*",
        "sqs:shop-*",
        "lambda:shop-?asket",
        "lambda:*",
    ]
    assert [change.version for change in log.recent("stop", 5)] == [1]
    assert [change.version for change in log.recent("seats", 5)] == [1]


def suspensions() -> Suspensions:
    return Suspensions(
        DynamoDBControls(table("controls", "rare")), DynamoDBControlLog(table("overrides", "rare"))
    )


def test_former_suspension_holds_and_a_former_reinstatement_too() -> None:
    assert set(suspensions().in_force()) == {"diagnosis-model"}


def test_former_reinstatement_counts_from_its_time() -> None:
    assert suspensions().reinstated_at() == {"prediction-model": 1795893450.0}


def test_former_open_breaker_is_open() -> None:
    state = DynamoDBBreakerStore(table("operations", "rare")).read("model")

    assert (state.phase, state.failures) == ("open", 5)


def test_former_views_memories_and_snapshots_are_read() -> None:
    views = DynamoDBReadModel(table("view", "waiting", "ended"))
    memory = DynamoDBMemory(table("memory", "ended"))
    book = DynamoDBSnapshotStore(table("inventory", "waiting"))

    assert {view.incident_id for view in views.by_status("closed", 9)} == {SHOP, ANNEX}
    assert {one.incident_id for one in memory.remembered(9)} == {SHOP, ANNEX}
    past = book.past("ssm:shop-pricing-shelves", THEN - HOUR)
    assert past.newest is not None
    assert [change.setting for change in past.changes] == ["shop-pricing-shelves"]


def test_every_former_table_is_tested_here() -> None:
    looked_at = {"approvals", "decisions", "events", "executions", "inventory", "memory"}
    looked_at |= {"operations", "overrides", "controls", "view"}
    held = {name for state in ("waiting", "ended", "rare") for name in sample(state)}

    assert {name for name in held if not name.startswith("votes-")} == looked_at

"""The contract of what holds until a person says otherwise."""

import pytest

from functions.shared.adapters.dynamodb_controls import DynamoDBControls
from functions.shared.domain.errors import RefusedError
from functions.shared.ports import Controls, Suspension
from tests.fakes import InMemoryControls
from tests.integration.adapters.samples import NOON
from tests.integration.tables import create_table

both = pytest.mark.parametrize("kind", ["in_memory", "dynamodb"])


def controls(kind: str) -> Controls:
    """Return the controls."""
    return InMemoryControls() if kind == "in_memory" else DynamoDBControls(create_table("controls"))


def suspension(*proof: str) -> Suspension:
    """Return a suspension of one seat."""
    return Suspension(seat="diagnosis-change", since=1.5, reason="test", proof=proof)


@both
def test_a_seat_stays_suspended_until_a_person_lifts_it(kind: str) -> None:
    held = controls(kind)
    assert held.suspended() == {}
    held.suspend(suspension("a", "b"))
    held.suspend(suspension("c", "d"))
    assert held.suspended() == {"diagnosis-change": suspension("a", "b")}
    held.lift("diagnosis-change", "ann", "key replaced", NOON)
    assert held.suspended() == {}
    with pytest.raises(RefusedError, match="not suspended"):
        held.lift("diagnosis-change", "ann", "again", NOON)


@both
def test_when_a_suspension_was_lifted_is_known_until_the_next(kind: str) -> None:
    held = controls(kind)
    held.suspend(suspension("a", "b"))
    assert held.lifted_at() == {}
    held.lift("diagnosis-change", "ann", "key replaced", NOON)
    assert held.lifted_at() == {"diagnosis-change": NOON.timestamp()}
    held.suspend(suspension("c", "d"))
    assert held.lifted_at() == {}


@both
def test_what_was_lifted_is_not_suspended_again_by_the_same_proof(kind: str) -> None:
    held = controls(kind)
    held.suspend(suspension("a", "b"))
    held.lift("diagnosis-change", "ann", "key replaced", NOON)
    held.suspend(suspension("a", "b"))
    assert held.suspended() == {}
    held.suspend(suspension("c", "d"))
    assert held.suspended() == {"diagnosis-change": suspension("c", "d")}
    held.lift("diagnosis-change", "ann", "key replaced", NOON)
    for known in (suspension("a", "b"), suspension("c", "d")):
        held.suspend(known)
    assert held.suspended() == {}
    held.suspend(suspension("a", "d"))
    assert held.suspended() == {"diagnosis-change": suspension("a", "d")}


def test_a_suspension_without_a_mark_can_be_lifted() -> None:
    table = create_table("controls")
    item = {"kind": "suspended", "name": "diagnosis-change", "since": 1, "reason": "old"}
    table.put_item(Item={**item, "proof": ["a", "b"]})
    held = DynamoDBControls(table)
    held.lift("diagnosis-change", "ann", "key replaced", NOON)
    assert held.suspended() == {}

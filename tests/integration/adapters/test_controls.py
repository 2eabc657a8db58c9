"""The newest suspension of each seat, and what people lifted, over both stores."""

from datetime import timedelta

import pytest

from quorum.adapters.dynamodb.control_log import DynamoDBControlLog
from quorum.adapters.dynamodb.controls import DynamoDBControls
from quorum.application.equivocation import Suspensions
from quorum.domain.suspensions import Suspension
from quorum.ports.voting import ControlLog, Controls
from tests.builders.people import lifted
from tests.fakes import START, InMemoryControls
from tests.fakes.control_log import InMemoryControlLog
from tests.integration.tables import create_table

SEAT = "diagnosis-change"
both = pytest.mark.parametrize("kind", ["in_memory", "dynamodb"])


def stores(kind: str) -> tuple[Controls, ControlLog]:
    """Return the suspensions, and what people changed."""
    if kind == "in_memory":
        return InMemoryControls(), InMemoryControlLog()
    overrides = DynamoDBControlLog(create_table("overrides"))
    return DynamoDBControls(create_table("controls")), overrides


def suspension(*proof: str) -> Suspension:
    """Return a suspension of one seat."""
    return Suspension(seat=SEAT, since=1.5, reason="test", proof=proof)


@both
def test_the_newest_suspension_of_a_seat_is_kept(kind: str) -> None:
    held, _ = stores(kind)
    assert held.suspended() == {}
    held.suspend(suspension("a", "b"))
    held.suspend(suspension("c", "d"))
    assert held.suspended() == {SEAT: suspension("c", "d")}


@both
def test_seat_stays_suspended_by_the_first_proof_until_reinstated(kind: str) -> None:
    controls, log = stores(kind)
    held = Suspensions(controls, log)
    held.suspend(suspension("a", "b"))
    held.suspend(suspension("c", "d"))
    assert held.in_force() == {SEAT: suspension("a", "b")}
    log.append(lifted(SEAT, suspension("a", "b").mark()))
    assert held.in_force() == {}


@both
def test_reinstated_seat_is_not_suspended_again_by_the_same_proof(kind: str) -> None:
    controls, log = stores(kind)
    held = Suspensions(controls, log)
    for version, proof in enumerate((("a", "b"), ("c", "d")), 1):
        held.suspend(suspension(*proof))
        assert held.in_force() == {SEAT: suspension(*proof)}
        log.append(lifted(SEAT, suspension(*proof).mark(), version=version))
    for proof in (("a", "b"), ("c", "d")):
        held.suspend(suspension(*proof))
        assert held.in_force() == {}
    held.suspend(suspension("a", "d"))
    assert held.in_force() == {SEAT: suspension("a", "d")}


@both
def test_time_of_a_seats_last_reinstatement_is_stored(kind: str) -> None:
    controls, log = stores(kind)
    held = Suspensions(controls, log)
    assert held.reinstated_at() == {}
    later = START + timedelta(hours=1)
    log.append(lifted(SEAT, "first", at=START))
    log.append(lifted(SEAT, "second", at=later, version=2))
    assert held.reinstated_at() == {SEAT: later.timestamp()}


@both
def test_reinstating_one_seat_reinstates_no_other(kind: str) -> None:
    controls, log = stores(kind)
    held = Suspensions(controls, log)
    held.suspend(suspension("a", "b"))
    log.append(lifted("diagnosis-model", suspension("a", "b").mark()))
    assert set(held.in_force()) == {SEAT}


OLD = {"kind": "suspended", "name": SEAT, "since": 1, "reason": "old", "proof": ["a", "b"]}
"""As an earlier version stored it, with or without what a person lifted."""


def test_suspension_of_an_earlier_version_holds_and_can_be_reinstated() -> None:
    table = create_table("controls")
    table.put_item(Item={**OLD, "mark": [suspension("a", "b").mark()]})
    log = InMemoryControlLog()
    held = Suspensions(DynamoDBControls(table), log)
    assert set(held.in_force()) == {SEAT}
    log.append(lifted(SEAT, held.in_force()[SEAT].mark()))
    assert held.in_force() == {}


def test_seat_reinstated_by_an_earlier_version_stays_reinstated() -> None:
    table = create_table("controls")
    marks = [suspension("a", "b").mark()]
    table.put_item(Item={**OLD, "lifted_at": START.isoformat(), "lifted_proofs": marks})
    held = Suspensions(DynamoDBControls(table), InMemoryControlLog())
    assert held.in_force() == {}
    held.suspend(suspension("a", "b"))
    assert held.in_force() == {}
    held.suspend(suspension("c", "d"))
    assert set(held.in_force()) == {SEAT}

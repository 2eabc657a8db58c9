"""The contracts of the stores with one writer: openings, endings, verdicts, the stop switch."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from quorum.adapters.dynamodb.approval_store import DynamoDBApprovalStore
from quorum.adapters.dynamodb.closing_store import DynamoDBClosingStore
from quorum.adapters.dynamodb.opening_store import DynamoDBOpeningStore
from quorum.adapters.dynamodb.stop_switch import DynamoDBStopSwitch
from quorum.adapters.dynamodb.verdict_store import DynamoDBVerdictStore
from quorum.domain.approvals import Approval
from quorum.domain.errors import StoreUnavailableError
from quorum.domain.incident_records import AlarmEnding, Ending, Opening, TakenOver, Verified
from quorum.ports.approvals import ApprovalStore
from quorum.ports.execution import StopSwitch, VerdictStore
from quorum.ports.log import ClosingStore, OpeningStore
from tests.builders.alarms import alarm
from tests.fakes import (
    START,
    FakeClock,
    InMemoryApprovalStore,
    InMemoryClosingStore,
    InMemoryOpeningStore,
    InMemoryStopSwitch,
    InMemoryVerdictStore,
)
from tests.integration.tables import create_table, table_named

A, B = "ab" * 16, "cd" * 16
AT = START.timestamp()
both = pytest.mark.parametrize("kind", ["in_memory", "dynamodb"])


def openings(kind: str) -> OpeningStore:
    """Return the book; the clock stands a day after the first opening."""
    if kind == "in_memory":
        return InMemoryOpeningStore()
    return DynamoDBOpeningStore(create_table("openings"), FakeClock(START + timedelta(days=1)))


def closings(kind: str) -> ClosingStore:
    """Return the book."""
    if kind == "in_memory":
        return InMemoryClosingStore()
    return DynamoDBClosingStore(create_table("closings"))


def verdicts(kind: str) -> VerdictStore:
    """Return the book."""
    if kind == "in_memory":
        return InMemoryVerdictStore()
    return DynamoDBVerdictStore(create_table("verifications"))


def switch(kind: str) -> StopSwitch:
    """Return the switch."""
    if kind == "in_memory":
        return InMemoryStopSwitch()
    return DynamoDBStopSwitch(create_table("stop"), create_table("operations"))


def approvals(kind: str) -> ApprovalStore:
    """Return the book."""
    if kind == "in_memory":
        return InMemoryApprovalStore()
    return DynamoDBApprovalStore(create_table("approvals"))


def opening(incident: str = A, *, seconds: float = 0, **changed: Any) -> Opening:
    """Return an opening so long after the start."""
    fields: dict[str, Any] = {
        "incident_id": incident,
        "alarms": (alarm(),),
        "opened_at": AT + seconds,
        "flapping": False,
        "storm": False,
    }
    return Opening(**{**fields, **changed})


@both
def test_an_incident_opens_once(kind: str) -> None:
    book = openings(kind)
    assert book.find(A) is None
    assert book.put(opening(flapping=True)) == opening(flapping=True)
    assert book.put(opening(flapping=False)) == opening(flapping=True)
    assert book.find(A) == opening(flapping=True)


@both
def test_alarms_that_join_follow_the_first_each_once_in_order_of_firing(kind: str) -> None:
    book = openings(kind)
    late, early = (
        alarm(name, fired_at=START + timedelta(seconds=at)) for name, at in (("z", 20), ("a", 40))
    )
    book.join(A, early)
    assert book.find(A) is None
    book.put(opening())
    for joined in (late, early, late, alarm()):
        book.join(A, joined)
    found = book.find(A)
    assert found is not None
    assert [one.name for one in found.alarms] == ["shop-checkout-errors", "z", "a"]


@both
def test_openings_since_a_time_are_found_across_midnight_oldest_first(kind: str) -> None:
    book = openings(kind)
    for incident, seconds in ((B, 80_000), (A, 10), ("ef" * 16, 5)):
        book.put(opening(incident, seconds=seconds))
    book.join(A, alarm("other"))
    assert [one.incident_id for one in book.since(START + timedelta(seconds=10))] == [A, B]


@both
def test_an_incident_ends_once(kind: str) -> None:
    book = closings(kind)
    first = Ending(incident_id=A, outcome="resolved", ended_at=AT)
    assert book.find(A) is None
    assert book.put(first) == first
    assert book.put(Ending(incident_id=A, outcome="escalated", ended_at=AT + 1)) == first
    assert book.find(A) == first
    assert book.find(B) is None


@both
def test_the_newest_end_of_an_alarm_is_kept(kind: str) -> None:
    book = closings(kind)
    old, new = (
        AlarmEnding(alarm="arn", incident_id=i, ended_at=AT + n) for i, n in ((A, 0), (B, 9))
    )
    assert book.of_alarm("arn") is None
    book.remember(new)
    book.remember(old)
    assert book.of_alarm("arn") == new


@both
def test_a_verdict_is_found_once_per_mode(kind: str) -> None:
    book = verdicts(kind)
    fields: dict[str, Any] = {"incident_id": A, "action": "a", "verified_at": AT}
    first = Verified(mode="action", verdict="recovered", **fields)
    assert book.find(A, "action") is None
    assert book.put(first) == first
    assert book.put(Verified(mode="action", verdict="failed", **fields)) == first
    assert book.find(A, "action") == first
    assert book.find(A, "dismissal") is None


@both
def test_first_take_over_of_an_incident_counts(kind: str) -> None:
    book = approvals(kind)
    ann, bob = (
        TakenOver(incident_id=A, by=by, via="cli", reason="mine", at=AT) for by in ("ann", "bob")
    )
    assert book.taken_over(A) is None
    assert book.take_over(ann) == ann
    assert book.take_over(bob) == ann
    assert book.taken_over(A) == ann


@both
def test_newest_undo_order_counts(kind: str) -> None:
    book = approvals(kind)
    assert book.undo_order(A) is None
    book.order_undo(A, "first")
    book.order_undo(A, "second")
    assert book.undo_order(A) == "second"


@both
def test_stop_switch_has_its_reason_until_it_is_lifted(kind: str) -> None:
    stop = switch(kind)
    assert stop.thrown() is None
    stop.throw("maintenance", "ann", START)
    assert stop.thrown() == "maintenance"
    stop.lift("done", "bob", START)
    assert stop.thrown() is None


@both
def test_stop_switch_without_a_reason_stops(kind: str) -> None:
    stop = switch(kind)
    stop.throw("", "ann", START)
    assert stop.thrown()


ODD: list[dict[str, Any]] = [
    {},
    {"reason": ""},
    {"reason": None},
    {"Reason": "why"},
    {"by": "ann"},
    {"reason": 0},
    {"reason": ["why"]},
    {"by": "ann", "at": 1},
]


@pytest.mark.parametrize("odd", ODD, ids=str)
def test_stop_item_stops_whatever_its_contents(odd: dict[str, Any]) -> None:
    table = create_table("stop")
    table.put_item(Item={"id": "stop", **odd})
    assert DynamoDBStopSwitch(table, create_table("operations")).thrown()


@pytest.mark.parametrize(
    ("item", "stops"),
    [
        ({"reason": "why", "by": "ann", "at": 1}, True),
        ({"reason": "", "by": "ann", "at": 1}, True),
        ({"by": "ann"}, True),
        ({}, True),
        ({"by": "ann", "at": 1}, False),
    ],
    ids=str,
)
def test_stop_switch_of_a_former_version_stops_until_it_is_lifted(
    item: dict[str, Any], *, stops: bool
) -> None:
    former = create_table("operations")
    former.put_item(Item={"id": "stop", **item})
    stop = DynamoDBStopSwitch(create_table("stop"), former)
    assert bool(stop.thrown()) is stops
    stop.lift("done", "ann", START)
    assert stop.thrown() is None


def test_stop_switch_keeps_its_reason_and_the_person_who_lifted_it() -> None:
    table = create_table("stop")
    stop = DynamoDBStopSwitch(table, create_table("operations"))
    stop.throw("maintenance", "ann", START)
    stop.lift("done", "bob", START)
    (record,) = table.scan()["Items"]
    assert (record["was"], record["reason"], record["by"]) == ("maintenance", "done", "bob")


CALLS: list[Callable[[StopSwitch], object]] = [
    lambda stop: stop.thrown(),
    lambda stop: stop.throw("why", "ann", START),
    lambda stop: stop.lift("why", "ann", START),
]


@pytest.mark.parametrize("call", CALLS)
def test_unreadable_stop_switch_raises_store_unavailable(
    call: Callable[[StopSwitch], object],
) -> None:
    with pytest.raises(StoreUnavailableError):
        call(DynamoDBStopSwitch(table_named("nowhere"), table_named("nowhere")))


@both
def test_each_number_has_a_verdict_of_its_own(kind: str) -> None:
    book = verdicts(kind)
    fields: dict[str, Any] = {"incident_id": A, "mode": "action", "verified_at": AT}
    first = Verified(action="a", verdict="failed", **fields)
    second = Verified(action="b", verdict="recovered", number=2, **fields)
    for verdict in (first, second):
        assert book.put(verdict) == verdict

    assert [book.find(A, "action", number) for number in (1, 2, 3)] == [first, second, None]
    assert book.find(A, "dismissal", 2) is None


@both
def test_the_requests_of_an_incident_are_found_in_the_order_of_asking(kind: str) -> None:
    book = approvals(kind)
    fields: dict[str, Any] = {"action": "a", "expires_at": AT}
    asked = [
        Approval(approval_id=name * 32, incident_id=A, round=round_, **fields)
        for round_, name in enumerate("ba", start=1)
    ]
    for approval in (*asked, *asked, Approval(approval_id="c" * 32, incident_id=B, **fields)):
        book.ask(approval)
    book.answer("a" * 32, "denied", "ann")

    found = book.of_incident(A)
    assert [(one.approval_id[0], one.round, one.is_denied) for one in found] == [
        ("b", 1, False),
        ("a", 2, True),
    ]
    assert book.of_incident("ef" * 16) == ()

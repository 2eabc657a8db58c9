"""Who may write what: facts are only added, and every claim has its own writers."""

import pytest

from quorum.domain.seats import SEATS
from tests.infrastructure.conftest import Synth
from tests.infrastructure.templates import grants

WRITES = ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems")
WRITERS = {
    "inventory": {"inventory", "evidence"},
    "view": {"projection"},
    "memory": {"learning"},
}
"""Of claims that guard no effect; what does is in the domain's table of trust."""


def test_nobody_may_change_or_delete_a_fact(synth: Synth) -> None:
    events = synth.named("events")
    writers = {}
    for role in synth.all("AWS::IAM::Role"):
        allowed = {g.action for g in grants(role) if f"table/{events}" in g.resource}
        writers[role.get("RoleName")] = {a.partition(":")[2] for a in allowed} & set(WRITES)
    assert set().union(*writers.values()) == {"PutItem"}
    seats = {synth.named(f"seat-{seat.name}") for seat in SEATS}
    assert not any(writers[seat] for seat in seats)


@pytest.mark.parametrize("table", sorted(WRITERS))
def test_a_claim_has_its_writers_and_no_others(table: str, synth: Synth) -> None:
    arn = f":table/{synth.named(table)}"
    found = {
        role["RoleName"]
        for role in synth.all("AWS::IAM::Role")
        for grant in grants(role)
        if grant.resource.endswith(arn) and grant.action.partition(":")[2] in WRITES
    }
    assert found == {synth.named(name) for name in WRITERS[table]}


def test_a_seat_sees_no_other_seats_votes(synth: Synth) -> None:
    for seat in SEATS:
        tables = {
            grant.resource.partition(":table/")[2]
            for grant in grants(synth.role(f"seat-{seat.name}"))
            if f"/{synth.named('votes-')}" in grant.resource
        }
        assert tables == {synth.named(f"votes-{seat.name}")}


def test_only_the_approval_function_answers_a_waiting_task(synth: Synth) -> None:
    """Others read what was approved, with the token beside it, and cannot use the token."""
    able: dict[str, set[str]] = {}
    for role in synth.all("AWS::IAM::Role"):
        for grant in grants(role):
            if f"table/{synth.named('approvals')}" in grant.resource:
                able.setdefault(grant.action, set()).add(role["RoleName"])
            if grant.action.startswith("states:SendTask"):
                able.setdefault(grant.action, set()).add(role["RoleName"])
    approval = synth.named("approval")
    names = ("approval", "closing", "communication", "consensus", "courier", "executor")
    readers = {synth.named(name) for name in names}
    assert able == {
        "dynamodb:GetItem": readers,
        "dynamodb:PutItem": {approval},
        "dynamodb:UpdateItem": {approval},
        "states:SendTaskSuccess": {approval},
    }


def test_nobody_throws_the_stop_switch_of_before_and_only_the_api_lifts_it(synth: Synth) -> None:
    operations = f":table/{synth.named('operations')}"
    for role in synth.all("AWS::IAM::Role"):
        for grant in grants(role):
            if grant.resource.endswith(operations):
                assert grant.keys, role["RoleName"]
                writes = grant.action.partition(":")[2] in WRITES
                touches = writes and any(_covers(key, "stop") for key in grant.keys)
                assert not touches or role["RoleName"] == synth.named("api")


def _covers(pattern: str, key: str) -> bool:
    return key.startswith(pattern.rstrip("*")) if pattern.endswith("*") else pattern == key

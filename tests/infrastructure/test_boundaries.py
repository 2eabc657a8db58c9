"""Writers of tables: events are append-only, and every other table has listed writers."""

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
"""Writers of tables that guard no action; those that do are in `quorum.domain.trust`."""


def test_no_role_may_change_or_delete_events(synth: Synth) -> None:
    events = synth.named("events")
    writers = {}
    for role in synth.all("AWS::IAM::Role"):
        allowed = {g.action for g in grants(role) if f"table/{events}" in g.resource}
        writers[role.get("RoleName")] = {a.partition(":")[2] for a in allowed} & set(WRITES)
    assert set().union(*writers.values()) == {"PutItem"}
    seats = {synth.named(f"seat-{seat.name}") for seat in SEATS}
    assert not any(writers[seat] for seat in seats)


@pytest.mark.parametrize("table", sorted(WRITERS))
def test_a_table_is_written_by_its_listed_writers_only(table: str, synth: Synth) -> None:
    arn = f":table/{synth.named(table)}"
    found = {
        role["RoleName"]
        for role in synth.all("AWS::IAM::Role")
        for grant in grants(role)
        if grant.resource.endswith(arn) and grant.action.partition(":")[2] in WRITES
    }
    assert found == {synth.named(name) for name in WRITERS[table]}


def test_a_seat_accesses_its_own_vote_table_only(synth: Synth) -> None:
    for seat in SEATS:
        tables = {
            grant.resource.partition(":table/")[2]
            for grant in grants(synth.role(f"seat-{seat.name}"))
            if f"/{synth.named('votes-')}" in grant.resource
        }
        assert tables == {synth.named(f"votes-{seat.name}")}


def test_only_the_approval_function_completes_a_waiting_task(synth: Synth) -> None:
    """Other functions read approvals, token included, but cannot use the token."""
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


def test_the_earlier_stop_switch_is_set_by_no_role_and_lifted_by_the_api_only(synth: Synth) -> None:
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

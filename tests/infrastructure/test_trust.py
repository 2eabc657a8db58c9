"""Stores that guard an action have one writer, and readers read only their listed inputs."""

import pytest

from quorum.domain.seats import SEATS
from quorum.domain.trust import INPUTS, STORES, Reader, Store, writer
from stacks.functions_table import ROWS
from tests.infrastructure.conftest import Synth
from tests.infrastructure.templates import grants

WRITES = frozenset(
    f"dynamodb:{operation}"
    for operation in (
        "PutItem",
        "UpdateItem",
        "DeleteItem",
        "BatchWriteItem",
        "TransactWriteItems",
        "PartiQLInsert",
        "PartiQLUpdate",
        "PartiQLDelete",
    )
) | {"s3:PutObject", "s3:DeleteObject"}
READERS: tuple[Reader, ...] = ("executor", "consensus", "approval")


def writers(store: Store, synth: Synth) -> set[str]:
    """Return the functions whose roles may write the store."""
    kind, _, name = store.key.partition(":")
    table = synth.named(f"votes-{name}" if kind == "votes" else name)
    end = f"/{name}/*" if kind == "objects" else f":table/{table}"
    return {
        str(role["RoleName"])
        for role in synth.all("AWS::IAM::Role")
        for grant in grants(role)
        if grant.action in WRITES and (grant.resource == "*" or grant.resource.endswith(end))
    }


@pytest.mark.parametrize("store", STORES, ids=lambda store: store.key)
def test_a_store_that_guards_an_action_has_one_writer(store: Store, synth: Synth) -> None:
    assert writers(store, synth) == {synth.named(store.writer)}


@pytest.mark.parametrize("reader", READERS)
def test_a_readers_permissions_are_its_listed_inputs(reader: Reader) -> None:
    """A new read permission without an entry in the table of inputs fails the build."""
    row = next(row for row in ROWS if row.name == reader)
    kinds = ("table:", "votes:", "objects:", "index:")
    may = {
        f"table:{permission.resource.partition(':')[2].partition('/')[0]}"
        if permission.resource.startswith("index:")
        else permission.resource
        for permission in row.permissions
        if permission.resource.startswith(kinds)
    }
    assert may == {one.store for one in INPUTS if one.reader == reader and one.store}


def test_inputs_that_decide_are_in_stores_with_one_writer() -> None:
    known = {store.key for store in STORES} | {"votes:all"}
    for one in INPUTS:
        if one.kind == "log":
            assert one.store in {"table:events", "table:operations"}, one.what
        elif one.store:
            assert one.store in known, one.what


def test_every_seat_has_its_own_vote_store() -> None:
    assert {writer(f"votes:{seat.name}") for seat in SEATS} == {f"seat-{s.name}" for s in SEATS}

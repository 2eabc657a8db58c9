"""The table of functions: complete, and bound where a table is shared."""

from pathlib import Path

import pytest

from quorum.domain.constants import ROLE_TIMES
from stacks.functions_table import CONSUMERS, ROWS, attempt_seconds
from stacks.rows.row import Row
from stacks.tables import TABLES

FOLDERS = {p.parent.name for p in Path("functions").glob("*/__init__.py")}


def test_every_folder_of_functions_is_deployed_and_nothing_else() -> None:
    assert {row.package for row in ROWS} == FOLDERS


def test_no_name_stands_twice() -> None:
    names = [row.name for row in ROWS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_need_on_a_table_is_on_one_that_exists(row: Row) -> None:
    tables = {table.name for table in TABLES}
    indexes = {f"{table.name}/{table.by.name}" for table in TABLES if table.by}
    for need in row.permissions:
        kind, _, name = need.resource.partition(":")
        assert kind != "table" or name in tables
        assert kind != "index" or name in indexes


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_claims_are_bound_to_their_keys(row: Row) -> None:
    shared = [need for need in row.permissions if need.resource == "table:operations"]
    assert all(need.keys and "*" not in need.keys for need in shared)


def test_everything_is_said_once() -> None:
    for row in ROWS:
        assert len(row.settings) == len(set(row.settings)), row.name


def test_messages_fit_into_the_canonical_time() -> None:
    assert 2 * attempt_seconds()["communication"] < ROLE_TIMES["communication"].maximum


def test_who_reads_a_stream_is_not_invoked_as_an_event() -> None:
    rows = {row.name: row for row in ROWS}
    assert not any(rows[name].asynchronous for name in CONSUMERS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_breaker_or_budget_is_written_by_what_it_protects_alone(row: Row) -> None:
    writes = [n for n in row.permissions if "dynamodb:PutItem" in n.actions]
    written = {key for n in writes for key in n.keys if key.startswith(("breaker#", "budget#"))}
    channels = {f"breaker#{name}" for name in ("slack", "pagerduty", "email", "webhook")}
    if row.name in {"communication", "courier"}:
        assert written == channels
    elif row.seat and any("model" in tier.domains for tier in row.seat.tiers):
        assert written == {f"breaker#model-{row.seat.name}", f"budget#model-{row.seat.name}"}
    else:
        assert written == set()

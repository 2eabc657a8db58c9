"""The functions table: complete, with limited permissions on shared tables."""

from pathlib import Path

import pytest

from quorum.domain.constants import ROLE_TIMES
from stacks.functions_table import CONSUMERS, ROWS, attempt_seconds
from stacks.rows.row import Row
from stacks.tables import TABLES

FOLDERS = {p.parent.name for p in Path("functions").glob("*/__init__.py")}


def test_every_function_folder_has_a_row() -> None:
    assert {row.package for row in ROWS} == FOLDERS


def test_row_names_are_unique() -> None:
    names = [row.name for row in ROWS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_permissions_refer_to_existing_tables(row: Row) -> None:
    tables = {table.name for table in TABLES}
    indexes = {f"{table.name}/{table.by.name}" for table in TABLES if table.by}
    for permission in row.permissions:
        kind, _, name = permission.resource.partition(":")
        assert kind != "table" or name in tables
        assert kind != "index" or name in indexes


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_permissions_on_the_operations_table_are_limited_to_keys(row: Row) -> None:
    shared = [one for one in row.permissions if one.resource == "table:operations"]
    assert all(one.keys and "*" not in one.keys for one in shared)


def test_settings_of_a_row_are_unique() -> None:
    for row in ROWS:
        assert len(row.settings) == len(set(row.settings)), row.name


def test_two_attempts_at_a_message_fit_into_the_roles_maximum() -> None:
    assert 2 * attempt_seconds()["communication"] < ROLE_TIMES["communication"].maximum


def test_stream_readers_are_not_asynchronous() -> None:
    rows = {row.name: row for row in ROWS}
    assert not any(rows[name].asynchronous for name in CONSUMERS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_breakers_and_budgets_are_written_only_by_their_users(row: Row) -> None:
    writes = [one for one in row.permissions if "dynamodb:PutItem" in one.actions]
    keys = [key for one in writes for key in one.keys]
    written = {key for key in keys if key.startswith(("breaker#", "budget#"))}
    channels = {f"breaker#{name}" for name in ("slack", "pagerduty", "email", "webhook")}
    if row.name in {"communication", "courier"}:
        assert written == channels
    elif row.seat and any("model" in tier.domains for tier in row.seat.tiers):
        assert written == {f"breaker#model-{row.seat.name}", f"budget#model-{row.seat.name}"}
    elif row.name == "evidence":
        assert written == {"breaker#memory"}
    else:
        assert written == set()

"""The tables as the stacks lay them out, for tests that need them in moto."""

from typing import Any, Final, Literal, NamedTuple

import boto3

from quorum.adapters.dynamodb.table import DynamoDBTable

Kind = Literal["S", "N"]
Column = tuple[str, Kind]


class Layout(NamedTuple):
    """A table's key and its indexes by name."""

    key: tuple[Column, ...]
    indexes: tuple[tuple[str, tuple[Column, ...]], ...] = ()


_BY_STATUS: Final = (("by-status", (("status", "S"), ("occurred_at", "S"))),)
LAYOUTS: Final[dict[str, Layout]] = {
    "events": Layout((("incident_id", "S"), ("version", "N")), _BY_STATUS),
    "votes": Layout((("incident_id", "S"), ("entry", "S"))),
    "overrides": Layout((("control", "S"), ("version", "N"))),
    "controls": Layout((("kind", "S"), ("name", "S"))),
    "decisions": Layout((("incident_id", "S"), ("round", "N"))),
    "executions": Layout((("id", "S"),), (("by-day", (("day", "S"), ("started_at", "N"))),)),
    "approvals": Layout((("approval_id", "S"),)),
    "operations": Layout((("id", "S"),)),
    "inventory": Layout((("resource", "S"), ("at", "N"))),
    "view": Layout((("incident_id", "S"),), _BY_STATUS),
    "memory": Layout((("incident_id", "S"),)),
    "knowledge": Layout((("shelf", "S"), ("entry", "S"))),
    "openings": Layout(
        (("incident_id", "S"), ("entry", "S")),
        (("by-day", (("day", "S"), ("opened_at", "N"))),),
    ),
    "closings": Layout((("id", "S"),)),
    "verifications": Layout((("incident_id", "S"), ("mode", "S"))),
    "stop": Layout((("id", "S"),)),
    "notifications": Layout((("incident_id", "S"), ("entry", "S"))),
}


def create_table(kind: str, name: str | None = None) -> DynamoDBTable:
    """Create the table of this layout in moto; its name is `quorum-test-<kind>` unless given."""
    layout = LAYOUTS[kind]
    columns = {*layout.key, *(column for _, key in layout.indexes for column in key)}
    table: dict[str, Any] = {
        "TableName": name or f"quorum-test-{kind}",
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": _schema(layout.key),
        "AttributeDefinitions": [
            {"AttributeName": column, "AttributeType": type_} for column, type_ in sorted(columns)
        ],
    }
    if layout.indexes:
        table["GlobalSecondaryIndexes"] = [
            {
                "IndexName": index,
                "KeySchema": _schema(key),
                "Projection": {"ProjectionType": "ALL"},
            }
            for index, key in layout.indexes
        ]
    client = boto3.client("dynamodb")
    client.create_table(**table)
    return DynamoDBTable(client, table["TableName"])


def table_named(name: str) -> DynamoDBTable:
    """Return the table of this name, which need not exist."""
    return DynamoDBTable(boto3.client("dynamodb"), name)


def _schema(key: tuple[Column, ...]) -> list[dict[str, str]]:
    return [
        {"AttributeName": column, "KeyType": kind}
        for (column, _), kind in zip(key, ("HASH", "RANGE"), strict=False)
    ]

"""Row of the HTTP API and the console."""

from typing import Final

from stacks.permissions import (
    READ_BUNDLE,
    READ_LOG,
    SEAT_KEYS,
    Permission,
    claims,
    invoke,
    table,
    votes,
)
from stacks.rows.row import Row

API: Final[tuple[Row, ...]] = (
    Row(
        name="api",
        seconds=28,
        memory=1024,
        settings=(
            "EVENTS_TABLE",
            "VIEW_TABLE",
            "MEMORY_TABLE",
            "OPERATIONS_TABLE",
            "STOP_TABLE",
            "OVERRIDES_TABLE",
            "CONTROLS_TABLE",
            "SEAT_KEYS",
            "VOTES_TABLE_PREFIX",
            "EVIDENCE_BUCKET",
            "APPROVAL_ARN",
            "EXECUTOR_ARN",
            "AUTONOMY",
            "PEOPLE",
            "TOKEN_ISSUER",
            "TOKEN_CLIENT",
            "STAGE",
            "PARTITION",
            "REGION",
            "ACCOUNT",
        ),
        permissions=(
            READ_LOG,
            table("view", "GetItem"),
            Permission(("dynamodb:Query",), "index:view/by-status"),
            table("memory", "Scan"),
            votes("Query", of="all"),
            SEAT_KEYS,
            READ_BUNDLE,
            Permission(("s3:GetObject",), "objects:post-mortems"),
            claims("breaker#*", "coverage#*", may=("GetItem",)),
            table("stop", "DeleteItem", "GetItem", "PutItem"),
            claims("stop", may=("DeleteItem", "GetItem")),
            table("overrides", "PutItem", "Query"),
            table("controls", "Query"),
            invoke("approval"),
            invoke("executor"),
        ),
    ),
)
"""The timeout is below API Gateway's 30 seconds. More memory makes pages load faster."""

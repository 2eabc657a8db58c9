"""What people face: the HTTP API and the console."""

from typing import Final

from stacks.needs import READ_BUNDLE, READ_LOG, SEAT_KEYS, Need, calls, claims, table, votes
from stacks.rows.row import Row

FACING: Final[tuple[Row, ...]] = (
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
        needs=(
            READ_LOG,
            table("view", "GetItem"),
            Need(("dynamodb:Query",), "index:view/by-status"),
            table("memory", "Scan"),
            votes("Query", of="all"),
            SEAT_KEYS,
            READ_BUNDLE,
            Need(("s3:GetObject",), "objects:post-mortems"),
            claims("breaker#*", may=("GetItem",)),
            table("stop", "DeleteItem", "GetItem", "PutItem"),
            claims("stop", may=("DeleteItem", "GetItem")),
            table("overrides", "PutItem", "Query"),
            table("controls", "Query"),
            calls("approval"),
            calls("executor"),
        ),
    ),
)
"""Below API Gateway's own 30 seconds. More memory than others: a page is waited for."""

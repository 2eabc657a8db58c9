"""Rows of the functions beside the pipeline, on schedules and streams."""

from typing import Final

from stacks.permissions import (
    ALARMS,
    LOG,
    OUTBOX,
    OUTBOX_SETTINGS,
    READ_BUNDLE,
    READ_LOG,
    READ_STATUS,
    SEAT_KEYS,
    TAKE_SNAPSHOTS,
    Permission,
    claims,
    invoke,
    read_stream,
    table,
)
from stacks.rows.row import Row

BACKGROUND: Final[tuple[Row, ...]] = (
    Row(
        name="inventory",
        seconds=60,
        asynchronous=True,
        settings=(
            "INVENTORY_TABLE",
            "EXECUTIONS_TABLE",
            "SERVICE_MAP_PARAMETER",
            "ALARM_PREFIXES",
            "ALARM_TAGS",
            "STAGE",
            "WATCH",
        ),
        permissions=(*TAKE_SNAPSHOTS, ALARMS),
    ),
    Row(
        name="watchdog",
        seconds=60,
        asynchronous=True,
        settings=(
            "EVENTS_TABLE",
            "OPENINGS_TABLE",
            "CLOSINGS_TABLE",
            "DECISIONS_TABLE",
            "OPERATIONS_TABLE",
            "STATE_MACHINE_ARN",
            "CLOSING_ARN",
            "LONGEST_RUN_SECONDS",
            *OUTBOX_SETTINGS,
        ),
        permissions=(
            *LOG,
            READ_STATUS,
            table("openings", "Query"),
            Permission(("dynamodb:Query",), "index:openings/by-day"),
            table("closings", "GetItem"),
            table("decisions", "GetItem"),
            claims("bark#*"),
            invoke("closing"),
            *OUTBOX,
            Permission(("states:DescribeExecution",), "executions"),
            Permission(("states:StartExecution",), "machine"),
        ),
    ),
    Row(
        name="warmer",
        seconds=60,
        asynchronous=True,
        settings=("WARM_ARNS",),
        permissions=(Permission(("lambda:InvokeFunction",), "warm-aliases"),),
    ),
    Row(
        name="publisher",
        seconds=30,
        settings=("STREAM_NAME", *OUTBOX_SETTINGS),
        permissions=(
            *OUTBOX,
            Permission(("kinesis:PutRecords",), "stream:events"),
            *read_stream("table-stream:events"),
        ),
    ),
    Row(
        name="projection",
        seconds=30,
        settings=("EVENTS_TABLE", "VIEW_TABLE"),
        permissions=(READ_LOG, table("view", "PutItem"), *read_stream("stream:events")),
    ),
    Row(
        name="learning",
        seconds=30,
        settings=(
            "EVENTS_TABLE",
            "MEMORY_TABLE",
            "EVIDENCE_BUCKET",
            "CONTROLS_TABLE",
            "OVERRIDES_TABLE",
            "SEAT_KEYS",
        ),
        permissions=(
            READ_LOG,
            READ_BUNDLE,
            table("memory", "PutItem", "Scan"),
            table("controls", "PutItem", "Query"),
            table("overrides", "Query"),
            SEAT_KEYS,
            *read_stream("stream:events"),
        ),
    ),
)

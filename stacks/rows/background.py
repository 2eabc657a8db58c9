"""Beside the pipeline: on schedules and on streams."""

from typing import Final

from stacks.needs import (
    ALARMS,
    LOG,
    OUTBOX,
    OUTBOX_SETTINGS,
    READ_BUNDLE,
    READ_LOG,
    READ_STATUS,
    SEAT_KEYS,
    SURVEY,
    Need,
    calls,
    claims,
    consumes,
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
            "STAGE",
        ),
        needs=(*SURVEY, ALARMS),
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
            *OUTBOX_SETTINGS,
        ),
        needs=(
            *LOG,
            READ_STATUS,
            table("openings", "Query"),
            Need(("dynamodb:Query",), "index:openings/by-day"),
            table("closings", "GetItem"),
            table("decisions", "GetItem"),
            claims("bark#*"),
            calls("closing"),
            *OUTBOX,
            Need(("states:DescribeExecution",), "executions"),
            Need(("states:StartExecution",), "machine"),
        ),
    ),
    Row(
        name="warmer",
        seconds=60,
        asynchronous=True,
        settings=("WARM_ARNS",),
        needs=(Need(("lambda:InvokeFunction",), "warm-aliases"),),
    ),
    Row(
        name="publisher",
        seconds=30,
        settings=("STREAM_NAME", *OUTBOX_SETTINGS),
        needs=(
            *OUTBOX,
            Need(("kinesis:PutRecords",), "stream:events"),
            *consumes("table-stream:events"),
        ),
    ),
    Row(
        name="projection",
        seconds=30,
        settings=("EVENTS_TABLE", "VIEW_TABLE"),
        needs=(READ_LOG, table("view", "PutItem"), *consumes("stream:events")),
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
        needs=(
            READ_LOG,
            READ_BUNDLE,
            table("memory", "PutItem", "Scan"),
            table("controls", "PutItem", "Query"),
            table("overrides", "Query"),
            SEAT_KEYS,
            *consumes("stream:events"),
        ),
    ),
)

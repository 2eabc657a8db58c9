"""From the alarm to the decision."""

from typing import Final

from stacks.needs import (
    ALARMS,
    DEAD_LETTERS,
    LOG,
    METRICS,
    READ_BUNDLE,
    READ_STATUS,
    SEAT_KEYS,
    SERVICE_MAP,
    SURVEY,
    Need,
    claims,
    table,
    takes_from,
    votes,
)
from stacks.rows.row import Row

_SIGNALS: Final = (
    "application-signals:ListServiceDependencies",
    "application-signals:ListServices",
)

DECIDING: Final[tuple[Row, ...]] = (
    Row(
        name="intake",
        seconds=30,
        warm=True,
        settings=(
            "EVENTS_TABLE",
            "OPERATIONS_TABLE",
            "STATE_MACHINE_ARN",
            "SERVICE_MAP_PARAMETER",
            "DEAD_LETTER_QUEUE_URL",
            "ALARM_PREFIXES",
            "ALARM_TAGS",
            "OWN_PREFIX",
            "ACCOUNT",
            "REGION",
        ),
        needs=(
            *LOG,
            READ_STATUS,
            claims("open#*", "seen#*"),
            claims("open#*", may=("DeleteItem",)),
            claims("closed#*", may=("GetItem",)),
            SERVICE_MAP,
            ALARMS,
            Need(("cloudwatch:ListTagsForResource",), "tagged-alarms"),
            DEAD_LETTERS,
            Need(("states:StartExecution",), "machine"),
            takes_from("alarms"),
        ),
    ),
    Row(
        name="evidence",
        seconds=89,
        warm=True,
        settings=(
            "EVENTS_TABLE",
            "EVIDENCE_BUCKET",
            "INVENTORY_TABLE",
            "EXECUTIONS_TABLE",
            "SERVICE_MAP_PARAMETER",
            "STAGE",
            "TRACES",
            "AUDIT_TRAIL",
        ),
        needs=(
            *LOG,
            READ_BUNDLE,
            Need(("s3:PutObject",), "objects:bundles"),
            *SURVEY,
            table("inventory", "Query"),
            METRICS,
            Need(("logs:FilterLogEvents",), "watched:logs"),
            Need(("cloudtrail:LookupEvents",), "audit-trail"),
            Need(("xray:GetServiceGraph",), "traces:xray"),
            Need(_SIGNALS, "traces:application-signals"),
        ),
    ),
    Row(
        name="consensus",
        seconds=29,
        warm=True,
        settings=(
            "EVENTS_TABLE",
            "VOTES_TABLE_PREFIX",
            "DECISIONS_TABLE",
            "CONTROLS_TABLE",
            "OVERRIDES_TABLE",
            "SEAT_KEYS",
            "AUTONOMY",
        ),
        needs=(
            *LOG,
            votes("Query", of="all"),
            SEAT_KEYS,
            table("controls", "Query", "UpdateItem"),
            table("overrides", "Query"),
            table("decisions", "GetItem", "PutItem"),
        ),
    ),
    Row(
        name="approval",
        seconds=19,
        warm=True,
        settings=("EVENTS_TABLE", "APPROVALS_TABLE", "APPROVAL_SECONDS", "SIGNING_KEY"),
        signs=True,
        needs=(
            *LOG,
            table("approvals", "GetItem", "PutItem", "UpdateItem"),
            Need(("states:SendTaskSuccess",), "any"),
        ),
    ),
)

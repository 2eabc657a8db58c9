"""From the decision to the recovery, and what people are told."""

from typing import Final

from stacks.needs import (
    ALARMS,
    DEAD_LETTERS,
    LOG,
    MAIL,
    METRICS,
    READ_BUNDLE,
    READ_STATUS,
    RELEASE,
    STATES,
    STOP_SWITCH,
    Need,
    claims,
    table,
    votes,
)
from stacks.rows.row import Row

ACTING: Final[tuple[Row, ...]] = (
    Row(
        name="executor",
        seconds=89,
        warm=True,
        settings=(
            "EVENTS_TABLE",
            "DECISIONS_TABLE",
            "EXECUTIONS_TABLE",
            "OPERATIONS_TABLE",
            "EVIDENCE_BUCKET",
            "AUTONOMY",
            "VERB_ROLE_PREFIX",
            "ACCOUNT",
            "REGION",
            "PARTITION",
        ),
        needs=(
            *LOG,
            READ_STATUS,
            READ_BUNDLE,
            table("decisions", "GetItem"),
            table("executions", "GetItem", "PutItem"),
            Need(("dynamodb:Query",), "index:executions/by-day"),
            STOP_SWITCH,
            ALARMS,
            METRICS,
            *STATES,
            Need(("lambda:GetFunction",), "watched:lambda"),
            Need(("application-autoscaling:DescribeScalableTargets",), "any"),
            Need(("sts:AssumeRole",), "verb-roles"),
        ),
    ),
    Row(
        name="verification",
        seconds=44,
        warm=True,
        settings=("EVENTS_TABLE", "EVIDENCE_BUCKET"),
        needs=(*LOG, READ_BUNDLE, ALARMS, METRICS),
    ),
    Row(
        name="closing",
        seconds=29,
        warm=True,
        settings=("EVENTS_TABLE", "OPERATIONS_TABLE"),
        needs=(*LOG, *RELEASE),
    ),
    Row(
        name="communication",
        seconds=13,
        warm=True,
        settings=(
            "EVENTS_TABLE",
            "OPERATIONS_TABLE",
            "DEAD_LETTER_QUEUE_URL",
            "MAIL_FROM",
            "MAIL_TO",
        ),
        needs=(*LOG, claims("rate#*"), DEAD_LETTERS, MAIL),
    ),
    Row(
        name="postmortem",
        seconds=59,
        settings=("EVENTS_TABLE", "VOTES_TABLE_PREFIX", "EVIDENCE_BUCKET"),
        needs=(
            *LOG,
            READ_BUNDLE,
            votes("GetItem", of="all"),
            Need(("s3:PutObject",), "objects:post-mortems"),
            Need(("states:GetExecutionHistory",), "executions"),
        ),
    ),
)

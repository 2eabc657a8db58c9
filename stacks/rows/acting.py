"""From the decision to the recovery, and what people are told."""

from typing import Final

from stacks.needs import (
    ALARMS,
    DEAD_LETTERS,
    LOG,
    METRICS,
    OUTBOX,
    OUTBOX_SETTINGS,
    OWN_EFFECTS,
    READ_BUNDLE,
    READ_STATUS,
    RELEASE,
    SEAT_KEYS,
    SERVICE_MAP,
    STOP_SWITCH,
    TELLING,
    TELLING_SETTINGS,
    Need,
    calls,
    claims,
    secrets_of,
    states,
    table,
    takes_from,
    votes,
)
from stacks.rows.row import Row

_ACCOUNT: Final = (
    "cloudformation:ListStacks",
    "ecs:DescribeTaskDefinition",
    "lambda:GetAccountSettings",
)

COURIER_SECONDS: Final = 119
"""Time for a turn of the slowest channel on each leg, and for what is sent then."""

ACTING: Final[tuple[Row, ...]] = (
    Row(
        name="executor",
        seconds=89,
        warm=True,
        settings=(
            "EVENTS_TABLE",
            "DECISIONS_TABLE",
            "EXECUTIONS_TABLE",
            "APPROVALS_TABLE",
            "OPERATIONS_TABLE",
            "CONTROLS_TABLE",
            "OVERRIDES_TABLE",
            "SEAT_KEYS",
            "APPROVAL_KEY",
            "VOTES_TABLE_PREFIX",
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
            table("approvals", "GetItem"),
            votes("Query", of="all"),
            SEAT_KEYS,
            Need(("kms:GetPublicKey",), "key:approval"),
            table("controls", "Query", "UpdateItem"),
            table("overrides", "Query"),
            table("executions", "GetItem", "PutItem"),
            OWN_EFFECTS,
            STOP_SWITCH,
            ALARMS,
            *states(function=(), queue=("sqs:ListMessageMoveTasks",)),
            Need(_ACCOUNT, "any"),
            Need(("cloudformation:ListStackResources",), "deployments"),
            Need(("sts:AssumeRole",), "verb-roles"),
        ),
    ),
    Row(
        name="verification",
        seconds=44,
        warm=True,
        settings=(
            "EVENTS_TABLE",
            "EVIDENCE_BUCKET",
            "SERVICE_MAP_PARAMETER",
            "RECOVERY_WINDOWS",
            "RECOVERY_CAP_SECONDS",
        ),
        needs=(*LOG, READ_BUNDLE, ALARMS, METRICS, SERVICE_MAP),
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
        settings=("EVENTS_TABLE", *OUTBOX_SETTINGS, *TELLING_SETTINGS, "CONSOLE_URL"),
        needs=(*LOG, *OUTBOX, *TELLING, secrets_of("first")),
    ),
    Row(
        name="courier",
        seconds=COURIER_SECONDS,
        settings=("EVENTS_TABLE", "DEAD_LETTER_QUEUE_URL", "ROUTES", *TELLING_SETTINGS),
        needs=(*LOG, DEAD_LETTERS, *TELLING, secrets_of("all"), takes_from("outbox")),
    ),
    Row(
        name="slack",
        seconds=29,
        asynchronous=True,
        settings=(
            "EVENTS_TABLE",
            "OPERATIONS_TABLE",
            "CHANNEL_SECRETS",
            "PEOPLE",
            "APPROVAL_ARN",
            "SLACK_ARN",
        ),
        needs=(
            *LOG,
            claims("press#*", may=("PutItem",)),
            secrets_of("slack"),
            calls("approval"),
            calls("slack"),
        ),
    ),
    Row(
        name="postmortem",
        seconds=59,
        settings=("EVENTS_TABLE", "EVIDENCE_BUCKET", "FUNCTION_MEMORY", "MODEL_ID"),
        needs=(
            *LOG,
            READ_BUNDLE,
            Need(("s3:PutObject",), "objects:post-mortems"),
            Need(("states:GetExecutionHistory",), "executions"),
        ),
    ),
)

"""What a function may do, and on what: groups of needs that several rows of the table share.

A need names IAM actions and a resource by key; `stacks/resource_arns.py` turns keys into ARNs.
Where a service has no resource-level permission for an action, the key is `any`.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from quorum.domain.notification_routes import CHANNELS


class Need(NamedTuple):
    """IAM actions on one resource, and for a shared table the leading keys that they may touch."""

    actions: tuple[str, ...]
    resource: str
    keys: tuple[str, ...] = ()


Needs = tuple[Need, ...]

READ_LOG: Final = Need(("dynamodb:Query",), "table:events")
APPEND: Final = Need(("dynamodb:PutItem",), "table:events")
LOG: Final[Needs] = (READ_LOG, APPEND)
READ_STATUS: Final = Need(("dynamodb:Query",), "index:events/by-status")
READ_BUNDLE: Final = Need(("s3:GetObject",), "objects:bundles")

MAIL: Final = Need(("ses:SendEmail",), "identity")
DEAD_LETTERS: Final = Need(("sqs:SendMessage",), "queue:dead-letters")

METRICS: Final = Need(("cloudwatch:GetMetricData",), "any")
ALARMS: Final = Need(("cloudwatch:DescribeAlarms",), "any")
SERVICE_MAP: Final = Need(("ssm:GetParameter",), "service-map")


def states(*, function: tuple[str, ...], queue: tuple[str, ...] = ()) -> Needs:
    """Return reads of the settings that resources have now; names and numbers, never their data.

    `function` and `queue` are actions beside those that every reader needs.
    """
    configuration = ("lambda:GetFunctionConcurrency", "lambda:GetFunctionConfiguration")
    return (
        Need(("lambda:GetAlias", "lambda:ListTags", *configuration, *function), "watched:lambda"),
        Need(("ssm:GetParameterHistory", "ssm:ListTagsForResource"), "watched:ssm"),
        Need(("dynamodb:DescribeTable",), "watched:dynamodb"),
        Need(("ecs:DescribeServices",), "watched:ecs"),
        Need(("sqs:GetQueueAttributes", "sqs:GetQueueUrl", *queue), "watched:sqs"),
        Need(("application-autoscaling:DescribeScalableTargets",), "any"),
    )


def table(name: str, *operations: str) -> Need:
    """Return operations on one of the tables."""
    return Need(tuple(f"dynamodb:{operation}" for operation in operations), f"table:{name}")


def votes(*operations: str, of: str) -> Need:
    """Return operations on a seat's own table of votes, or on those of `all`."""
    return Need(tuple(f"dynamodb:{operation}" for operation in operations), f"votes:{of}")


def claims(*keys: str, may: Sequence[str] = ("GetItem", "PutItem")) -> Need:
    """Return operations on the operations table, bound to the keys that look so."""
    return Need(tuple(f"dynamodb:{operation}" for operation in may), "table:operations", keys)


SEAT_KEYS: Final = Need(("kms:GetPublicKey",), "key:seats")
"""To verify votes; signing is allowed by each key's own policy, to its seat."""


def consumes(stream: str) -> Needs:
    """Return what an event source mapping needs to read a stream on the function's behalf."""
    if stream == "stream:events":
        actions = ("DescribeStream", "DescribeStreamSummary", "GetRecords", "GetShardIterator")
        return (
            Need(tuple(f"kinesis:{action}" for action in (*actions, "ListShards")), stream),
            DEAD_LETTERS,
        )
    actions = ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")
    return (
        Need(tuple(f"dynamodb:{action}" for action in actions), stream),
        DEAD_LETTERS,
    )


BOOK: Final[dict[str, Need]] = {
    "openings": Need(("dynamodb:Query",), "table:openings"),
    "closings": Need(("dynamodb:GetItem",), "table:closings"),
    "verdicts": Need(("dynamodb:GetItem",), "table:verifications"),
    "approvals": Need(("dynamodb:GetItem",), "table:approvals"),
    "decisions": Need(("dynamodb:GetItem",), "table:decisions"),
    "executions": Need(("dynamodb:GetItem",), "table:executions"),
}
"""Reading what one function alone writes."""
RECENT_OPENINGS: Final = Need(("dynamodb:Query",), "index:openings/by-day")
STOP_SWITCH: Final[Needs] = (
    Need(("dynamodb:GetItem",), "table:stop"),
    claims("stop", may=("GetItem",)),
)
"""And where an earlier version kept it: thrown then, it stops until it is lifted."""
SIGNING: Final = ("kms:GetPublicKey", "kms:Sign")
"""What a signer's key lets its role do: the key's own policy grants it, and no row does."""
OWN_EFFECTS: Final = Need(("dynamodb:Query",), "index:executions/by-day")
"""To tell our own changes from everybody else's, and to count them."""
SURVEY: Final[Needs] = (
    SERVICE_MAP,
    Need(("tag:GetResources",), "any"),
    *states(function=("lambda:ListAliases",)),
    table("inventory", "GetItem", "PutItem"),
    OWN_EFFECTS,
)
"""To look at what resources are, and to remember how they were."""
OUTBOX: Final[Needs] = (Need(("sqs:SendMessage",), "queue:outbox"), DEAD_LETTERS)
"""To have people told."""
OUTBOX_SETTINGS: Final = ("OUTBOX_QUEUE_URL", "DEAD_LETTER_QUEUE_URL", "ROUTES")
TELLING: Final[Needs] = (
    claims("rate#channel#*", *(f"breaker#{channel}" for channel in CHANNELS)),
    table("openings", "Query"),
    table("closings", "GetItem"),
    table("approvals", "GetItem"),
    table("notifications", "PutItem", "Query"),
    MAIL,
)
"""To tell people what the records bear out, at the channel's rate, behind its breaker alone."""
TELLING_SETTINGS: Final = (
    "STAGE",
    "EVENTS_TABLE",
    "OPENINGS_TABLE",
    "CLOSINGS_TABLE",
    "APPROVALS_TABLE",
    "NOTIFICATIONS_TABLE",
    "OPERATIONS_TABLE",
    "CHANNEL_SECRETS",
    "MAIL_FROM",
    "MAIL_TO",
    "CONSOLE_URL",
)


def takes_from(queue: str) -> Need:
    """Return what an event source mapping needs to take messages on the function's behalf."""
    actions = ("sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage")
    return Need(actions, f"queue:{queue}")


def secrets_of(channels: str) -> Need:
    """Return reading the secret of a channel, or of the `first` or `all` of the routes."""
    return Need(("secretsmanager:GetSecretValue",), f"secrets:{channels}")


def calls(function: str) -> Need:
    """Return invoking one of the functions, through its alias."""
    return Need(("lambda:InvokeFunction",), f"function:{function}")

"""IAM permissions of functions, and groups of them that several rows of the table share.

A permission has IAM actions and a resource key; `stacks/resource_arns.py` resolves keys to ARNs.
Where a service has no resource-level permission for an action, the key is `any`.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from quorum.domain.notification_routes import CHANNELS
from quorum.services.row import Kind
from quorum.services.rows import KINDS


class Permission(NamedTuple):
    """IAM actions on one resource; for a shared table also the leading keys that are allowed.

    `through` is the service that has to make the call on the caller's behalf, for a KMS key.
    """

    actions: tuple[str, ...]
    resource: str
    keys: tuple[str, ...] = ()
    through: str = ""


Permissions = tuple[Permission, ...]

READ_LOG: Final = Permission(("dynamodb:Query",), "table:events")
APPEND: Final = Permission(("dynamodb:PutItem",), "table:events")
LOG: Final[Permissions] = (READ_LOG, APPEND)
READ_STATUS: Final = Permission(("dynamodb:Query",), "index:events/by-status")
READ_BUNDLE: Final = Permission(("s3:GetObject",), "objects:bundles")

MAIL: Final = Permission(("ses:SendEmail",), "identity")
DEAD_LETTERS: Final = Permission(("sqs:SendMessage",), "queue:dead-letters")

METRICS: Final = Permission(("cloudwatch:GetMetricData",), "any")
ALARMS: Final = Permission(("cloudwatch:DescribeAlarms",), "any")
SERVICE_MAP: Final = Permission(("ssm:GetParameter",), "service-map")


def read_settings(*, function: tuple[str, ...], queue: tuple[str, ...] = ()) -> Permissions:
    """Return permissions to read settings (names and numbers) of what the catalogue acts on.

    `function` and `queue` are actions in addition to those that every reader needs.
    """
    more = {"lambda": function, "sqs": queue}
    read = (
        Permission((*kind.reads, *more.get(kind.name, ())), f"watched:{kind.name}")
        for kind in KINDS.values()
        if kind.reads
    )
    listed = ((action, "*", kind) for kind in KINDS.values() for action in kind.lists)
    return (*read, *_watching(listed))


def describe_others() -> Permissions:
    """Return permissions to read settings of the kinds without a reader of their own."""
    every = [(kind, one) for kind in KINDS.values() for one in kind.describes]
    read = (Permission((one.action,), f"watched:{k.name}") for k, one in every if not one.on)
    return (*read, *_watching((one.action, one.on, kind) for kind, one in every if one.on))


def list_links() -> Permissions:
    """Return permissions to list what calls resources, such as event source mappings."""
    return tuple(_watching((one.action, one.on, k) for k in KINDS.values() for one in k.links))


def _watching(actions: Iterable[tuple[str, str, Kind]]) -> Iterator[Permission]:
    """Yield a permission per action and ARN, for as long as any of its kinds is watched."""
    kinds: dict[tuple[str, str], list[str]] = {}
    for action, form, kind in actions:
        kinds.setdefault((action, form), []).append(kind.name)
    for (action, form), names in kinds.items():
        yield Permission((action,), f"watching:{'+'.join(names)}/{form}")


def table(name: str, *operations: str) -> Permission:
    """Return permission for operations on one of the tables."""
    return Permission(tuple(f"dynamodb:{operation}" for operation in operations), f"table:{name}")


def votes(*operations: str, of: str) -> Permission:
    """Return permission for operations on a seat's own vote table, or on those of `all` seats."""
    return Permission(tuple(f"dynamodb:{operation}" for operation in operations), f"votes:{of}")


def claims(*keys: str, may: Sequence[str] = ("GetItem", "PutItem")) -> Permission:
    """Return permission for the operations table, limited to keys that match these patterns."""
    return Permission(tuple(f"dynamodb:{operation}" for operation in may), "table:operations", keys)


SEAT_KEYS: Final = Permission(("kms:GetPublicKey",), "key:seats")
"""Reads public keys to verify votes. Signing is granted by each key's own policy, to its seat."""


def read_stream(stream: str) -> Permissions:
    """Return permissions that an event source mapping needs to read a stream for the function."""
    if stream == "stream:events":
        actions = ("DescribeStream", "DescribeStreamSummary", "GetRecords", "GetShardIterator")
        return (
            Permission(tuple(f"kinesis:{action}" for action in (*actions, "ListShards")), stream),
            DEAD_LETTERS,
        )
    reads = ("DescribeStream", "GetRecords", "GetShardIterator")
    return (
        Permission(tuple(f"dynamodb:{action}" for action in reads), stream),
        Permission(("dynamodb:ListStreams",), "any"),
        DEAD_LETTERS,
    )


READ_RECORD: Final[dict[str, Permission]] = {
    "openings": Permission(("dynamodb:Query",), "table:openings"),
    "closings": Permission(("dynamodb:GetItem",), "table:closings"),
    "verdicts": Permission(("dynamodb:GetItem",), "table:verifications"),
    "approvals": Permission(("dynamodb:GetItem",), "table:approvals"),
    "decisions": Permission(("dynamodb:GetItem",), "table:decisions"),
    "executions": Permission(("dynamodb:GetItem",), "table:executions"),
}
"""Reads of records that have a single writer each."""
RECENT_OPENINGS: Final = Permission(("dynamodb:Query",), "index:openings/by-day")
STOP_SWITCH: Final[Permissions] = (
    Permission(("dynamodb:GetItem",), "table:stop"),
    claims("stop", may=("GetItem",)),
)
"""Includes the location that an earlier version used: a stop set then holds until it is lifted."""
SIGNING: Final = ("kms:GetPublicKey", "kms:Sign")
"""Granted to a signer by its key's own policy, and by no row."""
OWN_EFFECTS: Final = Permission(("dynamodb:Query",), "index:executions/by-day")
"""Reads Quorum's own changes, to count them and to distinguish them from other changes."""
TAKE_SNAPSHOTS: Final[Permissions] = (
    SERVICE_MAP,
    Permission(("tag:GetResources",), "any"),
    *read_settings(function=("lambda:ListAliases",)),
    *describe_others(),
    table("inventory", "GetItem", "PutItem"),
    OWN_EFFECTS,
)
"""Reads resources' settings and compares them with the last snapshot, which is stored."""
OUTBOX: Final[Permissions] = (Permission(("sqs:SendMessage",), "queue:outbox"), DEAD_LETTERS)
"""Queues notifications."""
OUTBOX_SETTINGS: Final = ("OUTBOX_QUEUE_URL", "DEAD_LETTER_QUEUE_URL", "ROUTES")
NOTIFY: Final[Permissions] = (
    claims("rate#channel#*", *(f"breaker#{channel}" for channel in CHANNELS)),
    table("openings", "Query"),
    table("closings", "GetItem"),
    table("approvals", "GetItem"),
    table("notifications", "PutItem", "Query"),
    MAIL,
)
"""Sends notifications from stored records, with the channels' rates and circuit breakers."""
NOTIFY_SETTINGS: Final = (
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


MEMORY_SETTINGS: Final = (
    "KNOWLEDGE_TABLE",
    "MEMORY",
    "MEMORY_ENDPOINT",
    "EMBEDDING_MODEL",
    "EMBEDDING_DIMENSIONS",
    "EMBEDDING_REGION",
)
_EMBED: Final = Permission(("bedrock:InvokeModel",), "embedding")
_COLLECTION: Final = Permission(("aoss:APIAccessAll",), "memory:collection")
"""The collection's data access policy says what each function may do in it."""
SEARCH_MEMORY: Final[Permissions] = (
    _EMBED,
    Permission(("dynamodb:GetItem", "dynamodb:Query"), "memory:table"),
    Permission(("dynamodb:SearchVectors",), "memory:indexes"),
    Permission(("es:ESHttpGet",), "memory:domain/_mapping"),
    Permission(("es:ESHttpPost",), "memory:domain/_msearch"),
    _COLLECTION,
)
"""Searches the store that the configuration chooses; permissions for the others are left out."""
WRITE_MEMORY: Final[Permissions] = (
    _EMBED,
    Permission(
        ("dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"),
        "memory:occurrences",
    ),
    Permission(("es:ESHttpGet", "es:ESHttpPost", "es:ESHttpPut"), "memory:domain"),
    _COLLECTION,
)


def receive_from(queue: str) -> Permission:
    """Return permission that an event source mapping needs to receive messages for the function."""
    actions = ("sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage")
    return Permission(actions, f"queue:{queue}")


READ_ENCRYPTED_PARAMETERS: Final = Permission(("kms:Decrypt",), "encryption-keys", through="ssm")
"""Decrypts parameters under the customer's own keys. The AWS managed key needs no permission."""


def read_secrets(channels: str) -> Permission:
    """Return permission to read a channel's secret; `first` or `all` means of the routes."""
    return Permission(("secretsmanager:GetSecretValue",), f"secrets:{channels}")


def invoke(function: str) -> Permission:
    """Return permission to invoke one of the functions through its alias."""
    return Permission(("lambda:InvokeFunction",), f"function:{function}")

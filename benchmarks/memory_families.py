"""Simulated incidents in families: the same problem in other words, and its look-alikes.

A problem is a mechanism (how it fails), a component (where) and a cause (why). Its incidents say
the mechanism in different words, and their fingerprints differ by noise. A look-alike shares two of
the three with a problem and is another problem: the same words with another cause, the same place
and cause with another failure, or the same failure with the same cause elsewhere. Words that a
query uses for a mechanism are in no stored incident.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Final, NamedTuple

MECHANISMS: Final[Mapping[str, tuple[str, ...]]] = {
    "pool": (
        "connection pool exhausted, no free connection after 5 s",
        "timed out waiting for a database connection from the pool",
        "QueuePool limit reached, connection timed out",
        "could not obtain a pooled connection to the database",
        "all database connections are in use, the request gave up waiting for one",
    ),
    "memory": (
        "Runtime exited with error: signal: killed, memory size exceeded",
        "OutOfMemoryError: Java heap space",
        "process was killed by the kernel because it ran out of memory",
        "MemoryError while allocating the response buffer",
        "the container hit its memory limit and was terminated",
    ),
    "timeout": (
        "Task timed out after 3.00 seconds",
        "the invocation did not finish within its time limit",
        "function deadline exceeded before a response was sent",
        "execution aborted: maximum duration reached",
        "the handler ran too long and was stopped at its timeout",
    ),
    "throttle": (
        "Rate Exceeded: TooManyRequestsException",
        "request was throttled, reserved concurrency reached",
        "ThrottlingException: concurrent invocations limit",
        "429 because no concurrency is left",
        "too many concurrent executions, the call was rejected",
    ),
    "null": (
        "TypeError: 'NoneType' object is not subscriptable",
        "NullPointerException in the request handler",
        "cannot read properties of undefined (reading 'id')",
        "AttributeError: 'NoneType' object has no attribute 'get'",
        "a missing value was dereferenced while handling the request",
    ),
    "import": (
        "Runtime.ImportModuleError: Unable to import module 'app'",
        "ModuleNotFoundError: No module named 'pricing'",
        "ClassNotFoundException at start",
        "cannot find package in the deployed artifact",
        "the deployment lacks a library that the code loads at start",
    ),
    "denied": (
        "AccessDeniedException: not authorized to perform dynamodb:GetItem",
        "403 Forbidden when reading the object",
        "User is not authorized to perform this operation",
        "permission denied by an explicit policy",
        "the role lacks the permission that this call needs",
    ),
    "secret": (
        "password authentication failed for user 'app'",
        "invalid credentials: the secret has been rotated",
        "login to the database was rejected, wrong password",
        "authentication with the stored secret failed",
        "the old password is used although the credential was changed",
    ),
    "certificate": (
        "SSL: CERTIFICATE_VERIFY_FAILED certificate has expired",
        "TLS handshake failed: x509: certificate has expired",
        "PKIX path validation failed: validity check failed",
        "the peer's certificate is no longer valid",
        "secure connection refused as the server certificate is out of date",
    ),
    "dns": (
        "getaddrinfo ENOTFOUND internal host",
        "Name or service not known",
        "UnknownHostException when calling the dependency",
        "DNS lookup failed: NXDOMAIN",
        "the hostname of the dependency does not resolve",
    ),
    "refused": (
        "connect ECONNREFUSED 10.0.3.7:5432",
        "Connection refused by the upstream",
        "ConnectException: the remote host closed the port",
        "dial tcp: connect: connection refused",
        "nothing listens on the port of the dependency",
    ),
    "capacity": (
        "ProvisionedThroughputExceededException on the table",
        "write capacity of the table exceeded",
        "the table throttles reads beyond its provisioned units",
        "consumed capacity is above what is provisioned",
        "the database table rejects requests over its configured throughput",
    ),
    "parse": (
        "JSONDecodeError: Expecting value: line 1 column 1",
        "Unexpected token < in JSON at position 0",
        "malformed message body, cannot be parsed",
        "SerializationException: invalid payload",
        "the body of the message is not valid JSON",
    ),
    "schema": (
        "column 'currency' does not exist",
        "ValidationError: field required 'currency'",
        "unknown field in the record, schema mismatch",
        "KeyError: 'currency'",
        "a field was renamed and the reader still wants the former name",
    ),
    "disk": (
        "OSError: [Errno 28] No space left on device",
        "write failed: disk quota exceeded",
        "ephemeral storage of the task is full",
        "cannot write temporary file, /tmp is full",
        "the volume has no free bytes for another file",
    ),
    "deadlock": (
        "Deadlock found when trying to get lock; try restarting transaction",
        "lock wait timeout exceeded",
        "could not serialize access due to concurrent update",
        "transaction was chosen as the deadlock victim",
        "two transactions wait for each other and one is rolled back",
    ),
    "backlog": (
        "ApproximateAgeOfOldestMessage above threshold, consumers behind",
        "queue depth is growing, messages are not consumed",
        "the consumer lags behind by 40000 messages",
        "messages expire before they are processed",
        "work piles up in the queue faster than it is taken out",
    ),
    "flag": (
        "invalid value for setting checkout.mode: 'fastt'",
        "unknown feature flag value, refusing request",
        "configuration value out of range: batch_size=0",
        "ConfigurationError: unsupported option",
        "the setting holds a value that the code does not accept",
    ),
    "endpoint": (
        "404 Not Found from the dependency's API",
        "no route matches POST /v2/orders",
        "the upstream answered: unknown path",
        "Missing Authentication Token: resource path does not exist",
        "the called address of the service does not exist any more",
    ),
    "slow": (
        "slow query: 8400 ms, full table scan",
        "query took too long, index not used",
        "statement timeout: canceling statement",
        "the database needs seconds for a lookup that took milliseconds",
        "a lookup reads the entire table because an index is missing",
    ),
}
COMPONENTS: Final = tuple(
    f"{subject}-{role}"
    for subject, role in product(
        ("order", "cart", "price", "stock", "account", "mail", "parcel", "tax"),
        ("api", "worker", "sync", "index", "export", "gateway", "importer", "notifier"),
    )
)
CAUSES: Final[Mapping[str, Mapping[str, float]]] = {
    "release": {"changed-alias": 1, "failing": 1},
    "parameter": {"changed-parameter": 1, "failing": 1, "slower": 0.3},
    "concurrency": {"changed-concurrency": 1, "throttled": 1, "failing": 0.5},
    "table": {"changed-table": 1, "throttled": 1, "slower": 0.7},
    "traffic": {"traffic-grew": 1, "slower": 0.8, "throttled": 1},
    "dependency": {"slower": 1, "failing": 0.6, "traffic-fell": 0.5},
}
SERVICES: Final = ("lambda", "ecs", "sqs", "dynamodb")
NOISE: Final = 0.15


class Problem(NamedTuple):
    """A failure at a place with a cause."""

    mechanism: str
    component: str
    cause: str

    @property
    def service(self) -> str:
        """The kind of service of the component."""
        return SERVICES[COMPONENTS.index(self.component) % len(SERVICES)]


class Case(NamedTuple):
    """An incident: its problem, text and fingerprint."""

    problem: Problem
    text: str
    features: dict[str, float]


def all_problems() -> list[Problem]:
    """Return every combination, in a fixed order."""
    return [Problem(*parts) for parts in product(MECHANISMS, COMPONENTS, CAUSES)]


def stored(problem: Problem, rng: random.Random) -> Case:
    """Return an incident whose two lines say the failure in words of stored incidents."""
    return _case(problem, rng.sample(MECHANISMS[problem.mechanism][:-1], 2), rng)


def asked(problem: Problem, rng: random.Random, *, new_words: bool = False) -> Case:
    """Return an incident with words that no stored incident uses: in one of two lines, or alone."""
    *used, new = MECHANISMS[problem.mechanism]
    return _case(problem, [new] if new_words else [new, rng.choice(used)], rng)


def look_alikes(problem: Problem, taken: set[Problem], rng: random.Random) -> Iterator[Problem]:
    """Yield problems that share two of three parts with this one and are not taken."""
    near = [
        *(problem._replace(cause=cause) for cause in CAUSES),
        *(problem._replace(mechanism=mechanism) for mechanism in MECHANISMS),
        *(problem._replace(component=component) for component in COMPONENTS),
    ]
    rng.shuffle(near)
    yield from (one for one in near if one not in taken)


def _case(problem: Problem, lines: Sequence[str], rng: random.Random) -> Case:
    text = "\n".join(
        f"ERROR {problem.component}: {line} (request {rng.getrandbits(48):012x})" for line in lines
    )
    features = {
        name: round(min(1.0, max(0.0, value + rng.gauss(0, NOISE))), 3)
        for name, value in CAUSES[problem.cause].items()
    }
    if rng.random() < NOISE:
        features["traffic-grew"] = round(rng.random(), 3)
    return Case(problem, text, features)

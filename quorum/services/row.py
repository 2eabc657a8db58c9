"""The row of an AWS service: its kinds of resources, how metrics name them, and their signals.

A row is data: no AWS client and no record class is imported here, so that every function can load
all rows.
"""

from typing import Final, Literal, NamedTuple

SCALING: Final = "application-autoscaling:DescribeScalableTargets"
"""Reads which capacity Application Auto Scaling owns."""

Measure = Literal["requests", "errors", "latency", "throttles", "depth", "capacity", "age", "other"]
"""`capacity` is saturation: of CPU, memory, connections or units."""


class Dimension(NamedTuple):
    """A dimension that names a resource. Its value is `shape` with the name for `{}`."""

    name: str
    shape: str = "{}"
    pattern: str = ""
    """A regular expression for other values that name it too, with the name as its one group."""


class Signal(NamedTuple):
    """A metric of a resource, with the statistic that is meaningful for it."""

    metric: str
    measure: Measure
    statistic: str = "Sum"
    unit: str = "Count"
    sparse: bool = False
    """Published only when it is not zero: a missing point is no failure, not missing data."""
    namespace: str = ""
    """The metric's own namespace, if it is not the kind's."""


class Describe(NamedTuple):
    """A request that reads settings of a kind's resources, and what its answer holds.

    Expressions are JMESPath. The first request of a kind finds its resources; each further one is
    sent once for a resource, with `item` for what the first one answered.
    """

    action: str
    """The IAM action, which is also `service:Operation` in boto3's names unless those are given."""
    client: str = ""
    operation: str = ""
    on: str = ""
    """`*` or an ARN's form for an action that IAM does not limit to one resource, otherwise empty.
    """
    request: str = ""
    """The parameters, over `name`, `names` and `item`; empty: none, all resources are listed."""
    most: int = 0
    """Names in one request of the first kind; 0: it lists all."""
    items: str = "@"
    """The described resources in the first answer; the parts of a resource in a further one."""
    name: str = ""
    """The name or ARN of an item; empty: the one that was asked for."""
    part: str = ""
    """The first word of the names of the parts' settings: `stage` in `stage/prod/deployment`."""
    settings: tuple[tuple[str, str], ...] = ()
    """Setting → expression over an item. What is no plain name or number is stored as a digest:
    a text with other characters, an object. `{text: x}` makes an object of what may be secret."""
    calls: tuple[str, ...] = ()
    """Expressions of resources that an item sends requests to: ARNs, or texts with ARNs in them."""
    called_by: tuple[str, ...] = ()
    """Expressions of resources that depend on it: they send it requests, or take its failures."""
    missing: tuple[str, ...] = ()
    """Error codes that mean that there is no such resource."""


class Kind(NamedTuple):
    """One kind of resource. Its id is `name:` and the values of its dimensions, joined by `/`."""

    name: str
    namespace: str
    dimensions: tuple[Dimension, ...]
    signals: tuple[Signal, ...] = ()
    given: tuple[str, ...] = ()
    """Dimensions of its metrics that no part of the id has: an alarm on the resource gives them."""
    constant: tuple[tuple[str, str], ...] = ()
    """Dimensions of its metrics with the same value for all resources, unless an alarm on it has
    another one. Empty: only if the alarm has one. `{account}` is the resource's account."""
    arn: str = ""
    """After `arn:{partition}:`, with `{region}`, `{account}` and `{name}`; empty: not from the id.
    """
    under: str = ""
    """The ending of ARNs below the resource's own that IAM checks for some of its reads."""
    slash: bool = False
    """The name in the id begins with a slash that the ARN's form has before it."""
    page: str = ""
    """The path of its console page, with `{region}` and the parts of its id by `parts`."""
    parts: tuple[str, ...] = ("name",)
    encoding: Literal["once", "twice"] = "once"
    log_group: str = ""
    """The usual log group, with `{name}`."""
    logs_requests: bool = False
    """It writes a line per request: a silent log group while it serves is a missing source."""
    anywhere: bool = False
    """Named by its dimensions in an operator's namespace as well."""
    period: int = 60
    """Seconds between two points as published."""
    opt_in: bool = False
    """Its request metrics exist only once an operator switches them on."""
    ended: tuple[str, ...] = ()
    """Metrics of requests that ended well, where they end long after they were counted as requests.
    """
    reads: tuple[str, ...] = ()
    """IAM actions of a reader of its own, on the watched resources of the kind."""
    lists: tuple[str, ...] = ()
    """IAM actions of that reader which IAM does not limit to one resource."""
    describes: tuple[Describe, ...] = ()
    """Requests that read its settings, for a kind without a reader of its own."""
    links: tuple[Describe, ...] = ()
    """Requests that list what calls its resources, each with `name` and `called_by`."""
    settings: tuple[str, ...] = ()
    """Settings among those of `describes` whose change is a change of the resource."""


class Naming(NamedTuple):
    """Another namespace or set of dimensions that names resources of a kind."""

    namespace: str
    dimensions: tuple[Dimension, ...]
    kind: str


class Service(NamedTuple):
    """One AWS service."""

    title: str
    kinds: tuple[Kind, ...]
    """Those with the most specific dimensions first: the first one that fits is the resource."""
    also: tuple[Naming, ...] = ()
    unnamed: tuple[str, ...] = ()
    """Namespaces whose metrics name no resource: account-wide, a bill, a log metric filter."""
    verbs: str = ""
    """The prefix of its verbs in the catalogue; empty: it is observed only."""
    quota: float = 10.0
    """Requests per second that AWS allows an account for these reads, the lowest of its limits."""


def named(*names: str) -> tuple[Dimension, ...]:
    """Return dimensions whose values are the parts of the name themselves."""
    return tuple(map(Dimension, names))


def cpu(metric: str = "CPUUtilization") -> Signal:
    """Return the signal of a share of CPU time, in percent."""
    return Signal(metric, "capacity", "Average", "Percent")


def latency(metric: str, unit: str = "Milliseconds", statistic: str = "p95") -> Signal:
    """Return the signal of a response time."""
    return Signal(metric, "latency", statistic, unit)


def level(metric: str, unit: str = "Percent", statistic: str = "Average") -> Signal:
    """Return the signal of a level of use."""
    return Signal(metric, "capacity", statistic, unit)


def errors(metric: str, *, sparse: bool = False) -> Signal:
    """Return the signal of a number of failures."""
    return Signal(metric, "errors", sparse=sparse)


def requests(metric: str, statistic: str = "Sum") -> Signal:
    """Return the signal of a number of requests."""
    return Signal(metric, "requests", statistic)


def throttles(metric: str, *, sparse: bool = False) -> Signal:
    """Return the signal of a number of refused requests."""
    return Signal(metric, "throttles", sparse=sparse)

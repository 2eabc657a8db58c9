"""The world of one run: the shop, its alarms, what happens to it, and what people changed."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil
from typing import Final, NamedTuple

from benchmarks.pace.account import TOO_LOW, Account, Trail, new_function
from benchmarks.pace.alarms import AlarmBook, AlarmModel, CompositeModel
from benchmarks.pace.cells import AlarmShape, Cell
from benchmarks.pace.facts import (
    FILTER_LOG_EVENTS_PER_SECOND,
    GET_METRIC_DATA_PER_SECOND,
    LOG_NAMESPACE,
    LOOKUP_EVENTS_PER_SECOND,
    THROTTLED_FILTER_LOG_EVENTS,
)
from benchmarks.pace.limits import Bucket
from benchmarks.pace.logs import LogStore
from benchmarks.pace.metrics import (
    ALIAS,
    DYNAMODB,
    LAMBDA,
    LOG_METRIC,
    READ_THROTTLES,
    Delivery,
    MetricStore,
)
from benchmarks.pace.traffic import MINUTE, RAMP_SECONDS, Fault, Load, Traffic
from quorum.domain.evidence import Candidate, Scalar, Statistic
from quorum.domain.topology import Service, ServiceMap
from quorum.ports.telemetry import MetricQuery
from tests.fakes import FakeClock

NOON: Final = int(datetime(2026, 11, 23, 12, tzinfo=UTC).timestamp())
TABLE_NAME: Final = "orders"
CULPRIT: Final = "pay"
ENTRY: Final = "front"
GOOD: Final = "7"
BAD: Final = "8"
TABLE: Final = f"dynamodb:{TABLE_NAME}"
PARAMETER: Final = "ssm:/shop/rate"
NOISE: Final = 0.002
"""Share of healthy requests that fail."""
TWIN_NOISE: Final = 0.01
MOST_DRAWS: Final = 12
QUIET_PERIODS: Final = 3
"""Periods before the release from which on the alarm is evaluated."""
ALARM_WAIT: Final = 45 * MINUTE
"""A fault that raises no alarm within this time after it began counts as not noticed."""
AFTER: Final = 110 * MINUTE
"""From the longest wait for the alarm until the run is over."""
DETAIL_MINUTES: Final = (120, 3000)
DETAIL_REQUESTS: Final = 600
OTHERS: Final = tuple(f"svc{place}" for place in range(1, 12))
SLOW_FACTOR: Final = 1.6
SLOW_MS: Final = 100.0
"""An alarm on the duration breaches at this factor or so many ms above the usual p95."""
BLIP: Final = (0.5, 90.0)
"""Share and seconds of a blip: failures that pass by themselves."""


class Shop(NamedTuple):
    """The calls between the functions, and the function whose alarm fires."""

    calls: Mapping[str, tuple[str, ...]]
    alarmed: str
    mapped: bool


SHOPS: Final[Mapping[str, Shop]] = {
    "single": Shop({CULPRIT: ()}, CULPRIT, mapped=False),
    "pair": Shop({ENTRY: (CULPRIT,), CULPRIT: ()}, CULPRIT, mapped=True),
    "chain": Shop(
        {ENTRY: ("cart",), "cart": (CULPRIT,), CULPRIT: ("stock",), "stock": ()},
        ENTRY,
        mapped=True,
    ),
    "fan-out": Shop(
        {ENTRY: (CULPRIT, *OTHERS), CULPRIT: (), **dict.fromkeys(OTHERS, ())}, ENTRY, mapped=True
    ),
}


def _with_table(shop: Shop) -> Shop:
    """Return the shop with the culprit's table, whose throttles raise the alarm."""
    calls = {**shop.calls, CULPRIT: (*shop.calls[CULPRIT], TABLE_NAME), TABLE_NAME: ()}
    return Shop(calls, TABLE_NAME, shop.mapped)


def draw(cell: Cell, seed: int) -> "World":
    """Return a world whose alarm is quiet until the fault begins; of twins, any world."""
    tries = (World(cell, seed, number) for number in range(MOST_DRAWS))
    found = next(tries)
    while cell.twin is None and not found.quiet():
        another = next(tries, None)
        if another is None:
            break
        found = another
    return found


@dataclass
class World:
    """Everything outside of the product, by one seed; `number` distinguishes its drawings."""

    cell: Cell
    seed: int
    number: int = 0

    def __post_init__(self) -> None:
        """Draw the run."""
        cell = self.cell
        alike = cell._replace(throttled=False)  # so that both draw the same world
        self.rng = random.Random(f"{self.seed}/{self.number}/{alike!r}")  # noqa: S311
        self._apis = random.Random(self.rng.getrandbits(32))  # noqa: S311
        """Dice of its own, so that throttling changes no other draw."""
        self.shop = _with_table(SHOPS[cell.topology]) if self.about_table else SHOPS[cell.topology]
        self.start = NOON + (60 * self.rng.randrange(7 * 1440) if cell.season else 0)
        self.release = self.start + self.rng.uniform(0, MINUTE)
        later = self.rng.uniform(20, 40) * MINUTE if cell.fault == "delayed" else 0.0
        self.fault_at = self.release + later
        self.over = self.fault_at + ALARM_WAIT + AFTER
        self.clock = FakeClock(_at(self.start - 2 * MINUTE))
        self.traffic = self._traffic()
        self.account = Account(self.clock, self.traffic, self.rng)
        self._settings()
        self.delivery = Delivery(cell.lag, cell.partial)
        self.metrics = MetricStore(
            self.traffic,
            self.delivery,
            self.clock,
            self._bucket("GetMetricData", GET_METRIC_DATA_PER_SECOND),
        )
        most = THROTTLED_FILTER_LOG_EVENTS if cell.throttled else FILTER_LOG_EVENTS_PER_SECOND
        reads = self._bucket("FilterLogEvents", most)
        self.logs = LogStore(self.traffic, self.clock, reads, platform_lines=cell.innocent)
        self.alarms = self._alarms()
        lookups = self._bucket("LookupEvents", LOOKUP_EVENTS_PER_SECOND)
        self.trail = Trail(self.clock, self._apis, lookups) if cell.throttled else None

    @property
    def service_map(self) -> ServiceMap:
        """Return the declared map; empty without one."""
        if not self.shop.mapped:
            return ServiceMap()
        below = {CULPRIT: (TABLE, PARAMETER)}
        return ServiceMap(
            services=tuple(
                Service(
                    resource=f"lambda:{name}",
                    depends_on=(
                        *(f"lambda:{callee}" for callee in callees if callee != TABLE_NAME),
                        *below.get(name, ()),
                    ),
                )
                for name, callees in self.shop.calls.items()
                if name != TABLE_NAME
            )
        )

    def helps(self, candidate: Candidate) -> bool:
        """Return whether the candidate ends the fault: it goes back to what was before it."""
        if self.about_table:
            return (candidate.verb, candidate.resource) == ("dynamodb.raise_capacity", TABLE)
        if self.cell.fault == "external":
            return False
        target = candidate.parameters.get("to_version")
        place = (candidate.verb, candidate.resource)
        return place == ("lambda.rollback_alias", f"lambda:{CULPRIT}") and target == GOOD

    @property
    def about_table(self) -> bool:
        """Return whether the fault is the table's."""
        return self.cell.fault == "capacity"

    def quiet(self) -> bool:
        """Evaluate the alarms up to the fault; return whether none of them fired."""
        self.alarms.advance(self.fault_at)
        return all(alarm.state != "ALARM" for alarm in self.alarms.alarms)

    def _traffic(self) -> Traffic:
        cell = self.cell
        back = MINUTE * min(max(DETAIL_MINUTES[0], DETAIL_REQUESTS / cell.rate), DETAIL_MINUTES[1])
        doubled = self.start if cell.twin == "load" else None
        traffic = Traffic(
            self.rng.getrandbits(32),
            Load(cell.rate, cell.season, doubled),
            self.shop.calls,
            (self.start - back, self.over + MINUTE),
            NOISE if cell.twin is None else TWIN_NOISE,
        )
        if cell.twin == "blip":
            share, seconds = BLIP
            ends = self.fault_at + seconds
            traffic.faults.append(Fault(CULPRIT, None, share, starts=self.fault_at, ends=ends))
        traffic.silent.add(TABLE_NAME)
        if cell.fault == "capacity":
            traffic.faults.append(Fault(TABLE_NAME, TOO_LOW, cell.share, starts=self.fault_at))
        elif cell.fault == "external":
            traffic.faults.append(Fault(CULPRIT, None, cell.share, starts=self.fault_at))
        elif cell.twin is None:
            ramp = RAMP_SECONDS if cell.fault == "gradual" else 0.0
            slow = cell.fault == "latency"
            fault = Fault(CULPRIT, BAD, cell.share, slow, starts=self.fault_at, ramp=ramp)
            traffic.faults.append(fault)
        return traffic

    def _settings(self) -> None:
        """Write every setting, the release, and an innocent change in half of the runs."""
        long_ago = self.start - 20 * 86_400.0
        for name in (name for name in self.shop.calls if name != TABLE_NAME):
            version = GOOD if name == CULPRIT else "3"
            self.account.put(f"lambda:{name}", long_ago, **new_function(version))
        if self.shop.mapped:
            billing = "PROVISIONED" if self.about_table else "PAY_PER_REQUEST"
            units: dict[str, Scalar] = dict.fromkeys(("read_units", "write_units"), 0)
            if self.about_table:
                units = {"read_units": 40, "write_units": 20}
            flags = {"deploying": False, "autoscaled": False}
            self.account.put(TABLE, long_ago, status="ACTIVE", billing=billing, **units, **flags)
            changed = self.start - 9 * 86_400
            self.account.put(PARAMETER, long_ago, version=4, changed_at=changed, value_digest="x")
        self.innocent_at: float | None = None
        if self.cell.innocent and self.rng.random() < 0.5:  # noqa: PLR2004 - half of the runs
            self._change_innocently()
        if self.about_table:
            self.account.put(TABLE, self.release, read_units=20, write_units=10)
        elif self.cell.twin in {None, "release"}:
            at = self.release
            if self.cell.fault == "external":  # the release is innocent, and some time ago
                at = self.innocent_at = self.start - self.rng.uniform(0.25, 6) * 3600
            self.account.put(f"lambda:{CULPRIT}", at, alias_version=BAD, alias_revision=f"r-{BAD}")

    def _change_innocently(self) -> None:
        at = self.innocent_at = self.start - self.rng.uniform(0.2, 20) * 3600
        if self.shop.mapped and self.rng.random() < 0.5:  # noqa: PLR2004 - one kind or the other
            self.account.put(f"lambda:{ENTRY}", at, alias_version="4", alias_revision="r-4")
        else:
            self.account.put(f"lambda:{CULPRIT}", at, reserved_concurrency=80)

    def decoy(self) -> None:
        """Make a wrong candidate possible: the culprit's concurrency was lowered, harmlessly."""
        if self.innocent_at is None:
            self.innocent_at = self.start - 1800.0
        self.account.history[f"lambda:{CULPRIT}"].sort(key=lambda one: one[0])
        for at, settings in self.account.history[f"lambda:{CULPRIT}"]:
            settings["reserved_concurrency"] = 80 if at >= self.innocent_at else 120
        at, before = self.innocent_at, self.account.history[f"lambda:{CULPRIT}"][0][1]
        lowered = {**before, "reserved_concurrency": 80}
        self.account.history[f"lambda:{CULPRIT}"].insert(1, (at, lowered))

    def _bucket(self, name: str, rate: int) -> Bucket:
        return Bucket(name, rate, self.clock, self._apis)

    def _alarms(self) -> AlarmBook:
        shape = self.cell.alarm
        if shape.kind != "composite":
            return AlarmBook([self._alarm("shop-checkout", self.shop.alarmed, shape)])
        watched = dict.fromkeys((self.shop.alarmed, next(iter(self.shop.calls))))
        children = tuple(self._alarm(f"part-{name}", name, shape) for name in watched)
        return AlarmBook(children, CompositeModel("shop-checkout", children))

    def _alarm(self, name: str, function: str, shape: AlarmShape) -> AlarmModel:
        slow = self.cell.fault == "latency" and self.cell.twin is None
        namespace, metric, statistic = LAMBDA, "Errors", "Sum"
        usual = self.traffic.depth(function) * NOISE * self.cell.rate * shape.period / MINUTE
        threshold = max(self.cell.threshold(), float(ceil(usual + 3 * usual**0.5)))
        if self.cell.twin is not None:
            threshold = self.cell.threshold()
        if slow:
            usual_p95 = self.traffic.usual_p95(function)
            metric, statistic = "Duration", "p95"
            threshold = min(SLOW_FACTOR * usual_p95, usual_p95 + SLOW_MS)
        elif self.cell.metric == "nonzero":
            namespace, metric = LOG_NAMESPACE, LOG_METRIC
        dimensions = [("FunctionName", function)]
        if self.about_table:
            namespace, metric, dimensions = DYNAMODB, READ_THROTTLES, [("TableName", TABLE_NAME)]
        if shape.kind == "alias" and namespace == LAMBDA:
            dimensions.append(("Resource", f"{function}:{ALIAS}"))
        query = MetricQuery(
            id=name,
            namespace=namespace,
            metric=metric,
            dimensions=tuple(dimensions),
            statistic=_statistic(statistic),
            period_seconds=shape.period,
        )
        starts = self.start - QUIET_PERIODS * shape.period
        return AlarmModel(name, query, shape, threshold, self.metrics, self.delivery, starts)


def _statistic(name: str) -> Statistic:
    found: dict[str, Statistic] = {"Sum": "Sum", "p95": "p95"}
    return found[name]


def _at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)

"""A shop of two functions, a parameter and a table in memory, and what freezes its fault."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from statistics import fmean
from typing import Any, Final

from functions.evidence.asking import Asking
from functions.evidence.conventions import metrics_of, metrics_of_version
from functions.evidence.freezing import Freezer
from functions.evidence.sources import Sources
from functions.shared.domain.events import GENESIS, EvidenceFrozen, IncidentOpened
from functions.shared.domain.evidence import Alarm, Bundle
from functions.shared.domain.model import OutsiderText
from functions.shared.domain.topology import Metrics, Service, ServiceMap
from functions.shared.ports import AuditTrail, LogLine, MetricQuery, TopologySource
from functions.shared.recording import Recorder
from functions.shared.snapshots import Inventory
from tests.fakes import (
    START,
    CountingIds,
    FakeClock,
    InMemoryEventStore,
    InMemoryEvidenceStore,
    InMemoryExecutionLedger,
    InMemoryLogSource,
    InMemoryMetricSource,
    InMemorySnapshotBook,
    InMemoryStateSource,
    InMemoryTopologySource,
)

INCIDENT: Final = "0123456789abcdef0123456789abcdef"
FRONT, BACK, LIMIT, GOODS = "lambda:front", "lambda:back", "ssm:/limit", "dynamodb:goods"
FAULT: Final = int(START.timestamp()) - 30
"""Ten seconds into an alarm period; the alarm fires at START - 10 s, and evidence is at START."""
MAP: Final = ServiceMap(
    services=(
        Service(
            resource=FRONT,
            alias="live",
            depends_on=(BACK, LIMIT),
            metrics=Metrics(namespace="Shop/front", version_namespace="Shop/front/{version}"),
            log_group="/aws/lambda/front",
        ),
        Service(
            resource=BACK,
            alias="live",
            depends_on=(GOODS,),
            metrics=Metrics(namespace="Shop/back", version_namespace="Shop/back/{version}"),
            log_group="/aws/lambda/back",
            success_objective=0.999,
        ),
    )
)


def alarm(name: str = "front", **changes: Any) -> Alarm:
    """Return the function's error alarm, which fired 10 s ago."""
    fields = {
        "name": f"shop-{name}-errors",
        "arn": f"arn:aws:cloudwatch:eu-west-1:000000000000:alarm:shop-{name}-errors",
        "kind": "metric",
        "account": "000000000000",
        "region": "eu-west-1",
        "resources": (f"lambda:{name}",),
        "fired_at": START - timedelta(seconds=10),
        "reason": OutsiderText.of("Threshold Crossed"),
        "namespace": f"Shop/{name}",
        "metric": "Errors",
        "dimensions": (("FunctionName", name),),
        "statistic": "Sum",
        "threshold": 3.0,
        "comparison": "GreaterThanThreshold",
        "period_seconds": 10,
    }
    return Alarm.model_validate(fields | changes)


class Measured(InMemoryMetricSource):
    """A `MetricSource` that holds points of a second and answers in periods, as CloudWatch does."""

    def fetch(
        self, queries: Sequence[MetricQuery], start: datetime, end: datetime
    ) -> Mapping[str, tuple[tuple[int, float], ...]]:
        """Return the points summed up, or averaged, by period."""
        fine = super().fetch(queries, start, end)
        return {query.id: _by_period(query, fine[query.id]) for query in queries}


class Shop:
    """Everything around a freezer. `bundle` freezes and returns what was frozen."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.store, self.evidence = InMemoryEventStore(), InMemoryEvidenceStore()
        self.topology = InMemoryTopologySource(MAP)
        self.metrics, self.logs = Measured(), InMemoryLogSource()
        self.states, self.book = InMemoryStateSource(), InMemorySnapshotBook()
        self.ledger = InMemoryExecutionLedger(self.clock)
        self.traces: TopologySource | None = None
        self.audit: AuditTrail | None = None
        self.asking: Callable[[], Asking] = Asking
        for name, version in (("front", "3"), ("back", "7")):
            settings = {"alias": "live", "alias_version": version, "alias_revision": "r"}
            self.states.settings[f"lambda:{name}"] = dict(settings)
            self.serve(name, version)
            self._log(name, version)
        self.states.settings[LIMIT] = {"version": 4}
        self.states.settings[GOODS] = {"billing": "PAY_PER_REQUEST"}
        self.looked()

    def looked(self, before: float = 60) -> None:
        """Have the inventory look at everything, so long before the fault."""
        at = datetime.fromtimestamp(FAULT - before, UTC)
        inventory = Inventory(self.states, self.book, self.ledger, lambda: at)
        for resource in (FRONT, BACK, LIMIT, GOODS):
            inventory.look(resource, "live")

    def release(self, name: str, version: str) -> None:
        """Move the alias; from the fault on every second request of that version fails."""
        old = str(self.states.settings[f"lambda:{name}"]["alias_version"])
        self.states.settings[f"lambda:{name}"]["alias_version"] = version
        self.serve(name, old, until=FAULT)
        self.serve(name, version, since=FAULT, failing=True)
        self._log(name, version, since=FAULT, failing=True)

    def sources(self) -> Sources:
        """Return the sources as they are wired now."""
        inventory = Inventory(self.states, self.book, self.ledger, self.clock)
        return Sources(self.topology, self.metrics, self.logs, inventory, self.traces, self.audit)

    def freezer(self) -> Freezer:
        """Return the freezer over everything."""
        recorder = Recorder(self.store, now=self.clock, new_id=CountingIds())
        return Freezer(recorder, self.evidence, self.sources(), self.clock, self.asking)

    def open(self, fired: Alarm | None = None) -> None:
        """Open the incident."""
        self.store.append(
            IncidentOpened(
                incident_id=INCIDENT,
                version=1,
                event_id="opened",
                occurred_at=self.clock(),
                previous=GENESIS,
                alarm=fired or alarm(),
                flapping=False,
            )
        )

    def frozen(self, round_: int = 1) -> EvidenceFrozen:
        """Return the fact of that round."""
        facts = [f for f in self.store.load(INCIDENT) if isinstance(f, EvidenceFrozen)]
        (fact,) = [fact for fact in facts if fact.round == round_]
        return fact

    def bundle(self, fired: Alarm | None = None, round_: int = 1) -> Bundle:
        """Open the incident if it is not, freeze the round, and read the bundle back."""
        if not self.store.load(INCIDENT):
            self.open(fired)
        self.freezer().freeze({"incident_id": INCIDENT, "round": round_})
        fact = self.frozen(round_)
        return self.evidence.get_bundle(fact.key, fact.evidence)

    def serve(
        self,
        name: str,
        version: str,
        *,
        since: int = FAULT - 400,
        until: int = int(START.timestamp()),
        failing: bool = False,
    ) -> None:
        """Serve two requests a second; of what fails the callers are not told here."""
        resource, service = f"lambda:{name}", MAP.service(f"lambda:{name}")
        whole = metrics_of(resource, service)
        of_version = metrics_of_version(resource, service, "live", version)
        values = {"requests": 2.0, "errors": float(failing), "latency": 20.0}
        for metric in (*whole, *of_version):
            if metric.measure == "throttles":
                continue
            query = MetricQuery(
                id="x",
                namespace=metric.namespace,
                metric=metric.name,
                dimensions=metric.dimensions,
                statistic=metric.statistic,
                period_seconds=1,
            )
            known = self.metrics.points.get(_key(query), ()) if metric.version is None else ()
            kept = tuple(p for p in known if not since <= p[0] < until)
            new = tuple((at, values[metric.measure]) for at in range(since, until))
            self.metrics.add(query, tuple(sorted((*kept, *new))))

    def _log(
        self, name: str, version: str, *, since: int = FAULT - 400, failing: bool = False
    ) -> None:
        stream = f"2026/11/23/[{version}]0a1b2c3d"
        lines = self.logs.groups.setdefault(f"/aws/lambda/{name}", [])
        for at in range(since, int(START.timestamp()), 2):
            lines.append(LogLine(at, f"served order {at} in {at % 90} ms", stream))
            if failing:
                text = f'{{"level": "ERROR", "message": "TypeError: order {at} has no price"}}'
                lines.append(LogLine(at + 0.5, text, stream))


def _by_period(
    query: MetricQuery, points: tuple[tuple[int, float], ...]
) -> tuple[tuple[int, float], ...]:
    found: defaultdict[int, list[float]] = defaultdict(list)
    for at, value in points:
        found[at // query.period_seconds * query.period_seconds].append(value)
    join = sum if query.statistic == "Sum" else fmean
    return tuple((at, float(join(values))) for at, values in sorted(found.items()))


def _key(query: MetricQuery) -> Any:
    return (query.namespace, query.metric, tuple(sorted(query.dimensions)), query.statistic)

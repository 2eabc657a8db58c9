"""A shop of two functions, a parameter and a table in memory, and what freezes its fault."""

from collections.abc import Callable
from datetime import UTC, datetime

from functions.evidence.freezer import Freezer
from functions.evidence.parallel_calls import ParallelCalls
from functions.evidence.sources import Sources
from quorum.application.inventory import Inventory
from quorum.domain.conventions import Metric, metrics_of, metrics_of_version
from quorum.domain.events import EvidenceFrozen
from quorum.domain.evidence import Alarm, Bundle
from quorum.ports.telemetry import AuditTrail, LogLine, MetricQuery, TopologySource
from tests.builders.events import INCIDENT, opened
from tests.builders.incidents import IncidentStores
from tests.builders.topology import (
    BACK,
    FAULT,
    FRONT,
    GOODS,
    LIMIT,
    MAP,
    Measured,
    alarm,
    identity,
)
from tests.fakes import (
    START,
    InMemoryLogSource,
    InMemorySnapshotStore,
    InMemoryStateSource,
    InMemoryTopologySource,
)


def query_of(metric: Metric, period: int) -> MetricQuery:
    """Return the query for the metric in periods of so many seconds."""
    return MetricQuery(
        id="x",
        namespace=metric.namespace,
        metric=metric.name,
        dimensions=metric.dimensions,
        statistic=metric.statistic,
        period_seconds=period,
    )


class Shop(IncidentStores):
    """Everything around a freezer. `bundle` freezes and returns what was frozen."""

    def __init__(self) -> None:
        super().__init__()
        self.topology = InMemoryTopologySource(MAP)
        self.metrics, self.logs = Measured(), InMemoryLogSource()
        self.states, self.book = InMemoryStateSource(), InMemorySnapshotStore()
        self.traces: TopologySource | None = None
        self.audit: AuditTrail | None = None
        self.calls: Callable[[], ParallelCalls] = ParallelCalls
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
            inventory.observe(resource, "live")

    def release(self, name: str, version: str, failing: float = 1.0) -> None:
        """Move the alias; from the fault on so many of two requests a second fail."""
        old = str(self.states.settings[f"lambda:{name}"]["alias_version"])
        self.states.settings[f"lambda:{name}"]["alias_version"] = version
        self.serve(name, old, until=FAULT)
        self.serve(name, version, since=FAULT, failing=failing)
        self._log(name, version, since=FAULT, failing=True)

    def sources(self) -> Sources:
        """Return the sources as they are wired now."""
        inventory = Inventory(self.states, self.book, self.ledger, self.clock)
        return Sources(self.topology, self.metrics, self.logs, inventory, self.traces, self.audit)

    def freezer(self) -> Freezer:
        """Return the freezer over everything."""
        return Freezer(
            self.recorder,
            self.evidence,
            self.openings,
            self.sources(),
            self.ledger,
            self.clock,
            self.calls,
        )

    def open(self, fired: Alarm | None = None, *, storm: bool = False) -> None:
        """Open the incident."""
        self.store.append(opened(occurred_at=self.clock(), alarm=fired or alarm(), storm=storm))

    def frozen(self, round_: int = 1) -> EvidenceFrozen:
        """Return the event of that round."""
        (fact,) = [fact for fact in self.facts(EvidenceFrozen) if fact.round == round_]
        return fact

    def bundle(self, fired: Alarm | None = None, round_: int = 1) -> Bundle:
        """Open the incident if it is not, freeze the round, and read the bundle back."""
        if not self.store.load(INCIDENT):
            self.open(fired)
        self.freezer().freeze({"incident_id": INCIDENT, "round": round_})
        fact = self.frozen(round_)
        return self.evidence.get_bundle(fact.evidence)

    def serve(
        self,
        name: str,
        version: str,
        *,
        since: int = FAULT - 400,
        until: int = int(START.timestamp()),
        failing: float = 0.0,
    ) -> None:
        """Serve two requests a second; failures are not reported to the callers here."""
        resource, service = f"lambda:{name}", MAP.service(f"lambda:{name}")
        whole = metrics_of(resource, service)
        of_version = metrics_of_version(resource, service, "live", version)
        values = {"requests": 2.0, "errors": failing, "latency": 20.0}
        for metric in (*whole, *of_version):
            if metric.measure == "throttles":
                continue
            query = query_of(metric, 1)
            known = self.metrics.points.get(identity(query), ()) if metric.version is None else ()
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

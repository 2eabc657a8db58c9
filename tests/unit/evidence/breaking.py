"""The shop with a fault to be seen, and its sources broken one by one."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from quorum.domain.errors import SourceUnavailableError, StoreUnavailableError
from quorum.domain.evidence import Bundle, Change, Source
from quorum.ports.telemetry import AuditEntry
from tests.builders.shop import Shop
from tests.builders.topology import FAULT
from tests.fakes import InMemorySnapshotStore, InMemoryTopologySource

Break = Callable[[Shop], None]
DOWN = SourceUnavailableError("AccessDenied")


def released() -> Shop:
    """Return the shop with a fault to be seen."""
    shop = Shop()
    shop.release("front", "4")
    return shop


def source(bundle: Bundle, name: str) -> Source:
    (found,) = [s for s in bundle.sources if s.name == name]
    return found


class BrokenStore(InMemorySnapshotStore):
    """A snapshot store whose reads fail."""

    def newest(self, resource: str) -> Any:
        raise StoreUnavailableError(f"inventory table: {resource}")

    def past(self, resource: str, since: datetime) -> Any:  # noqa: ARG002
        raise StoreUnavailableError(f"inventory table: {resource}")


class Audit:
    """An `AuditTrail` with one name, or an error."""

    def __init__(
        self, error: Exception | None = None, at: float = FAULT - 5, *, knows: bool = True
    ) -> None:
        self.error, self.at, self.knows = error, at, knows
        self.asked: list[Change] = []

    def author_of(self, change: Change) -> AuditEntry | None:
        self.asked.append(change)
        if self.error:
            raise self.error
        entry = AuditEntry(self.at, f"arn:aws:iam::1:role/deploys-{change.resource}")
        return entry if self.knows else None


def break_topology(shop: Shop) -> None:
    shop.topology.error = DOWN


def break_metrics(shop: Shop) -> None:
    shop.metrics.error = DOWN


def break_logs(shop: Shop) -> None:
    shop.logs.error = DOWN


def break_states(shop: Shop) -> None:
    shop.states.error = DOWN


def break_book(shop: Shop) -> None:
    shop.book = BrokenStore()


def break_traces(shop: Shop) -> None:
    traces = InMemoryTopologySource()
    traces.error = DOWN
    shop.traces = traces


BREAKS: dict[str, tuple[Break, str]] = {
    "topology": (break_topology, "other"),
    "metrics": (break_metrics, "metrics"),
    "logs": (break_logs, "logs"),
    "state": (break_states, "other"),
    "changes": (break_book, "other"),
    "traces": (break_traces, "traces"),
}

"""Sources that fail, hang or know nothing cost confidence, and never the others or the round."""

from collections.abc import Callable, Iterator
from datetime import datetime
from threading import Event
from typing import Any

import pytest

from functions.evidence.asking import Asking
from functions.shared.domain.constants import CONFIDENCE_PENALTIES_BP
from functions.shared.domain.errors import SourceUnavailableError, StoreUnavailableError
from functions.shared.domain.evidence import Bundle, Change, ResourceState, Source
from functions.shared.domain.topology import Service, ServiceMap
from functions.shared.ports import AuditEntry
from tests.fakes import InMemorySnapshotBook, InMemoryTopologySource
from tests.unit.evidence.shop import BACK, FAULT, FRONT, GOODS, LIMIT, Shop, alarm

Break = Callable[[Shop], None]


def released() -> Shop:
    """Return the shop with a fault to be seen."""
    shop = Shop()
    shop.release("front", "4")
    return shop


def source(bundle: Bundle, name: str) -> Source:
    (found,) = [s for s in bundle.sources if s.name == name]
    return found


class BrokenBook(InMemorySnapshotBook):
    """Snapshots that nobody can read."""

    def newest(self, resource: str) -> Any:
        raise StoreUnavailableError(f"inventory table: {resource}")

    def changes(self, resource: str, since: datetime) -> Any:  # noqa: ARG002
        raise StoreUnavailableError(f"inventory table: {resource}")


class Audit:
    """An `AuditTrail` that knows one name, or fails."""

    def __init__(self, error: Exception | None = None, at: float = FAULT - 5) -> None:
        self.error, self.at = error, at

    def who(self, change: Change) -> AuditEntry | None:
        if self.error:
            raise self.error
        return AuditEntry(self.at, f"arn:aws:iam::1:role/deploys-{change.resource}")


DOWN = SourceUnavailableError("AccessDenied")


def break_topology(shop: Shop) -> None:
    shop.topology.error = DOWN


def break_metrics(shop: Shop) -> None:
    shop.metrics.error = DOWN


def break_logs(shop: Shop) -> None:
    shop.logs.error = DOWN


def break_states(shop: Shop) -> None:
    shop.states.error = DOWN


def break_book(shop: Shop) -> None:
    shop.book = BrokenBook()


def break_traces(shop: Shop) -> None:
    traces = InMemoryTopologySource()
    traces.error = DOWN
    shop.traces = traces


def break_audit(shop: Shop) -> None:
    shop.audit = Audit(DOWN)


BREAKS: dict[str, tuple[Break, str]] = {
    "topology": (break_topology, "other"),
    "metrics": (break_metrics, "metrics"),
    "logs": (break_logs, "logs"),
    "state": (break_states, "other"),
    "changes": (break_book, "other"),
    "traces": (break_traces, "traces"),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_source_that_fails_is_a_gap_with_its_penalty_and_loses_nothing_else(name: str) -> None:
    shop, whole = released(), released().bundle()
    broken, penalty = BREAKS[name]
    broken(shop)
    bundle = shop.bundle()
    gap = source(bundle, name)
    assert gap.status == "failed"
    assert "AccessDenied" in gap.detail or "inventory table" in gap.detail
    assert bundle.penalty_bp() == CONFIDENCE_PENALTIES_BP[penalty]
    assert [g.name for g in bundle.gaps()] == [name]
    assert (bundle.series == whole.series) == (
        name not in {"metrics", "topology", "changes", "state"}
    )
    assert (bundle.templates == whole.templates) == (name not in {"logs", "topology", "metrics"})
    assert (bundle.states == whole.states) == (name not in {"state", "topology"})


def test_everything_broken_at_once_still_freezes_a_bundle_that_nobody_may_act_on() -> None:
    shop = released()
    for broken, _ in BREAKS.values():
        broken(shop)
    bundle = shop.bundle()
    assert {g.name for g in bundle.gaps()} == set(BREAKS)
    assert not bundle.complete_enough()
    assert (bundle.series, bundle.templates, bundle.candidates) == ((), (), ())
    assert shop.frozen().evidence


def test_an_error_that_nobody_thought_of_is_a_gap_too() -> None:
    shop = released()
    shop.audit = Audit(KeyError("userIdentity"))
    bundle = shop.bundle()
    assert source(bundle, "changes").detail == "audit trail: KeyError: 'userIdentity'"
    assert bundle.changes


def test_without_the_topology_the_alarms_own_resource_is_still_looked_at() -> None:
    shop = released()
    break_topology(shop)
    bundle = shop.bundle()
    assert {s.resource for s in bundle.states} == {FRONT}
    assert [c.verb for c in bundle.candidates] == ["lambda.rollback_alias"]


def test_without_states_the_changes_that_the_inventory_knew_remain() -> None:
    shop = released()
    shop.looked(before=20)
    shop.clock.advance(1)
    break_states(shop)
    bundle = shop.bundle()
    assert [c.resource for c in bundle.changes] == [FRONT]
    assert bundle.candidates == (), "no candidate without the state that it must still hold in"


def test_one_resource_that_cannot_be_read_does_not_hide_the_others() -> None:
    shop = released()
    read = shop.states.state

    def partly(resource: str, alias: str | None = None) -> ResourceState | None:
        if resource == BACK:
            raise SourceUnavailableError("throttled")
        return read(resource, alias)

    shop.states.state = partly  # type: ignore[method-assign]
    bundle = shop.bundle()
    assert {s.resource for s in bundle.states} == {FRONT, LIMIT, GOODS}
    assert source(bundle, "state").detail == f"{BACK}: SourceUnavailableError: throttled"


@pytest.fixture
def hang() -> Iterator[Callable[..., Any]]:
    """Return a call that does not come back until the test is over."""
    over = Event()

    def forever(*_: Any, **__: Any) -> Any:
        over.wait(30)
        raise SourceUnavailableError("too late")

    yield forever
    over.set()


@pytest.mark.parametrize("name", ["topology", "metrics", "logs", "state"])
def test_a_source_that_hangs_is_left_behind(name: str, hang: Callable[..., Any]) -> None:
    shop = released()
    methods = {
        "topology": (shop.topology, "service_map"),
        "metrics": (shop.metrics, "fetch"),
        "logs": (shop.logs, "lines"),
        "state": (shop.states, "state"),
    }
    setattr(*methods[name], hang)
    shop.asking = lambda: Asking(seconds=0.2)
    bundle = shop.bundle()
    assert [g.name for g in bundle.gaps()] == [name]
    assert "no answer" in source(bundle, name).detail


def test_many_hanging_sources_together_stay_within_the_rounds_budget(
    hang: Callable[..., Any],
) -> None:
    shop = released()
    shop.metrics.fetch = shop.logs.lines = shop.states.state = hang  # type: ignore[method-assign]
    shop.asking = lambda: Asking(seconds=30, budget=0.3)
    assert {g.name for g in shop.bundle().gaps()} >= {"metrics", "logs", "state"}


def test_what_is_not_configured_is_absent_and_costs_nothing() -> None:
    shop = Shop()
    shop.topology.map = ServiceMap()
    bundle = shop.bundle(alarm(resources=("sqs:parcels",), metric="Depth"))
    assert source(bundle, "topology").status == "absent"
    assert source(bundle, "traces").status == "absent"
    assert source(bundle, "logs").status == "absent"


def test_no_data_never_becomes_zeros_nor_health() -> None:
    shop = Shop()
    shop.metrics.points.clear()
    bundle = shop.bundle()
    assert bundle.series == ()
    assert source(bundle, "metrics").status == "failed"
    assert source(bundle, "metrics").detail == f"no data of {FRONT}"


def test_a_second_without_a_point_stays_without_one() -> None:
    shop = Shop()
    for key, points in shop.metrics.points.items():
        shop.metrics.points[key] = tuple(p for p in points if p[0] % 3)
    bundle = shop.bundle()
    assert bundle.series
    assert all(at % 3 for s in bundle.series for at, _ in s.points)


def test_metrics_that_stopped_are_stale() -> None:
    shop = Shop()
    for key, points in shop.metrics.points.items():
        shop.metrics.points[key] = tuple(p for p in points if p[0] < FAULT - 150)
    metrics = source(shop.bundle(), "metrics")
    assert (metrics.status, metrics.age_seconds) == ("stale", 180)


def test_a_declared_log_group_that_is_silent_while_requests_are_served_is_a_gap() -> None:
    shop = Shop()
    shop.logs.groups["/aws/lambda/back"] = []
    logs = source(shop.bundle(), "logs")
    assert (logs.status, logs.detail) == ("failed", f"{BACK}: no lines, though it served requests")


def test_logs_well_behind_the_requests_are_stale() -> None:
    shop = Shop()
    group = shop.logs.groups["/aws/lambda/back"]
    group[:] = [line for line in group if line.at < FAULT - 300]
    logs = source(shop.bundle(alarm(evaluation_periods=3)), "logs")
    assert (logs.status, logs.detail) == ("stale", f"behind: {BACK}")


def test_what_was_never_looked_at_before_is_named() -> None:
    shop = Shop()
    shop.book = InMemorySnapshotBook()
    changes = source(shop.bundle(), "changes")
    assert changes.status == "stale"
    assert changes.detail.startswith("seen for the first time: ")


def test_an_inventory_that_last_looked_long_ago_is_stale() -> None:
    shop = Shop()
    shop.book = InMemorySnapshotBook()
    shop.looked(before=3600)
    changes = source(shop.bundle(), "changes")
    assert (changes.status, changes.age_seconds) == ("stale", 3630)


def test_who_did_it_and_when_comes_from_the_audit_trail_as_outsiders_text() -> None:
    shop = released()
    shop.audit = Audit()
    (change,) = shop.bundle().changes
    assert change.actor is not None
    assert change.actor.outsider == f"arn:aws:iam::1:role/deploys-{FRONT}"
    assert change.not_before == change.at == FAULT - 5


def test_an_audit_entry_outside_the_changes_window_does_not_move_it() -> None:
    shop = released()
    shop.audit = Audit(at=FAULT - 5000)
    (change,) = shop.bundle().changes
    assert change.actor is not None
    assert (change.not_before, change.at) == (FAULT - 60, FAULT + 30)


def test_traces_add_dependencies_that_nobody_declared() -> None:
    shop = Shop()
    hidden = Service(resource=BACK, depends_on=("lambda:hidden",))
    shop.traces = InMemoryTopologySource(ServiceMap(services=(hidden,)))
    shop.states.settings["lambda:hidden"] = {"alias": None}
    bundle = shop.bundle()
    assert source(bundle, "traces").status == "ok"
    assert (BACK, "lambda:hidden") in {(e.caller, e.callee) for e in bundle.edges}
    assert "lambda:hidden" in {s.resource for s in bundle.states}

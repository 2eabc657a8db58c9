"""Failing and stale sources lower confidence; absent ones do not."""

from quorum.domain.topology import Service, ServiceMap
from tests.builders.shop import Shop
from tests.builders.topology import BACK, FAULT, FRONT, GOODS, MAP, alarm
from tests.fakes import InMemorySnapshotStore, InMemoryTopologySource
from tests.unit.evidence.breaking import source


def test_unconfigured_source_is_absent_without_a_penalty() -> None:
    shop = Shop()
    shop.topology.map = ServiceMap()
    bundle = shop.bundle(alarm(resources=("sqs:parcels",), metric="Depth"))
    assert source(bundle, "topology").status == "absent"
    assert source(bundle, "traces").status == "absent"
    assert source(bundle, "logs").status == "absent"


def test_missing_data_never_becomes_zero_or_healthy() -> None:
    shop = Shop()
    shop.metrics.points.clear()
    bundle = shop.bundle()
    assert bundle.series == ()
    assert source(bundle, "metrics").status == "failed"
    assert source(bundle, "metrics").detail == f"no data of {FRONT}"


def test_period_without_a_point_stays_empty() -> None:
    shop = Shop()
    for key, points in shop.metrics.points.items():
        shop.metrics.points[key] = tuple(p for p in points if p[0] % 3)
    bundle = shop.bundle()
    assert bundle.series
    assert all(at % 3 for s in bundle.series for at, _ in s.points)


def test_stopped_metrics_are_stale() -> None:
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


def test_resource_without_an_earlier_snapshot_is_named() -> None:
    shop = Shop()
    shop.book = InMemorySnapshotStore()
    changes = source(shop.bundle(), "changes")
    assert changes.status == "stale"
    assert changes.detail.startswith("seen for the first time: ")


def test_inventory_with_an_old_snapshot_is_stale() -> None:
    shop = Shop()
    shop.book = InMemorySnapshotStore()
    shop.looked(before=3600)
    changes = source(shop.bundle(), "changes")
    assert (changes.status, changes.age_seconds) == ("stale", 3630)


def test_traces_add_undeclared_dependencies() -> None:
    shop = Shop()
    hidden = Service(resource=BACK, depends_on=("lambda:hidden",))
    shop.traces = InMemoryTopologySource(ServiceMap(services=(hidden,)))
    shop.states.settings["lambda:hidden"] = {"alias": None}
    bundle = shop.bundle()
    assert source(bundle, "traces").status == "ok"
    assert (BACK, "lambda:hidden") in {(e.caller, e.callee) for e in bundle.edges}
    assert "lambda:hidden" in {s.resource for s in bundle.states}


def test_queue_needs_no_earlier_snapshot() -> None:
    shop = Shop()
    services = (*MAP.services, Service(resource=GOODS, depends_on=("sqs:parcels",)))
    shop.topology.map = ServiceMap(services=services)
    shop.states.settings["sqs:parcels"] = {"dlq": "dead", "dead_letters": 2}
    bundle = shop.bundle()
    assert "sqs:parcels" in {s.resource for s in bundle.states}
    assert source(bundle, "changes").status == "ok"

"""Sources that fail or hang cost confidence, and never the others or the round."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from threading import Event
from typing import Any

import pytest

from functions.evidence import collection
from functions.evidence.parallel_calls import ParallelCalls
from quorum.domain.constants import CONFIDENCE_PENALTIES_BP
from quorum.domain.errors import SourceUnavailableError
from quorum.domain.evidence import Bundle, ResourceState
from quorum.domain.evidence_gaps import bearing_gaps, complete_enough, penalty_bp
from quorum.ports.telemetry import MetricQuery
from tests.builders.topology import BACK, FAULT, FRONT, GOODS, LIMIT, alarm
from tests.unit.evidence.breaking import (
    BREAKS,
    DOWN,
    Audit,
    break_states,
    break_topology,
    released,
    source,
)
from tests.unit.evidence.impatient import ImpatientCalls


@pytest.mark.parametrize("name", BREAKS)
def test_failing_source_is_a_gap_with_its_penalty_and_costs_no_other_evidence(name: str) -> None:
    shop, whole = released(), released().bundle()
    broken, penalty = BREAKS[name]
    broken(shop)
    bundle = shop.bundle()
    gap = source(bundle, name)
    assert gap.status == "failed"
    assert "AccessDenied" in gap.detail or "inventory table" in gap.detail
    assert penalty_bp(bundle.gaps()) == CONFIDENCE_PENALTIES_BP[penalty]
    assert [g.name for g in bundle.gaps()] == [name]
    assert (bundle.series == whole.series) == (
        name not in {"metrics", "topology", "changes", "state"}
    )
    assert (bundle.templates == whole.templates) == (name not in {"logs", "topology", "metrics"})
    assert (bundle.states == whole.states) == (name not in {"state", "topology"})


def test_bundle_without_any_source_permits_no_action() -> None:
    shop = released()
    for broken, _ in BREAKS.values():
        broken(shop)
    bundle = shop.bundle()
    assert {g.name for g in bundle.gaps()} == set(BREAKS)
    assert not complete_enough(bundle.gaps())
    assert (bundle.series, bundle.templates, bundle.candidates) == ((), (), ())
    assert shop.frozen().evidence


def test_missing_alarm_series_is_a_gap_and_dates_the_onset_by_the_evaluation() -> None:
    shop = released()
    fetch = shop.metrics.fetch

    def partly(queries: Sequence[MetricQuery], start: datetime, end: datetime) -> Any:
        if len(queries) == 1:  # no other caller asks for one
            raise SourceUnavailableError("throttled")
        return fetch(queries, start, end)

    shop.metrics.fetch = partly  # type: ignore[method-assign]
    bundle = shop.bundle()
    assert bundle.onset == int(alarm().fired_at.timestamp()) - alarm().period_seconds
    assert (source(bundle, "metrics").status, len(bundle.series) > 5) == ("failed", True)


def test_metrics_that_fail_in_part_give_no_series() -> None:
    shop = released()
    fetch = shop.metrics.fetch

    def partly(queries: Sequence[MetricQuery], start: datetime, end: datetime) -> Any:
        if any(value == "4" for query in queries for _, value in query.dimensions):
            raise SourceUnavailableError("throttled")
        return fetch(queries, start, end)

    shop.metrics.fetch = partly  # type: ignore[method-assign]
    bundle = shop.bundle()
    assert (source(bundle, "metrics").status, bundle.series) == ("failed", ())
    assert "throttled" in source(bundle, "metrics").detail


def test_unforeseen_error_is_a_gap() -> None:
    shop = released()
    shop.states.error = KeyError("settings")  # type: ignore[assignment]
    state = source(shop.bundle(), "state")
    assert state.status == "failed"
    assert "KeyError: 'settings'" in state.detail


@pytest.mark.parametrize("error", [DOWN, KeyError("userIdentity")])
def test_an_audit_trail_that_cannot_be_read_is_no_gap_but_is_said(error: Exception) -> None:
    shop = released()
    shop.audit = Audit(error)
    bundle = shop.bundle()
    assert bundle.gaps() == ()
    assert type(error).__name__ in source(bundle, "changes").detail
    assert [c.actor for c in bundle.changes] == [None]
    assert bundle.candidates == released().bundle().candidates


def test_an_audit_trail_that_hangs_delays_the_round_by_its_own_time_alone(
    monkeypatch: pytest.MonkeyPatch, hang: Callable[..., Any]
) -> None:
    monkeypatch.setattr(collection, "AUDIT_SECONDS", 0.01)
    shop = released()
    shop.audit = Audit()
    shop.audit.author_of = hang  # type: ignore[method-assign]
    bundle = shop.bundle()
    assert bundle.gaps() == ()
    assert "no answer in time" in source(bundle, "changes").detail


def without_logs_of(*names: str) -> Bundle:
    shop = released()
    read = shop.logs.lines

    def partly(group: str, *rest: Any) -> Any:
        if group.endswith(names):
            raise SourceUnavailableError("throttled")
        return read(group, *rest)

    shop.logs.lines = partly  # type: ignore[method-assign, assignment]
    return shop.bundle()


@pytest.mark.parametrize(
    ("names", "penalty"), [(("back",), 0), (("front",), 2000), (("front", "back"), 2000)]
)
def test_throttled_logs_cost_only_the_candidates_that_need_them(
    names: tuple[str, ...], penalty: int
) -> None:
    bundle = without_logs_of(*names)
    (candidate,) = bundle.candidates
    assert source(bundle, "logs").resources == tuple(sorted(f"lambda:{name}" for name in names))
    assert penalty_bp(bearing_gaps(bundle, candidate.id)) == penalty


def test_logs_that_fail_here_and_lag_there_are_two_gaps() -> None:
    shop = released()
    shop.logs.groups["/aws/lambda/back"] = []
    front = shop.logs.groups["/aws/lambda/front"]
    front[:] = [line for line in front if line.at < FAULT - 300]
    bundle = shop.bundle(alarm(evaluation_periods=3))
    found = [(s.status, s.resources) for s in bundle.sources if s.name == "logs"]
    assert found == [("failed", (BACK,)), ("stale", (FRONT,))]


def test_alarmed_resource_is_read_without_the_topology() -> None:
    shop = released()
    break_topology(shop)
    bundle = shop.bundle()
    assert {s.resource for s in bundle.states} == {FRONT}
    assert [c.verb for c in bundle.candidates] == ["lambda.rollback_alias"]


def test_inventorys_changes_are_kept_without_resource_states() -> None:
    shop = released()
    shop.looked(before=20)
    shop.clock.advance(1)
    break_states(shop)
    bundle = shop.bundle()
    assert [c.resource for c in bundle.changes] == [FRONT]
    assert bundle.candidates == (), "no candidate without the state that it must still hold in"


def test_unreadable_resource_does_not_hide_the_others() -> None:
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
def test_hanging_source_is_abandoned(name: str) -> None:
    shop, calls = released(), ImpatientCalls()
    methods = {
        "topology": (shop.topology, "service_map"),
        "metrics": (shop.metrics, "fetch"),
        "logs": (shop.logs, "lines"),
        "state": (shop.states, "state"),
    }
    setattr(*methods[name], calls.hang)
    shop.calls = lambda: calls
    bundle = shop.bundle()
    assert [g.name for g in bundle.gaps()] == [name]
    assert "no answer" in source(bundle, name).detail


def test_many_hanging_sources_stay_within_the_rounds_budget(
    hang: Callable[..., Any],
) -> None:
    shop = released()
    shop.metrics.fetch = shop.logs.lines = shop.states.state = hang  # type: ignore[method-assign]
    shop.calls = lambda: ParallelCalls(seconds=30, budget=0.3)
    assert {g.name for g in shop.bundle().gaps()} >= {"metrics", "logs", "state"}

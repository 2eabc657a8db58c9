"""Whatever outsiders write, a round ends with evidence: what it breaks is its own source."""

import json
from datetime import datetime
from typing import Any, Final

import pytest

from functions.evidence import collection, freezer, sources
from quorum.domain.constants import CONFIDENCE_PENALTIES_BP
from quorum.domain.evidence_gaps import complete_enough, penalty_bp, reason_against_autonomy
from quorum.ports.telemetry import LogLine
from tests.builders.shop import Shop
from tests.builders.topology import BACK, FAULT, FRONT, GOODS, LIMIT, alarm
from tests.fakes import InMemorySnapshotStore
from tests.unit.evidence.breaking import released, source

STATUSES: Final[tuple[Any, ...]] = (
    {},
    [],
    {"a": []},
    None,
    7,
    True,
    "timeout",
    "x" * 9000,
    "\ud800",
)


@pytest.mark.parametrize("status", STATUSES)
def test_malformed_platform_line_does_not_fail_the_round(status: Any) -> None:
    shop = released()
    line = json.dumps({"type": "platform.report", "record": {"status": status}})
    shop.logs.groups["/aws/lambda/front"].append(LogLine(FAULT + 1, line, ""))

    bundle = shop.bundle()

    assert bundle.gaps() == ()
    assert [c.verb for c in bundle.candidates] == ["lambda.rollback_alias"]


@pytest.mark.parametrize("at", [float("nan"), float("inf")])
def test_unreadable_lines_fail_their_log_group_alone(at: float) -> None:
    shop = released()
    read = shop.logs.lines

    def odd(group: str, start: datetime, end: datetime, limit: int) -> Any:
        lines = read(group, start, end, limit)
        return [*lines, LogLine(at, "x", "")] if group.endswith("front") else lines

    shop.logs.lines = odd  # type: ignore[method-assign]

    bundle = shop.bundle()

    assert [gap.name for gap in bundle.gaps()] == ["logs"]
    assert source(bundle, "logs").detail.startswith(f"{FRONT}: ")
    assert {t.resource for t in bundle.templates} == {BACK}
    assert bundle.candidates


def fail(*_: Any, **__: Any) -> Any:
    raise ZeroDivisionError("unforeseen error, and of password=hunter2")


def test_failing_template_miner_is_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "mine_templates", fail)

    bundle = released().bundle()

    assert [gap.name for gap in bundle.gaps()] == ["logs"]
    assert "ZeroDivisionError: unforeseen error" in source(bundle, "logs").detail
    assert bundle.series
    assert bundle.candidates


def test_failing_catalogue_is_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collection, "candidates", fail)

    bundle = released().bundle()

    assert [gap.name for gap in bundle.gaps()] == ["changes"]
    assert source(bundle, "changes").detail.startswith("candidates: ZeroDivisionError")
    assert (bundle.candidates, len(bundle.changes)) == ((), 1)


def test_failing_series_are_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collection, "series", fail)

    bundle = released().bundle()

    assert [gap.name for gap in bundle.gaps()] == ["metrics"]
    assert (bundle.series, len(bundle.candidates)) == ((), 1)


@pytest.mark.parametrize(
    ("module", "name"),
    [
        (collection, "scope"),
        (collection, "onset"),
        (freezer, "build_bundle"),
        (freezer, "second_fault"),
    ],
)
def test_failing_assembly_leaves_a_bundle_with_every_source_a_gap(
    monkeypatch: pytest.MonkeyPatch, module: Any, name: str
) -> None:
    monkeypatch.setattr(module, name, fail)

    bundle = released().bundle()

    assert {gap.name for gap in bundle.gaps()} == {
        "changes",
        "logs",
        "metrics",
        "state",
        "topology",
    }
    assert not complete_enough(bundle.gaps())
    assert (bundle.candidates, bundle.alarms) == ((), (alarm(),))
    assert bundle.onset == int(alarm().fired_at.timestamp()) - 10
    assert "unforeseen error" in source(bundle, "logs").detail


def test_failure_of_a_source_contains_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "mine_templates", fail)

    assert "hunter2" not in released().bundle().model_dump_json()


def test_vanished_resource_is_a_gap() -> None:
    shop = released()
    del shop.states.settings[LIMIT]

    bundle = shop.bundle()

    state = source(bundle, "state")
    assert (state.status, state.detail) == ("failed", f"{LIMIT}: does not exist any more")
    assert penalty_bp(bundle.gaps()) == CONFIDENCE_PENALTIES_BP["other"]
    (vanished,) = bundle.vanished_lately()
    assert vanished.resource == LIMIT
    assert vanished.last_seen is not None
    assert vanished.last_seen < bundle.taken_at.timestamp()
    assert LIMIT in (reason_against_autonomy(bundle, None) or "")
    assert [c.verb for c in bundle.candidates] == ["lambda.rollback_alias"]
    assert LIMIT not in {s.resource for s in bundle.states}


def test_resource_never_seen_or_gone_long_ago_is_no_gap() -> None:
    unseen, gone = Shop(), Shop()
    for shop in (unseen, gone):
        shop.book = InMemorySnapshotStore()
    del unseen.states.settings[GOODS]
    unseen.looked()
    gone.looked(before=2 * 86_400)
    del gone.states.settings[GOODS]
    gone.looked()

    for shop in (unseen, gone):
        bundle = shop.bundle()
        assert source(bundle, "state").status == "ok"
        assert bundle.vanished_lately() == ()
        assert reason_against_autonomy(bundle, None) is None
        (vanished,) = bundle.vanished
        assert vanished.resource == GOODS
        assert (vanished.last_seen is None) == (shop is unseen)

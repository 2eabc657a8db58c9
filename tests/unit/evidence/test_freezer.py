"""The evidence bundle, from the sources to the recorded event."""

import pytest

from quorum.domain.evidence import Bundle, ResourceState
from quorum.domain.topology import ServiceMap
from quorum.ports.telemetry import MetricQuery
from tests.builders.events import INCIDENT
from tests.builders.incidents import execution
from tests.builders.shop import Shop
from tests.builders.topology import BACK, FAULT, FRONT, GOODS, LIMIT, alarm

OURS = execution(
    incident_id="f" * 32,
    resource=FRONT,
    started_at=float(FAULT),
    written={"alias_version": "4"},
)


def series(bundle: Bundle, id_: str) -> dict[int, float]:
    (found,) = [s for s in bundle.series if s.id == id_]
    return dict(found.points)


def test_bundle_contains_all_evidence_of_a_bad_release() -> None:
    shop = Shop()
    shop.release("front", "4")
    bundle = shop.bundle()

    assert bundle.onset == FAULT
    assert {s.resource for s in bundle.states} == {FRONT, BACK, LIMIT, GOODS}
    (change,) = bundle.changes
    assert (change.resource, change.before, change.after) == (FRONT, "3", "4")
    assert [c.verb for c in bundle.candidates] == ["lambda.rollback_alias"]
    assert bundle.candidates[0].cites == (change.id,)
    assert bundle.objectives == {FRONT: 0.99, BACK: 0.999}
    assert [s.status for s in bundle.sources if s.name not in {"traces"}] == ["ok"] * 5
    assert bundle.gaps() == ()


def test_an_undeclared_function_is_read_through_the_alarms_alias() -> None:
    shop = Shop()
    shop.topology.map = ServiceMap()
    asked: list[str | None] = []
    read = shop.states.state

    def noted(resource: str, alias: str | None = None) -> ResourceState | None:
        asked.append(alias)
        return read(resource, alias)

    shop.states.state = noted  # type: ignore[method-assign]
    dimensions = (("FunctionName", "front"), ("Resource", "front:blue"))
    shop.bundle(alarm(namespace="AWS/Lambda", dimensions=dimensions))
    assert asked == ["blue"]


def test_alarmed_series_is_marked_and_occurs_once() -> None:
    shop = Shop()
    shop.release("front", "4")
    alarmed = [s for s in shop.bundle().series if s.alarmed]
    assert [(s.id, s.measure, s.period_seconds) for s in alarmed] == [
        (f"{FRONT}/Errors", "errors", 1)
    ]


def test_a_change_made_a_second_ago_is_in_the_bundle() -> None:
    shop = Shop()
    shop.clock.advance(-1)
    shop.states.settings[LIMIT] = {"version": 5}
    shop.clock.advance(1)
    (change,) = shop.bundle().changes
    assert (change.resource, change.after) == (LIMIT, 5)


def test_log_lines_become_templates_with_the_version_that_wrote_them() -> None:
    shop = Shop()
    shop.release("front", "4")
    errors = [t for t in shop.bundle().templates if t.level == "error"]
    (template,) = errors
    assert template.template.outsider == "TypeError: order <n> has no price"
    assert (template.version, template.before, template.after) == ("4", 0, 15)
    assert template.first_seen >= FAULT


def test_own_action_is_labelled_and_gives_no_candidate() -> None:
    shop = Shop()
    shop.release("front", "4")
    shop.ledger.fence(OURS)
    bundle = shop.bundle()
    assert [c.ours for c in bundle.changes] == [True]
    assert bundle.candidates == ()


def test_own_effect_that_ends_after_the_snapshot_is_labelled() -> None:
    shop = Shop()
    shop.release("front", "4")
    shop.bundle()
    shop.ledger.fence(OURS)
    assert [c.ours for c in shop.bundle(round_=2).changes] == [True]


def test_an_alarm_on_another_metric_of_the_resource_has_a_series_of_its_own() -> None:
    shop = Shop()
    fired = alarm(metric="Refunds", namespace="Shop/money", dimensions=())
    query = MetricQuery(
        id="x",
        namespace="Shop/money",
        metric="Refunds",
        dimensions=(),
        statistic="Sum",
        period_seconds=1,
    )
    shop.metrics.add(query, ((FAULT - 20, 0.0), (FAULT + 1, 9.0)))
    bundle = shop.bundle(fired)
    (alarmed,) = [s for s in bundle.series if s.alarmed]
    assert (alarmed.resource, alarmed.measure) == (FRONT, "other")
    assert bundle.onset == FAULT, "in the periods of the alarm"


@pytest.mark.parametrize("storm", [True, False])
def test_bundle_marks_an_incident_opened_in_a_storm(storm: bool) -> None:  # noqa: FBT001
    shop = Shop()
    shop.open(storm=storm)

    assert shop.bundle().storm is storm


def test_storm_is_taken_from_intakes_record_and_not_the_log() -> None:
    shop = Shop()
    shop.open(storm=False)
    shop.put_opening(alarm(), INCIDENT, storm=True)

    assert shop.bundle().storm

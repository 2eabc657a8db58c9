"""One pass over everything that may change."""

from collections.abc import Mapping, Sequence
from typing import Final

import pytest

from functions.inventory.survey import CoverageReports, Survey, SurveyResult
from quorum.application.inventory import Inventory
from quorum.domain.coverage import CoverageReport, Covered, Settings
from quorum.domain.errors import QuorumError, SourceUnavailableError
from quorum.domain.evidence import ResourceState, Scalar
from quorum.domain.topology import Service, ServiceMap, of_pairs
from quorum.ports.telemetry import AlarmDescription, AlarmStatus, WatchedMetric
from quorum.services.naming import Place
from tests.fakes import (
    START,
    FakeClock,
    InMemoryEdgeStore,
    InMemoryExecutionLedger,
    InMemorySnapshotStore,
    InMemoryStateSource,
    InMemoryTopologySource,
)
from tests.fakes.coverage_store import InMemoryCoverageStore

MAP = ServiceMap(
    services=(
        Service(resource="lambda:front", alias="live", depends_on=("lambda:back", "ssm:/limit")),
        Service(resource="lambda:back", alias="prod", depends_on=("dynamodb:goods", "sqs:post")),
    )
)
SETTINGS: dict[str, dict[str, Scalar]] = {
    "lambda:front": {"alias": "live", "alias_version": "1"},
    "lambda:back": {"alias": "prod", "alias_version": "1"},
    "lambda:lonely": {"alias": "blue", "alias_version": "1"},
    "ssm:/limit": {"version": 1},
    "dynamodb:goods": {"billing": "PAY_PER_REQUEST"},
    "sqs:post": {"dead_letters": 0},
}
PLACE: Final = Place("aws", "eu-west-1", "123456789012")
SETTINGS_OF: Final = Settings(("lambda:*", "dynamodb:*", "ssm:*"), ("/aws/lambda/*",), "/map")
LONELY = WatchedMetric("AWS/Lambda", (("FunctionName", "lonely"), ("Resource", "lonely:blue")))


def described(name: str, *metrics: WatchedMetric, rule: str = "") -> AlarmDescription:
    """Return an alarm on these metrics, or the composite with this rule."""
    return AlarmDescription(
        AlarmStatus(name, "OK", START),
        kind="composite" if rule else "metric",
        watched=metrics,
        rule=rule,
    )


class Registry:
    """An `AlarmRegistry`."""

    def __init__(self, *metrics: WatchedMetric) -> None:
        self.alarms = {f"shop-{n}": described(f"shop-{n}", one) for n, one in enumerate(metrics)}
        self.others: dict[str, AlarmDescription] = {}
        self.error: QuorumError | None = None
        self.asked: list[Sequence[str]] = []

    def described(self, prefixes: Sequence[str]) -> Mapping[str, AlarmDescription]:
        self.asked.append(prefixes)
        if self.error:
            raise self.error
        return self.alarms

    def describe(self, names: Sequence[str]) -> Mapping[str, AlarmDescription]:
        of_table = {n: WatchedMetric("AWS/DynamoDB", (("TableName", n),)) for n in names}
        return {n: self.others.get(n, described(n, of_table[n])) for n in names}


class Tagged:
    """An `AlarmNames` whose alarms are named after the table that each watches."""

    def __init__(self) -> None:
        self.tables: tuple[str, ...] = ()
        self.error: QuorumError | None = None

    def names(self) -> Sequence[str]:
        if self.error:
            raise self.error
        return self.tables


class States(InMemoryStateSource):
    """States, some of which cannot be read; records the aliases of its calls."""

    def __init__(self) -> None:
        super().__init__(
            *(ResourceState(resource=r, settings=dict(s)) for r, s in SETTINGS.items())
        )
        self.broken: set[str] = set()
        self.aliases: dict[str, str | None] = {}

    def state(self, resource: str, alias: str | None = None) -> ResourceState | None:
        self.aliases[resource] = alias
        if resource in self.broken:
            raise SourceUnavailableError("throttled")
        return super().state(resource, alias)


class World:
    """A map, an alarm of a function that is not on it, and what there is."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.topology = InMemoryTopologySource(MAP)
        nameless = WatchedMetric("AWS/Lambda", (("FunctionName", "front"),))
        self.registry = Registry(LONELY, nameless, WatchedMetric("Elsewhere", (("Host", "h"),)))
        self.tagged = Tagged()
        self.states = States()
        self.book = InMemorySnapshotStore()
        ledger = InMemoryExecutionLedger(self.clock)
        inventory = Inventory(self.states, self.book, ledger, self.clock)
        self.coverage = InMemoryCoverageStore()
        self.edges, self.links = InMemoryEdgeStore(), InMemoryTopologySource()
        self.survey = Survey(
            self.topology,
            self.registry,
            ("shop-",),
            self.tagged,
            inventory,
            self.links,
            self.edges,
            CoverageReports(PLACE, SETTINGS_OF, "quorum-", self.coverage, self.clock),
        )

    def run(self) -> SurveyResult:
        self.clock.advance(60)
        return self.survey.run()

    def report(self) -> dict[str, Covered]:
        """Return the stored coverage by alarm."""
        found = self.coverage.newest()
        assert found is not None
        return {one.alarm: one for one in found.alarms}


def test_survey_reads_the_maps_and_the_alarms_resources() -> None:
    world = World()
    assert world.run() == SurveyResult(seen=5, changed=0, failed=())
    assert {r for r in SETTINGS if world.book.newest(r)} == set(SETTINGS) - {"sqs:post"}
    assert world.registry.asked == [("shop-",)]


def test_resources_of_alarms_that_only_tags_opt_in_are_seen() -> None:
    world = World()
    world.tagged.tables = ("orders",)
    world.states.settings["dynamodb:orders"] = {"billing": "PROVISIONED"}

    assert world.run() == SurveyResult(seen=6, changed=0, failed=())
    assert world.book.newest("dynamodb:orders") is not None


def test_alarms_that_cannot_be_listed_by_tag_do_not_stop_the_rest() -> None:
    world = World()
    world.tagged.error = SourceUnavailableError("throttled")

    assert world.run() == SurveyResult(seen=5, changed=0, failed=("tagged alarms: throttled",))


def test_survey_reads_each_function_through_its_declared_alias() -> None:
    world = World()
    world.run()
    assert world.states.aliases["lambda:front"] == "live"
    assert world.states.aliases["lambda:back"] == "prod", "the map's word, not the edge's"
    assert world.states.aliases["lambda:lonely"] == "blue", "as the alarm's dimension says"


def test_survey_stores_the_changes_between_two_passes() -> None:
    world = World()
    world.run()
    world.states.settings["ssm:/limit"] = {"version": 2}
    assert world.run().changed == 1
    (change,) = world.book.past("ssm:/limit", START).changes
    assert (change.kind, change.before, change.after) == ("parameter", 1, 2)


def test_survey_goes_on_after_an_unreadable_resource() -> None:
    world = World()
    world.states.broken = {"lambda:front"}
    surveyed = world.run()
    assert surveyed.seen == 4
    assert surveyed.failed == ("lambda:front: throttled",)
    assert world.book.newest("lambda:back") is not None


def test_survey_without_the_map_reads_the_alarms_resources() -> None:
    world = World()
    world.topology.error = SourceUnavailableError("no parameter")
    surveyed = world.run()
    assert (surveyed.seen, surveyed.failed) == (2, ("service map: no parameter",))


def test_survey_without_the_alarms_reads_the_maps_resources() -> None:
    world = World()
    world.registry.error = SourceUnavailableError("denied")
    surveyed = world.run()
    assert (surveyed.seen, surveyed.failed) == (4, ("alarms: denied",))


def test_survey_without_map_and_alarms_fails() -> None:
    world = World()
    world.topology.error = world.registry.error = SourceUnavailableError("down")
    with pytest.raises(SourceUnavailableError, match="service map: down; alarms: down"):
        world.run()


def test_resources_that_configuration_names_are_read_in_the_same_survey() -> None:
    world = World()
    world.states.settings |= {
        "sqs:post": {"dlq": "dead"},
        "sqs:dead": {"dlq": None},
        "events:hourly": {"calls": "lambda:back"},
        "sns:orders": {"calls": "lambda:far"},
        "lambda:far": {"alias": "live", "alias_version": "1"},
    }
    world.links.map = of_pairs(
        [("sns:orders", "lambda:lonely"), ("sqs:elsewhere", "lambda:elsewhere")], "configuration"
    )
    world.run()
    assert world.book.newest("lambda:far"), "two steps from the alarm's function"
    assert world.book.newest("sns:orders")
    assert "lambda:elsewhere" not in world.states.aliases
    stored = {(edge.caller, edge.callee) for edge in world.edges.service_map().edges()}
    assert stored == {
        ("sqs:dead", "sqs:post"),
        ("sns:orders", "lambda:lonely"),
        ("sns:orders", "lambda:far"),
        ("sqs:elsewhere", "lambda:elsewhere"),
    }


def test_edges_of_a_resource_that_cannot_be_read_stay() -> None:
    world = World()
    world.states.settings["sqs:post"] = {"dlq": "dead"}
    world.run()
    world.states.broken = {"sqs:post"}
    world.links.error = SourceUnavailableError("throttled")
    result = world.run()
    assert [(e.caller, e.callee) for e in world.edges.service_map().edges()] == [
        ("sqs:dead", "sqs:post")
    ]
    assert any("event source mappings" in reason for reason in result.failed)
    world.states.broken = set()
    world.states.settings["sqs:post"] = {"dlq": None}
    world.run()
    assert not world.edges.service_map().services


def test_each_run_starts_elsewhere() -> None:
    world = World()
    firsts = set()
    for _ in range(20):
        world.states.aliases.clear()
        world.clock.advance(300)
        world.survey.run()
        firsts.add(next(iter(world.states.aliases)))
    assert len(firsts) >= 4


def test_survey_reports_the_coverage_of_every_opted_in_alarm() -> None:
    world = World()
    world.tagged.tables = ("orders",)
    world.registry.alarms["quorum-test-own"] = described("quorum-test-own", LONELY)
    world.registry.alarms["TargetTracking-x"] = described("TargetTracking-x", LONELY)
    world.run()

    report = world.report()
    assert sorted(report) == ["orders", "shop-0", "shop-1", "shop-2"]
    front = report["shop-1"]
    assert front.resources == ("lambda:front",)
    assert set(front.scope) == {"lambda:front", "lambda:back", "ssm:/limit", *MAP_ENDS}
    assert {"requests", "errors"} <= set(front.signals)
    assert front.logs == ("/aws/lambda/front", "/aws/lambda/back")
    assert [(t.at, t.summary) for t in front.transitions] == [(START.timestamp(), "OK")]
    assert {p.verb for p in front.possible} == {"lambda.rollback_alias", "ssm.restore_parameter"}
    assert front.missing == ()
    assert "service map" in report["shop-0"].missing[0], "it is not on the map"
    assert report["shop-2"].missing[0].startswith("a resource"), "nothing identifies one"


MAP_ENDS: Final = ("dynamodb:goods", "sqs:post")


def test_composite_covers_what_its_children_watch() -> None:
    world = World()
    rule = 'ALARM("inner") OR ALARM("orders")'
    world.registry.alarms = {"shop-any": described("shop-any", rule=rule)}
    world.registry.others = {
        "inner": described("inner", rule='ALARM("lonely") OR ALARM("inner")'),
        "lonely": described("lonely", LONELY),
    }
    world.run()

    assert set(world.report()["shop-any"].resources) == {"dynamodb:orders", "lambda:lonely"}


def test_resource_that_could_not_be_read_is_not_reported_as_absent() -> None:
    world = World()
    world.states.broken = {"lambda:front"}
    del world.states.settings["lambda:lonely"]
    world.run()

    report = world.report()
    assert "settings of lambda:front, which could not be read this time" in report["shop-1"].missing
    assert "lambda:lonely, which does not exist" in report["shop-0"].missing


@pytest.mark.parametrize("broken", ["topology", "registry", "tagged"])
def test_former_coverage_remains_where_a_list_cannot_be_read(broken: str) -> None:
    world = World()
    world.run()
    before = world.coverage.newest()
    getattr(world, broken).error = SourceUnavailableError("throttled")
    world.run()

    assert isinstance(before, CoverageReport)
    assert world.coverage.newest() == before


def test_coverage_that_cannot_be_stored_is_a_failure_and_stops_nothing() -> None:
    world = World()
    world.coverage.down = True
    surveyed = world.run()

    assert (surveyed.seen, len(surveyed.failed)) == (5, 1)
    assert surveyed.failed[0].startswith("coverage: ")

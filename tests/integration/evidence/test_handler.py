"""The wired evidence function against moto: one full bundle, and one with parts gone."""

from datetime import UTC, datetime

import boto3
import pytest

from quorum.domain.errors import InvalidInputError
from tests.builders.events import INCIDENT
from tests.integration.evidence.plan import BUCKET, ENVIRONMENT, MAP
from tests.integration.evidence.shop import Shop
from tests.integration.handlers import CONTEXT, load

Patch = pytest.MonkeyPatch


def test_bad_release_is_frozen_as_one_complete_bundle(monkeypatch: Patch) -> None:
    shop = Shop()
    shop.inventory(monkeypatch)
    shop.release("front")
    answer = shop.freeze(monkeypatch)
    bundle = shop.bundle()

    assert answer["candidates"] == 1
    assert boto3.client("s3").head_object(Bucket=BUCKET, Key=f"bundles/{answer['evidence']}.json")
    assert bundle.onset == shop.fault
    (change,) = bundle.changes
    assert (change.resource, change.setting, change.before, change.after) == (
        *("lambda:front", "live"),
        *("1", "2"),
    )
    (candidate,) = bundle.candidates
    assert candidate.verb == "lambda.rollback_alias"
    assert candidate.parameters["to_version"] == "1"
    ids = {series.id for series in bundle.series}
    assert {"lambda:front/Errors@1", "lambda:front/Errors@2", "lambda:back/Requests"} <= ids
    (errors,) = [s for s in bundle.series if s.id == "lambda:front/Errors@2"]
    assert {value for _, value in errors.points} == {30.0}
    assert min(at for at, _ in errors.points) == shop.fault
    assert {s.resource for s in bundle.states} == {"lambda:front", "lambda:back", "ssm:/shop/limit"}
    (failing,) = [t for t in bundle.templates if t.level == "error"]
    assert (failing.template.outsider, failing.version) == ("ERROR order <n> has no price", "2")
    status = {source.name: source.status for source in bundle.sources}
    assert status == {
        **dict.fromkeys(("metrics", "logs", "changes", "topology", "state"), "ok"),
        "traces": "absent",
    }


def test_requests_take_turns_that_all_functions_share(monkeypatch: Patch) -> None:
    shop = Shop()
    shop.freeze(monkeypatch)
    assert {str(item["id"]) for item in shop.turns.scan()["Items"]} == {
        "rate#api#FilterLogEvents",
        "rate#api#GetMetricData",
    }


def test_without_the_table_of_turns_the_evidence_is_whole(monkeypatch: Patch) -> None:
    shop = Shop()
    shop.inventory(monkeypatch)
    boto3.client("dynamodb").delete_table(TableName="quorum-test-operations")
    shop.freeze(monkeypatch)
    assert shop.bundle().gaps() == ()


def test_retried_handler_returns_the_frozen_evidence(monkeypatch: Patch) -> None:
    shop = Shop()
    first = shop.freeze(monkeypatch)
    shop.release("back")
    assert shop.freeze(monkeypatch) == first
    assert len(shop.store.load(INCIDENT)) == 2


def test_a_map_that_cannot_be_read_is_a_gap_and_not_the_end(monkeypatch: Patch) -> None:
    shop = Shop()
    shop.inventory(monkeypatch)
    shop.ssm.put_parameter(Name=MAP, Value='{"services": [{}]}', Type="String", Overwrite=True)
    shop.freeze(monkeypatch)
    bundle = shop.bundle()
    assert [gap.name for gap in bundle.gaps()] == ["topology"]
    assert "services.0.resource" in bundle.gaps()[0].detail
    assert [s.resource for s in bundle.states] == ["lambda:front"]


def test_a_missing_table_of_the_inventory_costs_the_changes_alone(monkeypatch: Patch) -> None:
    shop = Shop()
    boto3.client("dynamodb").delete_table(TableName="quorum-test-inventory")
    shop.freeze(monkeypatch)
    bundle = shop.bundle()
    assert [gap.name for gap in bundle.gaps()] == ["changes"]
    assert len(bundle.states) == 3
    assert bundle.series


def test_metric_source_with_a_malformed_answer_is_a_gap(
    monkeypatch: Patch, capsys: pytest.CaptureFixture[str]
) -> None:
    """moto lacks percentiles and returns timestamps without values."""
    shop = Shop()
    boto3.client("cloudwatch").put_metric_data(
        Namespace="Shop/front",
        MetricData=[
            {
                "MetricName": "LatencyMs",
                "Dimensions": [{"Name": "FunctionName", "Value": "front"}],
                "Value": 20.0,
                "Timestamp": datetime.fromtimestamp(shop.fault, UTC),
            }
        ],
    )
    shop.freeze(monkeypatch)
    bundle = shop.bundle()
    assert "metrics" in [gap.name for gap in bundle.gaps()]
    assert "SourceGap_metrics" in capsys.readouterr().out
    assert bundle.states
    assert bundle.templates


def test_an_unknown_source_of_traces_stops_the_function_at_its_start(monkeypatch: Patch) -> None:
    with pytest.raises(InvalidInputError, match="TRACES: 'zipkin'"):
        Shop().freeze(monkeypatch, TRACES="zipkin")


def test_warming_event_does_no_work_and_writes_no_event(monkeypatch: Patch) -> None:
    shop = Shop()
    module = load(monkeypatch, "evidence", **ENVIRONMENT)
    assert module.lambda_handler({"quorum": "warm"}, CONTEXT) == {"warm": True}
    assert shop.store.load(INCIDENT) == []

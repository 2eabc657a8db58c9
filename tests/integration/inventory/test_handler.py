"""The wired inventory against moto: deployed resources are read, and each change once."""

from datetime import UTC, datetime

import pytest

from quorum.adapters.dynamodb.coverage_store import DynamoDBCoverageStore
from quorum.adapters.dynamodb.snapshot_store import DynamoDBSnapshotStore
from tests.integration.evidence.plan import MAP
from tests.integration.evidence.shop import Shop
from tests.integration.tables import table_named

Patch = pytest.MonkeyPatch
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def book() -> DynamoDBSnapshotStore:
    return DynamoDBSnapshotStore(table_named("quorum-test-inventory"))


def test_every_resource_of_the_map_and_of_the_alarms_is_read(monkeypatch: Patch) -> None:
    shop = Shop()
    assert shop.inventory(monkeypatch) == {"seen": 4, "changed": 0, "failed": 0}
    for resource in ("lambda:front", "lambda:back", "ssm:/shop/limit"):
        assert book().newest(resource) is not None
    assert book().newest("dynamodb:quorum-test-inventory") is not None, "the alarm's"


def test_coverage_of_the_alarms_is_reported(monkeypatch: Patch) -> None:
    Shop().inventory(monkeypatch)
    report = DynamoDBCoverageStore(table_named("quorum-test-operations")).newest()
    assert report is not None
    (alarm,) = report.alarms
    assert alarm.alarm.startswith("shop-")
    assert alarm.resources == ("dynamodb:quorum-test-inventory",)
    assert any(missing.startswith("dependencies") for missing in alarm.missing)


def test_change_is_found_once_with_both_values(monkeypatch: Patch) -> None:
    shop = Shop()
    shop.inventory(monkeypatch)
    shop.ssm.put_parameter(Name="/shop/limit", Value="a dozen", Type="String", Overwrite=True)
    shop.functions.put_function_concurrency(FunctionName="back", ReservedConcurrentExecutions=1)
    assert shop.inventory(monkeypatch)["changed"] == 2
    assert shop.inventory(monkeypatch)["changed"] == 0
    (change,) = book().past("ssm:/shop/limit", LONG_AGO).changes
    assert (change.kind, change.before, change.after) == ("parameter", 1, 2)
    (change,) = book().past("lambda:back", LONG_AGO).changes
    assert (change.kind, change.before, change.after) == ("concurrency", None, 1)


def test_failing_resource_is_counted_and_the_others_are_read(
    monkeypatch: Patch, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = Shop()
    shop.ssm.put_parameter(Name=MAP, Value="not a map", Type="String", Overwrite=True)
    assert shop.inventory(monkeypatch) == {"seen": 1, "changed": 0, "failed": 1}
    assert '"ResourcesNotSeen":[1.0]' in capsys.readouterr().out.replace(" ", "")

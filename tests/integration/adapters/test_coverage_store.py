"""Contract of the `CoverageStore`, for the fake and for DynamoDB."""

from collections.abc import Callable

import pytest

from quorum.adapters.dynamodb.coverage_store import PART_BYTES, DynamoDBCoverageStore
from quorum.domain.coverage import CoverageReport, Covered, Possible, Transition
from quorum.ports.telemetry import CoverageStore
from tests.fakes.coverage_store import InMemoryCoverageStore
from tests.integration.tables import create_table

Make = Callable[[], CoverageStore]


def of_dynamodb() -> CoverageStore:
    return DynamoDBCoverageStore(create_table("operations"))


both = pytest.mark.parametrize("make", [InMemoryCoverageStore, of_dynamodb])


def report(at: float, alarms: int, size: int = 1) -> CoverageReport:
    """Return the report of this many alarms, each with a text of this size."""
    covered = Covered(
        alarm="",
        resources=("lambda:a",),
        transitions=(Transition(at=at, summary="ALARM <b>"),),
        possible=(Possible(verb="lambda.rollback_alias", resource="lambda:a"),),
        missing=("x" * size,),
    )
    named = (covered.model_copy(update={"alarm": f"shop-{n:03}"}) for n in range(alarms))
    return CoverageReport(at=at, alarms=tuple(named))


@both
def test_there_is_no_report_at_first(make: Make) -> None:
    assert make().newest() is None


@both
@pytest.mark.parametrize("alarms", [0, 1, 7])
def test_newest_report_is_the_one_put_last(make: Make, alarms: int) -> None:
    store = make()
    store.put(report(1.5, 9))
    store.put(report(2.5, alarms))
    assert store.newest() == report(2.5, alarms)


@both
def test_report_larger_than_an_item_is_whole(make: Make) -> None:
    store = make()
    store.put(report(1.0, 8, PART_BYTES // 2))
    assert store.newest() == report(1.0, 8, PART_BYTES // 2)
    store.put(report(2.0, 1))
    assert store.newest() == report(2.0, 1), "parts of the former report are left out"


def test_report_of_another_version_counts_as_none() -> None:
    table = create_table("operations")
    item = {"id": "coverage#0", "at": "1.0", "parts": 1, "alarms": '[{"alarm": "a", "new": 1}]'}
    table.put_item(Item=item)
    assert DynamoDBCoverageStore(table).newest() is None


def test_parts_of_two_reports_describe_each_alarm_once() -> None:
    table = create_table("operations")
    store = DynamoDBCoverageStore(table)
    store.put(report(1.0, 4, PART_BYTES // 2))
    former = table.get_item(Key={"id": "coverage#0"})["Item"]
    store.put(report(2.0, 4, 1))
    table.put_item(Item=former)
    found = store.newest()
    assert found is not None
    names = [one.alarm for one in found.alarms]
    assert len(names) == len(set(names)) == 4

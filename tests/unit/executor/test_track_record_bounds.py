"""Series, changes and callers that count for a target's record, and those that do not."""

import pytest

from functions.executor.track_record import track_record
from quorum.domain.evidence import Edge, Series
from tests.builders.bundles import bundle
from tests.builders.candidates import DEFINITION, candidate, of
from tests.builders.evidence import ONSET, series
from tests.unit.executor.test_track_record import PARAMETER, change, verdict

SERVICE = "ecs:shop/web"
CHECKOUT, SEARCH = "lambda:checkout", "lambda:search"
ENDED = change(ONSET - 40, "3", CHECKOUT)
"""Of ten periods of ten seconds, six were the former version's."""


@pytest.mark.parametrize(
    ("requests", "errors", "expected"),
    [(100, 0, "healthy"), (100, 30, "unhealthy"), (10, 0, "unknown"), (0, 0, "unknown")],
)
def test_service_is_judged_by_the_series_of_its_task_definition(
    requests: float, errors: float, expected: str
) -> None:
    former = f"{DEFINITION}:3"
    found = bundle(
        series("requests", requests, resource=SERVICE, version=former),
        series("errors", errors, resource=SERVICE, version=former),
    )

    assert verdict(found, of("ecs.rollback_service")) == expected


def test_unknown_track_record_has_no_requests() -> None:
    assert track_record(bundle(), candidate()) == ("unknown", 0, 0)


def test_objective_of_one_allows_no_failure() -> None:
    served = series("requests", 470, version="3")
    kept = bundle(served, series("errors", 0, version="3"), objectives={CHECKOUT: 1.0})
    broken = bundle(served, series("errors", 1, version="3"), objectives={CHECKOUT: 1.0})

    assert verdict(kept) == "healthy"
    assert verdict(broken) == "unhealthy"


def test_track_record_adds_up_sums_only() -> None:
    record = track_record(
        bundle(
            series("requests", 100, version="3"),
            series("requests", 1000, version="3", statistic="Average"),
            series("errors", 10, version="3"),
            series("errors", 50, version="3", statistic="Maximum"),
        ),
        candidate(),
    )

    assert record == ("unhealthy", 100, 10)


def test_other_measures_are_ignored() -> None:
    latency = series("latency", 1000, version="3")
    record = track_record(bundle(series("requests", 100, version="3"), latency), candidate())

    assert record == ("healthy", 100, 0)


def test_current_version_is_judged_without_the_targets_time() -> None:
    points = ((ONSET - 90, 4.0), (ONSET - 20, 10.0), (ONSET - 10, 5.0))
    failing = series("errors", 0, points=points)

    assert verdict(bundle(series("requests", 100), failing, changes=(ENDED,))) == "better"


def test_period_that_begins_with_the_change_is_not_the_targets() -> None:
    failing = series("errors", 0, points=((ONSET - 90, 4.0), (ONSET - 40, 20.0)))

    assert verdict(bundle(series("requests", 100), failing, changes=(ENDED,))) == "better"


def test_period_that_ends_with_the_change_is_the_targets_and_one_across_it_is_ignored() -> None:
    failing = series("errors", 0, points=((ONSET - 50, 30.0),))
    across = change(ONSET - 45, "3", CHECKOUT)

    assert verdict(bundle(series("requests", 100), failing, changes=(ENDED,))) == "unhealthy"
    assert verdict(bundle(series("requests", 100), failing, changes=(across,))) == "healthy"


def test_series_of_the_whole_resource_count_once_beside_other_versions() -> None:
    found = bundle(
        series("requests", 100),
        series("errors", 0),
        series("requests", 100, version="4"),
        series("errors", 90, version="4"),
        changes=(ENDED,),
    )

    assert track_record(found, candidate()) == ("healthy", 60, 0)


def test_versions_are_added_up_without_series_of_the_whole_resource() -> None:
    found = bundle(
        series("errors", 0),
        series("requests", 50, version="2"),
        series("requests", 50, version="4"),
        changes=(ENDED,),
    )

    assert track_record(found, candidate()) == ("healthy", 60, 0)


def test_a_cited_change_of_another_resource_does_not_end_the_targets_time() -> None:
    other = change(ONSET, "3", SEARCH)
    found = bundle(series("requests", 100), series("errors", 0), changes=(other,))

    assert verdict(found) == "unknown"
    both = bundle(series("requests", 100), series("errors", 0), changes=(other, ENDED))
    assert track_record(both, candidate()) == ("healthy", 60, 0)


def test_a_change_from_another_value_does_not_end_the_targets_time() -> None:
    other = change(ONSET - 40, "2", CHECKOUT)

    assert verdict(bundle(series("requests", 100), changes=(other,))) == "unknown"


def test_newest_of_two_cited_changes_ends_the_targets_time() -> None:
    oldest = change(ONSET - 80, "3", CHECKOUT)
    newest = ENDED.model_copy(update={"id": "change-2"})
    chosen = candidate(cites=("c1", "change-2"))
    found = bundle(series("requests", 100), series("errors", 0), changes=(newest, oldest))

    assert track_record(found, chosen) == ("healthy", 60, 0)


def reading(*edges: Edge) -> str | None:
    found = bundle(
        series("requests", 100),
        series("errors", 0),
        series("requests", 100, resource=SEARCH),
        series("errors", 90, resource=SEARCH),
        edges=edges,
        changes=(change(ONSET, 3),),
    )
    return verdict(found, PARAMETER)


def test_caller_of_another_resource_does_not_count_for_a_parameter() -> None:
    reads = Edge(caller=CHECKOUT, callee="ssm:/shop/prices")

    assert reading(reads, Edge(caller=SEARCH, callee="ssm:/shop/other")) == "healthy"
    assert reading(reads, Edge(caller=SEARCH, callee="ssm:/shop/prices")) == "unhealthy"


@pytest.mark.parametrize(
    "own",
    [
        series("errors", 50, resource="ssm:/shop/prices"),
        series("requests", 0, resource="ssm:/shop/prices", points=()),
    ],
    ids=["errors alone", "no points"],
)
def test_resource_without_requests_is_judged_by_its_callers(own: Series) -> None:
    found = bundle(
        own,
        series("requests", 100),
        series("errors", 0),
        edges=(Edge(caller=CHECKOUT, callee="ssm:/shop/prices"),),
        changes=(change(ONSET, 3),),
    )

    assert verdict(found, PARAMETER) == "healthy"


def test_a_resource_with_requests_is_not_judged_by_its_callers() -> None:
    found = bundle(
        series("requests", 100),
        series("errors", 0),
        series("requests", 100, resource=SEARCH),
        series("errors", 90, resource=SEARCH),
        edges=(Edge(caller=SEARCH, callee=CHECKOUT),),
        changes=(ENDED,),
    )

    assert verdict(found) == "healthy"

"""What the evidence tells about that to which we would go back."""

from collections.abc import Sequence

import pytest

from functions.executor.track_record import ENOUGH_REQUESTS, UNDER_WAY_SECONDS, track_record
from functions.shared.domain.evidence import Bundle, Candidate, Change, Edge, Series
from tests.unit.executor.bundles import ONSET, bundle
from tests.unit.executor.evidence import candidate, series
from tests.unit.executor.good_candidates import of

PARAMETER = of("ssm.restore_parameter").model_copy(update={"cites": ("change-1",)})


def change(at: int, before: object, resource: str = "ssm:/shop/prices") -> Change:
    return Change.model_validate(
        {
            "id": "change-1",
            "resource": resource,
            "kind": "parameter",
            "setting": "x",
            "not_before": at,
            "at": at,
            "before": before,
            "after": 4,
        }
    )


def verdict(of_bundle: Bundle, what: Candidate | None = None) -> str | None:
    record = track_record(of_bundle, what or candidate())
    return record.verdict if record else None


@pytest.mark.parametrize(
    ("requests", "errors", "expected"),
    [
        (ENOUGH_REQUESTS, 0, "healthy"),
        (ENOUGH_REQUESTS - 1, 0, "unknown"),
        (100, 1, "healthy"),
        (1000, 10, "healthy"),
        (1000, 20, "unhealthy"),
        (100, 6, "unhealthy"),
    ],
)
def test_a_version_is_judged_by_its_own_series(
    requests: float, errors: float, expected: str
) -> None:
    found = bundle(series("requests", requests, version="3"), series("errors", errors, version="3"))

    assert verdict(found) == expected


def test_the_declared_objective_of_the_resource_is_the_bound() -> None:
    found = bundle(
        series("requests", 1000, version="3"),
        series("errors", 40, version="3"),
        objectives={"lambda:checkout": 0.95},
    )

    assert verdict(found) == "healthy"


def test_series_of_the_faulty_version_say_nothing_for_the_former() -> None:
    found = bundle(series("requests", 1000, version="4"), series("errors", 0, version="4"))

    assert verdict(found) == "unknown"


def by_second(measure: str, version: str, values: Sequence[float], ends: int) -> Series:
    """A series of one value for each second up to the end."""
    points = tuple((ends - len(values) + n, value) for n, value in enumerate(values))
    return series(measure, 0, version=version, period_seconds=1, points=points)


def handed_over(failed: Sequence[float], goes_on: int) -> Bundle:
    """Version 3 served for 40 seconds, and version 4 for some seconds longer."""
    silent = [0.0] * (40 - len(failed))
    return bundle(
        by_second("requests", "3", [2.0] * 40, ONSET),
        by_second("errors", "3", [*silent, *failed], ONSET),
        by_second("requests", "4", [2.0] * 5, ONSET + goes_on),
    )


def test_what_was_under_way_when_another_version_took_over_does_not_count() -> None:
    timed_out = [2.0] * UNDER_WAY_SECONDS

    assert verdict(handed_over(timed_out, goes_on=9)) == "healthy"
    assert verdict(handed_over([2.0, 2.0, *timed_out], goes_on=9)) == "unhealthy"


def test_a_version_that_serves_beside_another_counts_up_to_now() -> None:
    assert verdict(handed_over([2.0, 2.0], goes_on=0)) == "unhealthy"


def test_a_last_minute_that_is_one_point_counts_whole() -> None:
    def minute(measure: str, version: str, ends: int, value: float) -> Series:
        points = ((ends - 60, value),)
        return series(measure, 0, version=version, period_seconds=60, points=points)

    found = bundle(
        minute("requests", "3", ONSET, 100),
        minute("errors", "3", ONSET, 6),
        minute("requests", "4", ONSET + 60, 100),
    )

    assert verdict(found) == "unhealthy"


def test_without_series_of_its_own_it_is_judged_by_the_traffic_of_its_time() -> None:
    ended = change(ONSET - 40, "3", "lambda:checkout")
    found = bundle(series("requests", 100), series("errors", 0), changes=(ended,))

    record = track_record(found, candidate())

    assert record is not None
    assert (record.verdict, record.requests) == ("healthy", 60)


def test_traffic_after_the_change_does_not_speak_for_the_former_version() -> None:
    ended = change(ONSET - 100, "3", "lambda:checkout")

    assert verdict(bundle(series("requests", 100), changes=(ended,))) == "unknown"


def test_a_parameter_is_judged_by_its_readers() -> None:
    edges = (Edge(caller="lambda:checkout", callee="ssm:/shop/prices"),)
    good = bundle(series("requests", 100), edges=edges, changes=(change(ONSET, 3),))
    bad = bundle(
        series("requests", 100),
        series("errors", 50),
        edges=edges,
        changes=(change(ONSET, 3),),
    )

    assert verdict(good, PARAMETER) == "healthy"
    assert verdict(bad, PARAMETER) == "unhealthy"


def test_one_unhealthy_reader_is_enough() -> None:
    other = "lambda:search"
    found = bundle(
        series("requests", 10_000, resource=other),
        series("requests", 30),
        series("errors", 30),
        edges=(
            Edge(caller="lambda:checkout", callee="ssm:/shop/prices"),
            Edge(caller=other, callee="ssm:/shop/prices"),
        ),
        changes=(change(ONSET, 3),),
    )

    assert verdict(found, PARAMETER) == "unhealthy"


def test_a_parameter_that_nobody_is_known_to_read_is_unknown() -> None:
    found = bundle(series("requests", 100), changes=(change(ONSET, 3),))

    assert verdict(found, PARAMETER) == "unknown"


def test_a_change_that_was_not_cited_does_not_count() -> None:
    edges = (Edge(caller="lambda:checkout", callee="ssm:/shop/prices"),)
    found = bundle(series("requests", 100), edges=edges, changes=(change(ONSET, 3),))

    assert verdict(found, PARAMETER.model_copy(update={"cites": ()})) == "unknown"


def test_raising_a_limit_goes_back_to_nothing() -> None:
    assert verdict(bundle(), of("lambda.raise_reserved_concurrency")) is None

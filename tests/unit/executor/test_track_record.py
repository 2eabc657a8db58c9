"""Track records of rollback targets."""

import pytest

from functions.executor.track_record import track_record
from quorum.domain.evidence import Bundle, Candidate, Change, Edge, Scalar
from tests.builders import evidence
from tests.builders.bundles import bundle
from tests.builders.candidates import candidate, of
from tests.builders.evidence import ONSET, series

PARAMETER = of("ssm.restore_parameter")


def change(at: int, before: Scalar, resource: str = "ssm:/shop/prices") -> Change:
    return evidence.change(resource, "parameter", at - ONSET, id="c1", values=(before, 4))


def verdict(of_bundle: Bundle, what: Candidate | None = None) -> str | None:
    record = track_record(of_bundle, what or candidate())
    return record.verdict if record else None


@pytest.mark.parametrize(
    ("requests", "errors", "expected"),
    [
        (20, 0, "healthy"),
        (19, 0, "unknown"),
        (100, 1, "healthy"),
        (1000, 10, "healthy"),
        (1000, 20, "unhealthy"),
        (100, 6, "unhealthy"),
    ],
)
def test_version_is_judged_by_its_own_series(requests: float, errors: float, expected: str) -> None:
    found = bundle(series("requests", requests, version="3"), series("errors", errors, version="3"))

    assert verdict(found) == expected


def test_requests_in_the_logs_alone_prove_nothing() -> None:
    """The function could have written those lines itself."""
    record = [series("requests", 100, version="3"), series("errors", 0, version="3")]
    logged = [one.model_copy(update={"logged_since": 0}) for one in record]

    assert (verdict(bundle(*record)), verdict(bundle(*logged))) == ("healthy", "unknown")


def test_declared_objective_is_the_limit_of_failures() -> None:
    found = bundle(
        series("requests", 1000, version="3"),
        series("errors", 40, version="3"),
        objectives={"lambda:checkout": 0.95},
    )

    assert verdict(found) == "healthy"


@pytest.mark.parametrize(("now", "expected"), [(90, "better"), (6, "unhealthy"), (0, "unhealthy")])
def test_failing_target_may_be_better_than_the_current_version(now: float, expected: str) -> None:
    found = bundle(
        series("requests", 40, version="3"),
        series("errors", 3, version="3"),
        series("requests", 100, version="4"),
        series("errors", now, version="4"),
    )

    assert verdict(found) == expected


def test_version_other_than_the_current_one_is_no_comparison() -> None:
    found = bundle(
        series("requests", 40, version="3"),
        series("errors", 3, version="3"),
        series("requests", 100, version="2"),
        series("errors", 90, version="2"),
    )

    assert verdict(found) == "unhealthy"


def test_failing_target_is_no_better_without_current_traffic() -> None:
    found = bundle(series("requests", 100, version="3"), series("errors", 6, version="3"))

    assert verdict(found) == "unhealthy"


def test_improvement_compares_traffic_before_and_since_the_change() -> None:
    ended = change(ONSET - 40, "3", "lambda:checkout")
    failing = series(
        "errors", 0, points=((ONSET - 90, 4.0), (ONSET - 20, 10.0), (ONSET - 10, 10.0))
    )
    found = bundle(series("requests", 100), failing, changes=(ended,))

    assert verdict(found) == "better"


def test_faulty_versions_series_do_not_count_for_the_former_version() -> None:
    found = bundle(series("requests", 1000, version="4"), series("errors", 0, version="4"))

    assert verdict(found) == "unknown"


def test_version_without_series_is_judged_by_the_traffic_of_its_time() -> None:
    ended = change(ONSET - 40, "3", "lambda:checkout")
    found = bundle(series("requests", 100), series("errors", 0), changes=(ended,))

    record = track_record(found, candidate())

    assert record is not None
    assert (record.verdict, record.requests) == ("healthy", 60)


def test_traffic_after_the_change_does_not_count_for_the_former_version() -> None:
    ended = change(ONSET - 100, "3", "lambda:checkout")

    assert verdict(bundle(series("requests", 100), changes=(ended,))) == "unknown"


def test_parameter_is_judged_by_its_readers() -> None:
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


def test_parameter_with_one_unhealthy_reader_is_unhealthy() -> None:
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


def test_parameter_without_known_readers_is_unknown() -> None:
    found = bundle(series("requests", 100), changes=(change(ONSET, 3),))

    assert verdict(found, PARAMETER) == "unknown"


def test_a_reader_that_the_inventory_stored_proves_nothing() -> None:
    stored = Edge(caller="lambda:checkout", callee="ssm:/shop/prices", source="configuration")
    found = bundle(series("requests", 100), edges=(stored,), changes=(change(ONSET, 3),))

    assert verdict(found, PARAMETER) == "unknown"


def test_uncited_change_does_not_count() -> None:
    edges = (Edge(caller="lambda:checkout", callee="ssm:/shop/prices"),)
    found = bundle(series("requests", 100), edges=edges, changes=(change(ONSET, 3),))

    assert verdict(found, PARAMETER.model_copy(update={"cites": ()})) == "unknown"


def test_raised_limit_has_no_track_record() -> None:
    assert verdict(bundle(), of("lambda.raise_reserved_concurrency")) is None

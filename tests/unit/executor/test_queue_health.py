"""The end of a fault that left dead letters in a queue."""

from typing import Any

import pytest

from functions.executor.queue_health import still_failing
from quorum.domain.evidence import Edge, Series
from tests.builders.bundles import bundle
from tests.builders.candidates import RESOURCE
from tests.builders.evidence import series

QUEUE = "sqs:orders"
TAKES = (Edge(caller=RESOURCE, callee=QUEUE),)


def failing(*found: Series, edges: tuple[Edge, ...] = TAKES, **fields: Any) -> list[str]:
    return still_failing(bundle(*found, **{"edges": edges, **fields}), QUEUE)


def at(one: Series, seconds: int) -> Series:
    """Return the series so much later."""
    points = tuple((when + seconds, value) for when, value in one.points)
    return one.model_copy(update={"points": points})


def test_failing_consumer_of_the_queue_is_named() -> None:
    assert failing(series("requests", 100), series("errors", 30)) == [RESOURCE]


def test_failing_target_of_the_queue_is_named() -> None:
    edges = (Edge(caller=QUEUE, callee=RESOURCE),)
    assert failing(series("requests", 100), series("errors", 30), edges=edges) == [RESOURCE]


def test_throttled_requests_count_as_failures() -> None:
    assert failing(series("requests", 100), series("throttles", 100)) == [RESOURCE]


@pytest.mark.parametrize(
    "found",
    [
        (),
        (series("errors", 30),),
        (series("requests", 100), series("errors", 1)),
        (series("requests", 100), series("errors", 0)),
        (at(series("requests", 100), -3600), at(series("errors", 90), -3600)),
    ],
    ids=["nothing", "no requests", "within its objective", "well", "long ago"],
)
def test_healthy_consumers_are_not_named(found: tuple[Series, ...]) -> None:
    assert failing(*found) == []


def test_unrelated_resource_is_not_named() -> None:
    edges = (Edge(caller=RESOURCE, callee="sqs:other"),)
    assert failing(series("requests", 100), series("errors", 30), edges=edges) == []


def test_declared_objective_is_the_limit_of_failures() -> None:
    found = (series("requests", 100), series("errors", 30))
    assert failing(*found, objectives={RESOURCE: 0.5}) == []

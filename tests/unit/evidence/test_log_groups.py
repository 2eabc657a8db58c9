"""The log group that a resource writes to, and what its silence means."""

from typing import Any, Final

import pytest

from quorum.domain.conventions import log_group
from quorum.domain.evidence import Bundle, ResourceState
from quorum.domain.topology import Service, ServiceMap
from tests.builders.shop import Shop
from tests.builders.topology import FRONT, MAP
from tests.unit.evidence.breaking import source

SHARED: Final = "/shop/all"
QUEUE: Final = "sqs:orders"


def frozen(group: str | None, *, lines: bool = True, declared: bool = False) -> Bundle:
    """Return the bundle of a shop whose function has this group in its settings, or none.

    `lines`: whether its lines are in that group. `declared`: the map declares a group.
    """
    shop = Shop()
    served = shop.logs.groups.pop("/aws/lambda/front")
    if lines:
        shop.logs.groups[group or "/aws/lambda/front"] = served
    services = [s.model_copy(update={"log_group": None}) for s in MAP.services]
    if declared:
        services[0] = services[0].model_copy(update={"log_group": SHARED})
    shop.topology.map = ServiceMap(services=tuple(services))
    if group is not None:
        shop.states.settings[FRONT]["log_group"] = group
    return shop.bundle()


def test_lines_of_a_function_come_from_the_group_in_its_settings() -> None:
    bundle = frozen(SHARED)

    assert source(bundle, "logs").status == "ok"
    assert {t.resource for t in bundle.templates} >= {FRONT}


@pytest.mark.parametrize(
    ("given", "silent"),
    [
        ({"group": SHARED, "lines": False}, True),
        ({"group": None, "lines": False}, True),
        ({"group": None, "lines": False, "declared": True}, True),
        ({"group": SHARED}, False),
        ({"group": None}, False),
    ],
)
def test_function_that_serves_requests_and_logs_nothing_is_a_missing_source(
    given: dict[str, Any], *, silent: bool
) -> None:
    logs = source(frozen(**given), "logs")

    assert logs.status == ("failed" if silent else "ok")
    assert (logs.resources == (FRONT,)) == silent


def test_function_without_requests_owes_no_lines() -> None:
    shop = Shop()
    shop.logs.groups["/aws/lambda/front"] = []
    for key, points in shop.metrics.points.items():
        if "Shop/front" in str(key):
            shop.metrics.points[key] = tuple((at, 0.0) for at, _ in points)

    assert source(shop.bundle(), "logs").status == "ok"


@pytest.mark.parametrize(
    ("resource", "declared", "configured", "group"),
    [
        ("lambda:f", None, None, "/aws/lambda/f"),
        ("lambda:f", None, SHARED, SHARED),
        ("lambda:f", "/declared", SHARED, "/declared"),
        ("lambda:f", "/declared", None, "/declared"),
        ("codebuild:p", None, None, "/aws/codebuild/p"),
        ("synthetics:c", None, None, "/aws/lambda/cwsyn-c"),
        ("loggroup:/shop/x", None, None, "/shop/x"),
        (QUEUE, None, None, None),
        (QUEUE, None, SHARED, SHARED),
        ("other:x", None, None, None),
    ],
)
def test_group_is_declared_or_configured_or_the_usual_one(
    resource: str, declared: str | None, configured: str | None, group: str | None
) -> None:
    service = Service(resource=resource, log_group=declared)
    state = ResourceState(resource=resource, settings={"log_group": configured})
    for entry in (service, None) if declared is None else (service,):
        assert log_group(resource, entry, state) == group
    if configured is None:
        assert log_group(resource, service, None) == group

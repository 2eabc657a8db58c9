"""Alarms as AWS evaluates them: late, without data, or never OK again by themselves."""

from typing import Any

from quorum.domain.evidence import Edge
from tests.builders.alarms import alarm
from tests.builders.candidates import RESOURCE
from tests.builders.executor import Case
from tests.builders.verification import DEADLINE, EARLIEST, WINDOW, Verified, query

TABLE = "dynamodb:orders"
ERRORS: dict[str, Any] = {
    "namespace": f"Shop/{RESOURCE}",
    "metric": "Errors",
    "statistic": "Sum",
    "threshold": 3.0,
    "comparison": "GreaterThanThreshold",
}
"""Published only when something fails: without a failure it has no datapoint."""
LATENCY: dict[str, Any] = {**ERRORS, "metric": "LatencyMs", "threshold": 500.0}
THROTTLES: dict[str, Any] = {
    **ERRORS,
    "namespace": "AWS/DynamoDB",
    "metric": "ReadThrottleEvents",
    "resources": (TABLE,),
}


def incident(watched: dict[str, Any], **bundled: Any) -> Verified:
    case = Case(opened={"alarm": alarm(**watched)}, bundled=bundled)
    return Verified(case)


def test_an_alarm_that_ends_without_data_has_recovered_with_its_traffic() -> None:
    """Recommended alarms treat missing data as missing: they end in INSUFFICIENT_DATA."""
    scene = incident(ERRORS)
    scene.alarm("INSUFFICIENT_DATA")

    assert scene.at(DEADLINE) == "recovered"


def test_an_alarm_that_ignores_missing_data_is_judged_by_the_traffic_of_its_resource() -> None:
    scene = incident(ERRORS)
    scene.alarm("ALARM")

    assert scene.at(DEADLINE - 1) == "pending"
    assert scene.at(DEADLINE) == "recovered"
    assert scene.checked[0].alarm_state == "ALARM"
    assert "stays in ALARM" in scene.checked[0].reason


def test_a_dynamodb_alarm_that_keeps_its_state_is_unverified_by_its_callers() -> None:
    scene = incident(THROTTLES, edges=(Edge(caller=RESOURCE, callee=TABLE),))
    scene.alarm("ALARM")

    assert scene.at(DEADLINE - 1) == "pending"
    assert scene.at(DEADLINE) == "unverified"


def test_requests_that_are_still_slow_have_failed_although_they_succeed() -> None:
    scene = incident(LATENCY)
    scene.alarm("ALARM")
    at = int(scene.effect)
    slow = query(RESOURCE, "LatencyMs")
    scene.metrics.add(slow, tuple((at + 10 * n, 2000.0) for n in range(-6, 100)))

    assert scene.at(EARLIEST - 1) == "pending"
    assert scene.at(EARLIEST) == "failed"


def test_requests_that_are_fast_again_are_waited_for_while_the_alarm_is_late() -> None:
    scene = incident(LATENCY)
    scene.alarm("ALARM")
    at = int(scene.effect)
    fast = query(RESOURCE, "LatencyMs")
    scene.metrics.add(fast, tuple((at + 10 * n, 20.0) for n in range(100)))

    assert scene.at(DEADLINE - 1) == "pending"
    scene.alarm("OK")
    assert scene.at(DEADLINE - 1) == "recovered"
    assert WINDOW < EARLIEST < DEADLINE

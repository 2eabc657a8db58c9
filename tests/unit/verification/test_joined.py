"""An incident of several alarms: every one of them, and all that they stand for."""

from tests.builders.alarms import alarm
from tests.builders.executor import Case
from tests.builders.verification import DEADLINE, WINDOW, Verified, nothing, service


def test_recovery_needs_every_alarm_of_the_incident_ok() -> None:
    case = Case()
    case.write_joining(alarm("search-errors", resources=("lambda:search",)))
    scene = Verified(case)
    scene.map = scene.map.model_copy(
        update={"services": (*scene.map.services, service("lambda:search"))}
    )
    scene.traffic(resource="lambda:search")

    assert scene.at(WINDOW) == "pending"
    scene.alarm("ALARM", "search-errors")
    assert scene.at(WINDOW) == "pending"
    scene.alarm("OK", "search-errors")
    assert scene.at(WINDOW + 1) == "recovered"


def test_recovery_needs_traffic_of_every_affected_resource() -> None:
    case = Case()
    case.write_joining(alarm("search-errors", resources=("lambda:search",)))
    scene = Verified(case)
    scene.alarm("OK", "search-errors")
    scene.map = scene.map.model_copy(
        update={"services": (*scene.map.services, service("lambda:search"))}
    )
    scene.traffic(nothing, resource="lambda:search")

    assert scene.at(DEADLINE) == "unverified"


def test_the_slowest_alarms_window_counts() -> None:
    case = Case()
    case.write_joining(alarm("slow", evaluation_periods=6))
    scene = Verified(case)
    scene.alarm("OK", "slow")

    assert scene.at(2 * WINDOW - 1) == "pending"
    assert scene.at(2 * WINDOW) == "recovered"

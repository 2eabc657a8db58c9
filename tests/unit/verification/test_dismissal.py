"""An alarm that was dismissed has to be OK by itself by the deadline."""

import pytest

from quorum.domain.errors import InvalidInputError, SourceUnavailableError
from tests.builders.alarms import alarm
from tests.builders.executor import Case
from tests.builders.verification import DEADLINE, EARLIEST, WINDOW, Verified


def dismissed() -> Verified:
    return Verified(Case(route="dismiss"), mode="dismissal")


def test_alarm_ok_without_an_action_is_recovered() -> None:
    scene = dismissed()

    assert scene.at(1) == "recovered"
    assert scene.checked[0].reason == "the alarms recovered without an action"


@pytest.mark.parametrize("state", ["ALARM", "INSUFFICIENT_DATA"])
def test_an_alarm_that_is_not_ok_is_waited_for_until_the_deadline(state: str) -> None:
    scene = dismissed()
    scene.alarm(state)

    assert scene.at(DEADLINE - 1) == "pending"
    assert scene.at(DEADLINE) == "failed"
    assert scene.checked[0].alarm_state == state


def test_requests_that_fail_hold_back_a_dismissal_whatever_the_alarm() -> None:
    """The alarm went OK by itself, and 90 of 100 requests fail: a person is asked early."""
    scene = dismissed()
    scene.traffic(errors=lambda _: 90)

    assert scene.at(WINDOW) == "pending"
    assert scene.at(EARLIEST) == "failed"
    assert scene.checked[0].alarm_state == "OK"
    assert scene.checked[0].errors > 0


def test_failures_that_ended_do_not_hold_back_a_dismissal() -> None:
    scene = dismissed()
    scene.traffic(errors=lambda since: 90 if since < -40 else 0)

    assert scene.at(WINDOW) == "pending"
    assert scene.at(2 * WINDOW) == "recovered"


def test_a_service_without_traffic_is_dismissed_by_its_alarm() -> None:
    scene = dismissed()
    scene.traffic(until=-100_000)

    assert scene.at(1) == "recovered"


def test_dismissal_needs_every_alarm_ok() -> None:
    case = Case(route="dismiss")
    case.write_joining(alarm("search-errors"))
    scene = Verified(case, mode="dismissal")
    scene.alarm("ALARM", "search-errors")

    assert scene.at(DEADLINE) == "failed"


@pytest.mark.parametrize("source", ["alarms", "metrics"])
def test_unreadable_alarm_is_not_ok(source: str) -> None:
    scene = dismissed()
    broken = scene.case.alarms if source == "alarms" else scene.metrics
    broken.error = SourceUnavailableError("no answer")

    assert scene.at(1) == "pending"
    assert scene.at(DEADLINE) == "failed"


def test_recorded_verdict_is_repeated() -> None:
    scene = dismissed()
    scene.alarm("ALARM")
    scene.at(DEADLINE)
    scene.alarm("OK")

    assert scene.at(DEADLINE + 1) == "failed"
    assert len(scene.checked) == 1


def test_decision_other_than_dismiss_is_refused() -> None:
    scene = Verified(Case(), mode="dismissal")

    with pytest.raises(InvalidInputError, match="mode"):
        scene.at(1)

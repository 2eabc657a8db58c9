"""Recovered needs the alarm and the traffic; what is silent is not recovered, nor called failed."""

import pytest

from quorum.domain.errors import InvalidInputError
from tests.builders.actuators import put
from tests.builders.executor import Case
from tests.builders.verification import DEADLINE, WINDOW, Verified, nothing


def test_alarm_ok_with_traffic_for_a_whole_window_is_recovered() -> None:
    scene = Verified()

    assert scene.at(WINDOW) == "recovered"

    (event,) = scene.checked
    assert (event.verdict, event.alarm_state) == ("recovered", "OK")
    assert (event.requests, event.errors, event.compared_requests) == (300, 0, 300)
    assert event.seconds == WINDOW


def test_verdict_waits_for_a_whole_window() -> None:
    scene = Verified()

    assert scene.at(WINDOW - 1) == "pending"
    assert scene.checked == []
    assert scene.at(WINDOW) == "recovered"


def test_recorded_verdict_is_repeated_whatever_follows() -> None:
    scene = Verified()
    scene.at(WINDOW)
    scene.alarm("ALARM")
    scene.traffic(nothing)

    assert scene.at(WINDOW + 1) == "recovered"
    assert scene.at(DEADLINE) == "recovered"
    assert len(scene.checked) == 1


def test_concurrent_verdicts_return_the_first_recorded() -> None:
    scene = Verified()
    states = scene.case.alarms.states
    verdicts: list[str] = []

    def slower(names: list[str]) -> object:
        if not verdicts:
            verdicts.append("")
            verdicts[0] = scene.at(DEADLINE)
            scene.alarm("ALARM")
        return states(names)

    put(scene.case.alarms, "states", slower)

    assert scene.at(DEADLINE) == "recovered"
    assert verdicts == ["recovered"]
    assert len(scene.checked) == 1


@pytest.mark.parametrize("state", ["ALARM", "INSUFFICIENT_DATA"])
def test_good_traffic_is_no_recovery_while_the_alarm_is_not_ok(state: str) -> None:
    scene = Verified()
    scene.alarm(state)

    assert scene.at(WINDOW) == "pending"
    assert scene.at(DEADLINE - 1) == "pending"


def test_an_alarm_still_in_alarm_at_the_deadline_has_failed() -> None:
    scene = Verified()
    scene.alarm("ALARM")

    assert scene.at(DEADLINE) == "failed"
    assert scene.checked[0].alarm_state == "ALARM"


def test_an_alarm_that_is_ok_while_requests_fail_has_failed_at_the_deadline() -> None:
    scene = Verified()
    scene.traffic(errors=lambda _: 2)

    assert scene.at(WINDOW) == "pending"
    assert scene.at(DEADLINE) == "failed"


def test_errors_right_after_the_effect_are_ignored_after_a_clean_window() -> None:
    scene = Verified()
    scene.traffic(errors=lambda since: 50 if since < 10 else 0)

    assert scene.at(WINDOW) == "pending"
    assert scene.at(WINDOW + 10) == "recovered"


@pytest.mark.parametrize("state", ["OK", "INSUFFICIENT_DATA"])
def test_silence_until_the_deadline_is_unverified(state: str) -> None:
    scene = Verified()
    scene.alarm(state)
    scene.traffic(nothing)

    assert scene.at(DEADLINE - 1) == "pending"
    assert scene.at(DEADLINE) == "unverified"


def test_missing_points_are_silence_and_not_health() -> None:
    scene = Verified()
    scene.traffic(until=0)

    assert scene.at(DEADLINE) == "unverified"


def test_silence_with_the_alarm_in_alarm_is_failed() -> None:
    scene = Verified()
    scene.alarm("ALARM")
    scene.traffic(nothing)

    assert scene.at(DEADLINE) == "failed"


def test_verdict_from_before_the_action_is_not_the_actions() -> None:
    case = Case()
    case.write_check("failed")
    scene = Verified(case)

    assert scene.at(WINDOW) == "recovered"
    assert [event.verdict for event in scene.checked] == ["failed", "recovered"]


def test_incident_without_an_action_is_refused() -> None:
    scene = Verified(Case(), mode="dismissal")
    scene.mode = "action"

    with pytest.raises(InvalidInputError, match="mode"):
        scene.at(0)

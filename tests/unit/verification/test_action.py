"""Recovered needs alarm and traffic, failed needs requests that fail; silence is neither."""

import pytest

from quorum.domain.errors import InvalidInputError
from tests.builders.actuators import put
from tests.builders.executor import Case
from tests.builders.verification import DEADLINE, EARLIEST, WINDOW, Verified, nothing


def test_alarm_ok_with_traffic_for_a_whole_window_is_recovered() -> None:
    scene = Verified()

    assert scene.at(WINDOW) == "recovered"

    (fact,) = scene.checked
    assert (fact.verdict, fact.alarm_state) == ("recovered", "OK")
    assert (fact.requests, fact.errors, fact.compared_requests) == (300, 0, 300)
    assert fact.seconds == WINDOW


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


def test_good_traffic_is_no_recovery_while_the_alarm_is_in_alarm() -> None:
    scene = Verified()
    scene.alarm("ALARM")

    assert scene.at(WINDOW) == "pending"
    assert scene.at(DEADLINE - 1) == "pending"
    scene.alarm("OK")
    assert scene.at(DEADLINE - 1) == "recovered"


def test_an_alarm_without_data_is_waited_for_until_its_windows_have_passed() -> None:
    scene = Verified()
    scene.alarm("INSUFFICIENT_DATA")

    assert scene.at(EARLIEST - 1) == "pending"
    assert scene.at(EARLIEST) == "recovered"
    assert scene.checked[0].alarm_state == "INSUFFICIENT_DATA"


def test_an_alarm_that_is_late_does_not_undo_an_action_that_helped() -> None:
    scene = Verified()
    scene.alarm("ALARM")

    assert scene.at(DEADLINE) == "unverified"
    assert scene.checked[0].alarm_state == "ALARM"
    assert "traffic has recovered" in scene.checked[0].reason


@pytest.mark.parametrize("state", ["OK", "ALARM", "INSUFFICIENT_DATA"])
def test_requests_that_fail_as_before_have_failed_before_the_deadline(state: str) -> None:
    scene = Verified()
    scene.alarm(state)
    scene.traffic(errors=lambda _: 30)

    assert scene.at(EARLIEST - 1) == "pending"
    assert scene.at(EARLIEST) == "failed"
    assert scene.checked[0].alarm_state == state


def test_an_action_that_helped_in_part_is_not_undone() -> None:
    scene = Verified()
    scene.traffic(errors=lambda since: 90 if since < 0 else 10)

    assert scene.at(DEADLINE - 1) == "pending"
    assert scene.at(DEADLINE) == "partial"
    assert scene.checked[0].errors > 0


def test_a_fault_that_was_less_than_halved_is_no_partial_success() -> None:
    scene = Verified()
    scene.traffic(errors=lambda since: 90 if since < 0 else 50)

    assert scene.at(DEADLINE) == "failed"


def test_errors_right_after_the_effect_are_ignored_after_a_clean_window() -> None:
    scene = Verified()
    scene.traffic(errors=lambda since: 50 if since < 10 else 0)

    assert scene.at(WINDOW) == "pending"
    assert scene.at(WINDOW + 10) == "recovered"


@pytest.mark.parametrize("state", ["OK", "ALARM", "INSUFFICIENT_DATA"])
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


def test_verdict_from_before_the_action_is_not_the_actions() -> None:
    case = Case()
    case.write_check("failed")
    scene = Verified(case)

    assert scene.at(WINDOW) == "recovered"
    assert [fact.verdict for fact in scene.checked] == ["failed", "recovered"]


def test_incident_without_an_action_is_refused() -> None:
    scene = Verified(Case(), mode="dismissal")
    scene.mode = "action"

    with pytest.raises(InvalidInputError, match="mode"):
        scene.at(0)

"""Bounds of traffic, time and errors."""

import pytest

from functions.verification.judgement import RecoveryDeadline
from tests.builders.alarms import alarm
from tests.builders.executor import Case
from tests.builders.verification import DEADLINE, WINDOW, Verified


@pytest.mark.parametrize(("rate", "verdict"), [(50, "recovered"), (49, "unverified")])
def test_half_of_the_requests_before_the_onset_is_comparable_traffic(
    rate: float, verdict: str
) -> None:
    scene = Verified()
    scene.traffic(lambda _: rate)

    scene.at(WINDOW)
    assert scene.at(DEADLINE) == verdict


def test_traffic_comparable_for_less_than_a_window_is_too_little() -> None:
    scene = Verified()
    scene.traffic(until=WINDOW - 10)

    assert scene.at(DEADLINE) == "unverified"


def test_only_successful_requests_count_as_traffic() -> None:
    scene = Verified()
    scene.traffic(lambda _: 60, lambda _: 20, errors_before=40)

    assert scene.at(DEADLINE) == "unverified"


@pytest.mark.parametrize(("errors", "verdict"), [(1, "recovered"), (1.1, "failed")])
def test_errors_equal_to_the_objective_are_allowed(errors: float, verdict: str) -> None:
    scene = Verified()
    scene.traffic(errors=lambda _: errors)

    scene.at(WINDOW)
    assert scene.at(DEADLINE) == verdict


def test_errors_equal_to_those_before_the_onset_are_allowed() -> None:
    scene = Verified()
    scene.traffic(errors=lambda _: 5, errors_before=5)

    assert scene.at(WINDOW) == "recovered"


def test_a_service_without_traffic_before_the_onset_cannot_be_verified() -> None:
    scene = Verified()
    scene.traffic(before=0)

    assert scene.at(DEADLINE) == "unverified"


def test_few_requests_are_no_recovery_whatever_the_baseline() -> None:
    scene = Verified()
    scene.traffic(lambda _: 1, before=1)

    assert scene.at(DEADLINE) == "unverified"


def test_verification_ends_at_the_cap_for_an_alarm_with_a_long_window() -> None:
    case = Case(opened={"alarm": alarm(period_seconds=3600, evaluation_periods=24)})
    scene = Verified(case)
    scene.deadline = RecoveryDeadline(cap_seconds=3000)

    assert scene.at(2999) == "pending"
    assert scene.at(3000) == "unverified"


def test_a_deadline_is_never_shorter_than_a_minute() -> None:
    case = Case(opened={"alarm": alarm(period_seconds=1, evaluation_periods=1)})
    scene = Verified(case)
    scene.alarm("ALARM")

    assert scene.at(59) == "pending"
    assert scene.at(60) == "failed"


def test_traffic_between_onset_and_effect_is_ignored() -> None:
    scene = Verified()
    scene.traffic(lambda since: 100 if since >= 0 else 900, lambda since: 0 if since >= 0 else 900)

    assert scene.at(WINDOW) == "recovered"
    assert scene.checked[0].compared_requests == 300

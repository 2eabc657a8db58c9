"""Bounds of traffic, time and errors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.verification import verify
from functions.verification.judgement import RecoveryDeadline
from quorum.domain.catalogue import VERBS, settles_seconds
from tests.builders.alarms import alarm
from tests.builders.executor import Case
from tests.builders.verification import DEADLINE, EARLIEST, WINDOW, Verified


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


@pytest.mark.parametrize(("errors", "verdict"), [(1, "recovered"), (1.1, "unverified")])
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


@pytest.mark.parametrize(("rate", "verdict"), [(0.01, "unverified"), (0.5, "recovered")])
def test_few_requests_are_counted_until_they_are_enough(rate: float, verdict: str) -> None:
    scene = Verified()
    scene.traffic(lambda _: rate, before=rate)

    assert scene.at(WINDOW) == "pending"
    scene.at(DEADLINE - 1)
    assert scene.at(DEADLINE) == verdict


def test_verification_ends_at_the_cap_for_an_alarm_with_a_long_window() -> None:
    case = Case(opened={"alarm": alarm(period_seconds=3600, evaluation_periods=24)})
    scene = Verified(case)
    scene.deadline = RecoveryDeadline(cap_seconds=3000)

    assert scene.at(2999) == "pending"
    assert scene.at(3000) == "unverified"


def test_a_fast_alarm_has_failed_after_a_minute_and_is_late_after_a_quarter_of_an_hour() -> None:
    case = Case(opened={"alarm": alarm(period_seconds=1, evaluation_periods=1)})
    failing, silent = Verified(case), Verified()
    failing.traffic(errors=lambda _: 100)
    silent.traffic(lambda _: 0)

    assert failing.at(59) == "pending"
    assert failing.at(60) == "failed"
    assert silent.at(899) == "pending"
    assert silent.at(900) == "unverified"


@given(st.integers(1, 3600), st.integers(1, 24), st.integers(1, 60), st.integers(60, 3300))
def test_the_deadlines_are_in_order_within_the_cap(
    period: int, periods: int, windows: int, cap: int
) -> None:
    deadline = RecoveryDeadline(windows, cap)
    slow = [alarm(period_seconds=period, evaluation_periods=periods)]

    assert 60 <= deadline.earliest(slow) <= deadline.seconds(slow) <= cap
    assert deadline.seconds(slow) >= min(900, cap)


def test_readers_that_cache_a_setting_have_time_to_read_it_again() -> None:
    case = Case()
    scene = Verified(case)
    slow = {"settles_seconds": 300}
    scene.traffic(errors=lambda since: 100 if since < 300 else 0)
    assert settles_seconds("ssm.restore_parameter:0") == slow["settles_seconds"]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(verify, "settles_seconds", lambda _: slow["settles_seconds"])
        assert scene.at(EARLIEST) == "pending"
        assert scene.at(300 + 2 * WINDOW) == "recovered"


def test_the_settling_time_of_an_unknown_verb_is_the_longest() -> None:
    longest = max(row.settles_seconds for row in VERBS)

    assert settles_seconds("a.verb_of_the_past:0") == longest > 0
    assert settles_seconds("lambda.rollback_alias:0") == 0


def test_traffic_between_onset_and_effect_is_ignored() -> None:
    scene = Verified()
    scene.traffic(lambda since: 100 if since >= 0 else 900, lambda since: 0 if since >= 0 else 900)

    assert scene.at(WINDOW) == "recovered"
    assert scene.checked[0].compared_requests == 300

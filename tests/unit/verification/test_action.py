"""Recovered needs the alarm and the traffic; what is silent is not recovered, nor called failed."""

import pytest

from functions.shared.domain.errors import InvalidInputError, SourceUnavailableError
from functions.verification.patience import Patience
from tests.unit.executor.cases import Case, alarm, put
from tests.unit.verification.cases import DEADLINE, WINDOW, Verified, nothing, service


def test_an_alarm_that_is_ok_with_traffic_for_a_whole_window_has_recovered() -> None:
    scene = Verified()

    assert scene.at(WINDOW) == "recovered"

    (fact,) = scene.checked
    assert (fact.verdict, fact.alarm_state) == ("recovered", "OK")
    assert (fact.requests, fact.errors, fact.compared_requests) == (300, 0, 300)
    assert fact.seconds == WINDOW


def test_before_a_whole_window_has_passed_nothing_is_said_yet() -> None:
    scene = Verified()

    assert scene.at(WINDOW - 1) == "pending"
    assert scene.checked == []
    assert scene.at(WINDOW) == "recovered"


def test_a_verdict_once_recorded_is_repeated_whatever_comes_later() -> None:
    scene = Verified()
    scene.at(WINDOW)
    scene.alarm("ALARM")
    scene.traffic(nothing)

    assert scene.at(WINDOW + 1) == "recovered"
    assert scene.at(DEADLINE) == "recovered"
    assert len(scene.checked) == 1


def test_of_two_looks_at_once_the_one_that_records_first_is_right() -> None:
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


def test_errors_right_after_the_effect_are_forgiven_once_a_whole_window_is_without() -> None:
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


def test_points_that_are_missing_are_silence_and_not_health() -> None:
    scene = Verified()
    scene.traffic(until=0)

    assert scene.at(DEADLINE) == "unverified"


def test_silence_with_the_alarm_still_in_alarm_has_failed() -> None:
    scene = Verified()
    scene.alarm("ALARM")
    scene.traffic(nothing)

    assert scene.at(DEADLINE) == "failed"


@pytest.mark.parametrize(("rate", "verdict"), [(50, "recovered"), (49, "unverified")])
def test_half_of_the_requests_before_the_onset_is_comparable_traffic(
    rate: float, verdict: str
) -> None:
    scene = Verified()
    scene.traffic(lambda _: rate)

    scene.at(WINDOW)
    assert scene.at(DEADLINE) == verdict


def test_traffic_that_was_comparable_for_less_than_a_window_is_not_enough() -> None:
    scene = Verified()
    scene.traffic(until=WINDOW - 10)

    assert scene.at(DEADLINE) == "unverified"


def test_only_successful_requests_count_as_traffic() -> None:
    scene = Verified()
    scene.traffic(lambda _: 60, lambda _: 20, errors_before=40)

    assert scene.at(DEADLINE) == "unverified"


@pytest.mark.parametrize(("errors", "verdict"), [(1, "recovered"), (1.1, "failed")])
def test_errors_may_be_as_many_as_the_objective_allows(errors: float, verdict: str) -> None:
    scene = Verified()
    scene.traffic(errors=lambda _: errors)

    scene.at(WINDOW)
    assert scene.at(DEADLINE) == verdict


def test_errors_may_be_as_many_as_they_were_before_the_onset() -> None:
    scene = Verified()
    scene.traffic(errors=lambda _: 5, errors_before=5)

    assert scene.at(WINDOW) == "recovered"


def test_a_service_without_traffic_before_the_onset_cannot_be_verified() -> None:
    scene = Verified()
    scene.traffic(before=0)

    assert scene.at(DEADLINE) == "unverified"


def test_a_handful_of_requests_is_no_recovery_however_few_there_were_before() -> None:
    scene = Verified()
    scene.traffic(lambda _: 1, before=1)

    assert scene.at(DEADLINE) == "unverified"


def test_every_alarm_of_the_incident_has_to_be_ok() -> None:
    case = Case()
    case.join(alarm("search-errors", resources=("lambda:search",)))
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


def test_every_affected_resource_needs_traffic_of_its_own() -> None:
    case = Case()
    case.join(alarm("search-errors", resources=("lambda:search",)))
    scene = Verified(case)
    scene.alarm("OK", "search-errors")
    scene.map = scene.map.model_copy(
        update={"services": (*scene.map.services, service("lambda:search"))}
    )
    scene.traffic(nothing, resource="lambda:search")

    assert scene.at(DEADLINE) == "unverified"


def test_the_slowest_alarms_window_counts() -> None:
    case = Case()
    case.join(alarm("slow", evaluation_periods=6))
    scene = Verified(case)
    scene.alarm("OK", "slow")

    assert scene.at(2 * WINDOW - 1) == "pending"
    assert scene.at(2 * WINDOW) == "recovered"


def test_an_alarm_that_was_deleted_is_not_ok() -> None:
    scene = Verified()
    scene.case.alarms.alarms.clear()

    assert scene.at(WINDOW) == "pending"
    assert scene.at(DEADLINE) == "unverified"
    assert scene.checked[0].alarm_state == "GONE"


def test_a_source_that_does_not_answer_is_waited_for_and_is_no_health() -> None:
    scene = Verified()
    scene.metrics.error = SourceUnavailableError("no answer")

    assert scene.at(WINDOW) == "pending"
    scene.metrics.error = None
    assert scene.at(WINDOW + 5) == "recovered"


def test_a_source_that_does_not_answer_by_the_deadline_leaves_it_unverified() -> None:
    scene = Verified()
    scene.case.alarms.error = SourceUnavailableError("no answer")

    assert scene.at(DEADLINE) == "unverified"
    assert scene.checked[0].reason == "no answer"
    assert scene.checked[0].alarm_state == "UNKNOWN"


def test_metrics_that_fail_do_not_hide_an_alarm_still_in_alarm() -> None:
    scene = Verified()
    scene.alarm("ALARM")
    scene.metrics.error = SourceUnavailableError("no answer")

    assert scene.at(DEADLINE) == "failed"


def test_the_loop_ends_by_the_cap_even_for_an_alarm_that_looks_back_for_hours() -> None:
    case = Case(opened={"alarm": alarm(period_seconds=3600, evaluation_periods=24)})
    scene = Verified(case)
    scene.patience = Patience(cap_seconds=3000)

    assert scene.at(2999) == "pending"
    assert scene.at(3000) == "unverified"


def test_a_deadline_is_never_shorter_than_a_minute() -> None:
    case = Case(opened={"alarm": alarm(period_seconds=1, evaluation_periods=1)})
    scene = Verified(case)
    scene.alarm("ALARM")

    assert scene.at(59) == "pending"
    assert scene.at(60) == "failed"


def test_a_check_from_before_the_action_is_not_the_actions() -> None:
    case = Case()
    case.check("failed")
    scene = Verified(case)

    assert scene.at(WINDOW) == "recovered"
    assert [fact.verdict for fact in scene.checked] == ["failed", "recovered"]


def test_an_incident_without_an_action_has_none_to_verify() -> None:
    scene = Verified(Case(), mode="dismissal")
    scene.mode = "action"

    with pytest.raises(InvalidInputError, match="mode"):
        scene.at(0)


def test_the_fault_between_onset_and_effect_counts_neither_for_nor_against() -> None:
    scene = Verified()
    scene.traffic(lambda since: 100 if since >= 0 else 900, lambda since: 0 if since >= 0 else 900)

    assert scene.at(WINDOW) == "recovered"
    assert scene.checked[0].compared_requests == 300

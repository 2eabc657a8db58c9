"""Verdicts and their reasons."""

import pytest

from functions.verification.judgement import judge, judge_dismissal
from functions.verification.traffic import ObservedTraffic

HEALTHY = ObservedTraffic("healthy", 100, 1, 90)
SILENT = ObservedTraffic("silent", 3, 0, 80)
FAILING = ObservedTraffic("failing", 50, 40, 70)


@pytest.mark.parametrize(
    ("states", "traffic", "gap", "verdict", "reason"),
    [
        (["OK"], [HEALTHY], None, "recovered", "the alarms are OK and traffic has recovered"),
        (["ALARM"], [HEALTHY], None, "failed", "an alarm is still in ALARM at the deadline"),
        (["OK"], [HEALTHY, FAILING], None, "failed", "requests still fail at the deadline"),
        (["OK"], [SILENT], "metrics: no answer", "unverified", "metrics: no answer"),
        (
            ["UNKNOWN", "OK", "GONE", "INSUFFICIENT_DATA"],
            [HEALTHY],
            None,
            "unverified",
            "the alarms are GONE, INSUFFICIENT_DATA, OK, UNKNOWN at the deadline",
        ),
        (["OK"], [], None, "unverified", "no request metrics for the affected resources"),
        (
            ["OK"],
            [SILENT],
            None,
            "unverified",
            "too few successful requests for a whole evaluation window",
        ),
    ],
)
def test_verdict_at_the_deadline_has_a_reason(
    states: list[str], traffic: list[ObservedTraffic], gap: str | None, verdict: str, reason: str
) -> None:
    found = judge(states, traffic, gap=gap, overdue=True)

    assert (found.verdict, found.reason) == (verdict, reason)
    early = judge(states, traffic, gap=gap, overdue=False)
    assert early.verdict == ("recovered" if verdict == "recovered" else "pending")
    assert early.reason == (reason if verdict == "recovered" else "the deadline has not passed")


@pytest.mark.parametrize(
    ("states", "gap", "verdict", "reason"),
    [
        (["OK", "OK"], None, "recovered", "the alarms recovered without an action"),
        (["OK"], "alarms: no answer", "failed", "alarms: no answer"),
        (["OK", "ALARM"], None, "failed", "an alarm is not OK by the deadline"),
        ([], None, "failed", "an alarm is not OK by the deadline"),
    ],
)
def test_dismissal_is_confirmed_by_recovered_alarms_without_a_gap(
    states: list[str], gap: str | None, verdict: str, reason: str
) -> None:
    found = judge_dismissal(states, [], gap=gap, overdue=True)

    assert (found.verdict, found.reason) == (verdict, reason)
    early = judge_dismissal(states, [], gap=gap, overdue=False)
    assert early.verdict == ("recovered" if verdict == "recovered" else "pending")


@pytest.mark.parametrize(
    ("states", "worst"),
    [
        (["OK", "UNKNOWN", "GONE", "INSUFFICIENT_DATA", "ALARM"], "ALARM"),
        (["UNKNOWN", "GONE", "INSUFFICIENT_DATA"], "INSUFFICIENT_DATA"),
        (["UNKNOWN", "GONE", "OK"], "GONE"),
        (["OK", "UNKNOWN"], "UNKNOWN"),
        (["OK"], "OK"),
    ],
)
def test_verdict_records_the_worst_alarm_and_all_requests(states: list[str], worst: str) -> None:
    found = judge(states, [HEALTHY, SILENT], gap=None, overdue=True)

    assert found.alarm_state == worst
    assert (found.requests, found.errors, found.compared_requests) == (103, 1, 170)
    assert found.seconds == 0

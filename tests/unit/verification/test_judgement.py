"""What a verdict says to people, and what it rests on."""

import pytest

from functions.verification.judgement import judge, judge_dismissal
from functions.verification.traffic import Traffic

HEALTHY = Traffic("healthy", 100, 1, 90)
SILENT = Traffic("silent", 3, 0, 80)
FAILING = Traffic("failing", 50, 40, 70)


@pytest.mark.parametrize(
    ("states", "traffic", "gap", "verdict", "reason"),
    [
        (["OK"], [HEALTHY], None, "recovered", "the alarms are OK and traffic is back"),
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
        (["OK"], [], None, "unverified", "nobody counts the requests of what is affected"),
        (
            ["OK"],
            [SILENT],
            None,
            "unverified",
            "too few successful requests for a whole evaluation window",
        ),
    ],
)
def test_at_the_deadline_it_says_why(
    states: list[str], traffic: list[Traffic], gap: str | None, verdict: str, reason: str
) -> None:
    found = judge(states, traffic, gap=gap, late=True)

    assert (found.verdict, found.reason) == (verdict, reason)
    early = judge(states, traffic, gap=gap, late=False)
    assert early.verdict == ("recovered" if verdict == "recovered" else "pending")
    assert early.reason == (reason if verdict == "recovered" else "the deadline is not over")


@pytest.mark.parametrize(
    ("states", "gap", "verdict", "reason"),
    [
        (["OK", "OK"], None, "recovered", "the alarms are OK by themselves"),
        (["OK"], "alarms: no answer", "failed", "alarms: no answer"),
        (["OK", "ALARM"], None, "failed", "an alarm is not OK by the deadline"),
        ([], None, "failed", "an alarm is not OK by the deadline"),
    ],
)
def test_a_dismissal_is_borne_out_by_alarms_that_are_over_and_by_no_gap(
    states: list[str], gap: str | None, verdict: str, reason: str
) -> None:
    found = judge_dismissal(states, [], gap=gap, late=True)

    assert (found.verdict, found.reason) == (verdict, reason)
    early = judge_dismissal(states, [], gap=gap, late=False)
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
def test_the_worst_alarm_and_all_requests_are_recorded(states: list[str], worst: str) -> None:
    found = judge(states, [HEALTHY, SILENT], gap=None, late=True)

    assert found.alarm_state == worst
    assert (found.requests, found.errors, found.compared_requests) == (103, 1, 170)
    assert found.seconds == 0

"""Verdicts and their reasons, whatever the states and the traffic."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.verification.judgement import Elapsed, Observation, judge, judge_dismissal
from functions.verification.traffic import ObservedTraffic

HEALTHY = ObservedTraffic("healthy", 100, 1, 90)
CALLERS = HEALTHY._replace(own=False)
SILENT = ObservedTraffic("silent", 3, 0, 80)
DEGRADED = ObservedTraffic("degraded", 50, 5, 70)
FAILING = ObservedTraffic("failing", 50, 40, 70)
HALVED = FAILING._replace(halved=True)
FEWER = DEGRADED._replace(halved=True)
SOON = Elapsed(early=False, overdue=False)
EARLY = Elapsed(early=True, overdue=False)
LATE = Elapsed(early=True, overdue=True)

states = st.lists(
    st.sampled_from(["OK", "ALARM", "INSUFFICIENT_DATA", "GONE", "UNKNOWN"]), min_size=1
).map(tuple)
traffics = st.lists(st.sampled_from([HEALTHY, CALLERS, SILENT, DEGRADED, FAILING])).map(tuple)
observations = st.builds(
    Observation,
    states,
    traffics,
    persisting=st.booleans(),
    stale=st.booleans(),
    cleared=st.booleans(),
    gap=st.none() | st.just("no answer"),
)
times = st.sampled_from([SOON, EARLY, LATE])


@pytest.mark.parametrize(
    ("seen", "soon", "early", "late"),
    [
        (Observation(("OK",), (HEALTHY,)), "recovered", "recovered", "recovered"),
        (Observation(("OK",), (CALLERS,)), "recovered", "recovered", "recovered"),
        (Observation(("ALARM",), (HEALTHY,)), "pending", "pending", "unverified"),
        (Observation(("ALARM",), (HALVED,)), "pending", "partial", "partial"),
        (Observation(("ALARM",), (HALVED, FAILING)), "pending", "failed", "failed"),
        (Observation(("ALARM",), (FEWER,)), "pending", "pending", "partial"),
        (Observation(("ALARM",), (FEWER, DEGRADED)), "pending", "pending", "unverified"),
        (Observation(("ALARM",), halved=True), "pending", "pending", "partial"),
        (Observation(("ALARM",), (DEGRADED,), halved=True), "pending", "pending", "unverified"),
        (Observation(("ALARM",), (HEALTHY,), stale=True), "pending", "pending", "recovered"),
        (Observation(("ALARM",), (CALLERS,), stale=True), "pending", "pending", "unverified"),
        (
            Observation(("ALARM",), (HEALTHY, CALLERS), stale=True),
            "pending",
            "pending",
            "unverified",
        ),
        (
            Observation(("ALARM", "GONE"), (HEALTHY,), stale=True),
            "pending",
            "pending",
            "unverified",
        ),
        (Observation(("ALARM",), (SILENT,), stale=True), "pending", "pending", "unverified"),
        (Observation(("ALARM",), (SILENT,), persisting=True), "pending", "failed", "failed"),
        (Observation(("INSUFFICIENT_DATA",), (HEALTHY,)), "pending", "recovered", "recovered"),
        (Observation(("OK", "ALARM"), (HEALTHY,)), "pending", "pending", "unverified"),
        (Observation(("OK",), (HEALTHY, FAILING)), "pending", "failed", "failed"),
        (Observation(("OK",), (HEALTHY, DEGRADED)), "pending", "pending", "unverified"),
        (Observation(("OK",), (HEALTHY, SILENT)), "pending", "pending", "unverified"),
        (Observation(("OK",)), "pending", "pending", "unverified"),
        (Observation(("UNKNOWN",), gap="no answer"), "pending", "pending", "unverified"),
        (Observation((), (HEALTHY,)), "pending", "pending", "unverified"),
        (Observation(("OK",), cleared=True), "recovered", "recovered", "recovered"),
        (Observation(("OK",), (SILENT,), cleared=True), "pending", "pending", "unverified"),
        (Observation(("OK",), (FAILING,), cleared=True), "pending", "failed", "failed"),
        (Observation(("ALARM",), cleared=True), "pending", "pending", "unverified"),
        (Observation(("INSUFFICIENT_DATA",), cleared=True), "pending", "pending", "unverified"),
        (Observation((), cleared=True), "pending", "pending", "unverified"),
    ],
)
def test_a_verdict_on_an_action(seen: Observation, soon: str, early: str, late: str) -> None:
    assert [judge(seen, at).verdict for at in (SOON, EARLY, LATE)] == [soon, early, late]


@pytest.mark.parametrize(
    ("seen", "part"),
    [
        (Observation(("OK", "INSUFFICIENT_DATA"), (HEALTHY,)), "OK and INSUFFICIENT_DATA"),
        (Observation(("OK",), (FAILING,)), "as before the action"),
        (Observation(("ALARM",), (), persisting=True), "alarmed metric still breaches"),
        (Observation(("ALARM",), (HEALTHY,), stale=True), "stays in ALARM"),
        (Observation(("ALARM",), (HEALTHY,)), "traffic has recovered, but the alarms are ALARM"),
        (Observation(("OK",), (DEGRADED,)), "not as many as before"),
        (Observation(("ALARM", "GONE"), (SILENT,)), "ALARM, GONE"),
        (Observation(("OK",)), "no request metrics"),
        (Observation(("OK",), cleared=True), "back within the thresholds"),
        (Observation(("OK",), (SILENT,)), "too few successful requests"),
        (Observation(("OK",), (SILENT,), gap="no answer"), "no answer"),
    ],
)
def test_a_verdict_says_why(seen: Observation, part: str) -> None:
    assert part in judge(seen, LATE).reason


@given(observations)
def test_an_action_is_undone_only_by_evidence_of_failing_and_never_by_an_alarm(
    seen: Observation,
) -> None:
    failing = seen.persisting or FAILING in seen.traffic

    assert {judge(seen, at).verdict == "failed" for at in (EARLY, LATE)} <= {False, failing}
    assert judge(seen, SOON).verdict != "failed"


@given(states, st.lists(st.sampled_from([HEALTHY, CALLERS]), min_size=1).map(tuple), times)
def test_healthy_traffic_is_never_undone_whatever_the_alarms(
    found: tuple[str, ...], traffic: tuple[ObservedTraffic, ...], elapsed: Elapsed
) -> None:
    for stale in (False, True):
        assert judge(Observation(found, traffic, stale=stale), elapsed).verdict != "failed"


@given(observations, times)
def test_only_healthy_traffic_or_a_level_without_traffic_is_a_recovery(
    seen: Observation, elapsed: Elapsed
) -> None:
    if judge(seen, elapsed).verdict == "recovered":
        assert seen.healthy or (seen.cleared and not seen.traffic)
        assert set(seen.states) <= {"OK", "ALARM", "INSUFFICIENT_DATA"}


@given(observations)
def test_a_verdict_comes_by_the_deadline_and_does_not_change_with_a_later_one(
    seen: Observation,
) -> None:
    order = [judge(seen, at).verdict for at in (SOON, EARLY, LATE)]

    final = [verdict for verdict in order if verdict != "pending"]
    assert final
    assert len(set(final)) == 1
    assert order == ["pending"] * (3 - len(final)) + final


@pytest.mark.parametrize(
    ("seen", "soon", "early", "late"),
    [
        (Observation(("OK", "OK")), "recovered", "recovered", "recovered"),
        (Observation(("OK",), (SILENT,)), "recovered", "recovered", "recovered"),
        (Observation(("OK",), (HEALTHY, FAILING)), "pending", "failed", "failed"),
        (Observation(("OK",), (HEALTHY, DEGRADED)), "pending", "failed", "failed"),
        (Observation(("ALARM",), persisting=True), "pending", "failed", "failed"),
        (Observation(("OK", "ALARM"), (HEALTHY,)), "pending", "pending", "failed"),
        (Observation(("INSUFFICIENT_DATA",), (HEALTHY,)), "pending", "pending", "failed"),
        (Observation(("OK",), gap="no answer"), "pending", "pending", "failed"),
        (Observation(()), "pending", "pending", "failed"),
    ],
)
def test_a_dismissal_stands_while_the_alarms_are_ok_and_requests_succeed(
    seen: Observation, soon: str, early: str, late: str
) -> None:
    found = [judge_dismissal(seen, at) for at in (SOON, EARLY, LATE)]

    assert [one.verdict for one in found] == [soon, early, late]
    assert found[-1].reason == (seen.gap or found[-1].reason) != ""


@pytest.mark.parametrize(
    ("found", "worst"),
    [
        (("OK", "UNKNOWN", "GONE", "INSUFFICIENT_DATA", "ALARM"), "ALARM"),
        (("UNKNOWN", "GONE", "INSUFFICIENT_DATA"), "INSUFFICIENT_DATA"),
        (("UNKNOWN", "GONE", "OK"), "GONE"),
        (("OK", "UNKNOWN"), "UNKNOWN"),
        (("OK",), "OK"),
    ],
)
def test_the_worst_alarm_and_all_requests_are_recorded(found: tuple[str, ...], worst: str) -> None:
    finding = judge(Observation(found, (HEALTHY, SILENT)), LATE)

    assert finding.alarm_state == worst
    assert (finding.requests, finding.errors, finding.compared_requests) == (103, 1, 170)
    assert finding.seconds == 0

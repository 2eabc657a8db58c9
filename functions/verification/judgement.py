"""From states and traffic to a verdict: pure."""

from collections.abc import Sequence
from typing import NamedTuple

from functions.verification.traffic import Traffic
from quorum.domain.commands import VerifyResult


class Finding(NamedTuple):
    """A verdict and what it rests on, as RecoveryChecked records it."""

    verdict: VerifyResult
    alarm_state: str
    requests: float
    errors: float
    compared_requests: float
    seconds: float
    reason: str


def judge(
    states: Sequence[str], traffic: Sequence[Traffic], *, gap: str | None, late: bool
) -> Finding:
    """Return whether the action helped; past the deadline (`late`) it is never pending."""
    verdicts = {one.verdict for one in traffic}
    if set(states) == {"OK"} and verdicts == {"healthy"}:
        return _finding("recovered", states, traffic, "the alarms are OK and traffic is back")
    if not late:
        return _finding("pending", states, traffic, "the deadline is not over")
    if "ALARM" in states:
        return _finding("failed", states, traffic, "an alarm is still in ALARM at the deadline")
    if "failing" in verdicts:
        return _finding("failed", states, traffic, "requests still fail at the deadline")
    return _finding("unverified", states, traffic, gap or _quiet(states, traffic))


def judge_dismissal(
    states: Sequence[str], traffic: Sequence[Traffic], *, gap: str | None, late: bool
) -> Finding:
    """Return whether the alarms are over by themselves: what cannot be told is not health."""
    if set(states) == {"OK"} and gap is None:
        return _finding("recovered", states, traffic, "the alarms are OK by themselves")
    if not late:
        return _finding("pending", states, traffic, "the deadline is not over")
    return _finding("failed", states, traffic, gap or "an alarm is not OK by the deadline")


def _quiet(states: Sequence[str], traffic: Sequence[Traffic]) -> str:
    if set(states) != {"OK"}:
        return f"the alarms are {', '.join(sorted(set(states)))} at the deadline"
    if not traffic:
        return "nobody counts the requests of what is affected"
    return "too few successful requests for a whole evaluation window"


def _finding(
    verdict: VerifyResult, states: Sequence[str], traffic: Sequence[Traffic], reason: str
) -> Finding:
    worst = next(
        (s for s in ("ALARM", "INSUFFICIENT_DATA", "GONE", "UNKNOWN") if s in states), "OK"
    )
    return Finding(
        verdict=verdict,
        alarm_state=worst,
        requests=sum(one.requests for one in traffic),
        errors=sum(one.errors for one in traffic),
        compared_requests=sum(one.compared for one in traffic),
        seconds=0.0,
        reason=reason,
    )

"""Verdict on recovery, from alarm states, traffic and the deadline."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from functions.verification.traffic import ObservedTraffic
from quorum.domain.commands import VerifyResult
from quorum.domain.evidence import Alarm

FLOOR_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class RecoveryDeadline:
    """Time to recover: `windows` evaluation windows, at most `cap_seconds`."""

    windows: int = 6
    cap_seconds: int = 3000

    def seconds(self, alarms: Iterable[Alarm]) -> int:
        """Return the seconds after the effect within which the alarms have to recover."""
        return min(max(self.windows * window_seconds(alarms), FLOOR_SECONDS), self.cap_seconds)


def window_seconds(alarms: Iterable[Alarm]) -> int:
    """Return the longest evaluation window in seconds: the slowest alarm's."""
    return max(alarm.period_seconds * alarm.evaluation_periods for alarm in alarms)


class RecoveryFinding(NamedTuple):
    """A verdict and its observations, as RecoveryChecked records them."""

    verdict: VerifyResult
    alarm_state: str
    requests: float
    errors: float
    compared_requests: float
    seconds: float
    reason: str


def judge(
    states: Sequence[str], traffic: Sequence[ObservedTraffic], *, gap: str | None, overdue: bool
) -> RecoveryFinding:
    """Return the verdict on an action; past the deadline (`overdue`) it is never pending."""
    verdicts = {one.verdict for one in traffic}
    if set(states) == {"OK"} and verdicts == {"healthy"}:
        return _finding("recovered", states, traffic, "the alarms are OK and traffic has recovered")
    if not overdue:
        return _finding("pending", states, traffic, "the deadline has not passed")
    if "ALARM" in states:
        return _finding("failed", states, traffic, "an alarm is still in ALARM at the deadline")
    if "failing" in verdicts:
        return _finding("failed", states, traffic, "requests still fail at the deadline")
    return _finding("unverified", states, traffic, gap or _unverified_reason(states, traffic))


def judge_dismissal(
    states: Sequence[str], traffic: Sequence[ObservedTraffic], *, gap: str | None, overdue: bool
) -> RecoveryFinding:
    """Return the verdict on a dismissal: unknown states do not count as recovered."""
    if set(states) == {"OK"} and gap is None:
        return _finding("recovered", states, traffic, "the alarms recovered without an action")
    if not overdue:
        return _finding("pending", states, traffic, "the deadline has not passed")
    return _finding("failed", states, traffic, gap or "an alarm is not OK by the deadline")


def _unverified_reason(states: Sequence[str], traffic: Sequence[ObservedTraffic]) -> str:
    if set(states) != {"OK"}:
        return f"the alarms are {', '.join(sorted(set(states)))} at the deadline"
    if not traffic:
        return "no request metrics for the affected resources"
    return "too few successful requests for a whole evaluation window"


def _finding(
    verdict: VerifyResult, states: Sequence[str], traffic: Sequence[ObservedTraffic], reason: str
) -> RecoveryFinding:
    worst = next(
        (s for s in ("ALARM", "INSUFFICIENT_DATA", "GONE", "UNKNOWN") if s in states), "OK"
    )
    return RecoveryFinding(
        verdict=verdict,
        alarm_state=worst,
        requests=sum(one.requests for one in traffic),
        errors=sum(one.errors for one in traffic),
        compared_requests=sum(one.compared for one in traffic),
        seconds=0.0,
        reason=reason,
    )

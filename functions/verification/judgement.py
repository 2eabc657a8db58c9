"""Verdict on recovery, from alarm states, traffic, the alarmed metrics and the deadlines.

An alarm's state alone is never proof that an action failed: it is late, and without data it stays
as it is. Only requests or datapoints since the effect are.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from functions.verification.traffic import ObservedTraffic
from quorum.domain.commands import VerifyResult
from quorum.domain.evidence import Alarm

EARLIEST_SECONDS: Final = 60
FLOOR_SECONDS: Final = 900
"""An alarm on a metric that exists only when something fails is late by five to nine minutes."""


@dataclass(frozen=True, slots=True)
class RecoveryDeadline:
    """Time to recover: `windows` evaluation windows, at most `cap_seconds`."""

    windows: int = 6
    cap_seconds: int = 3000

    def earliest(self, alarms: Iterable[Alarm]) -> int:
        """Return the seconds after the effect from which evidence of failing is a failure."""
        return self._at_least(EARLIEST_SECONDS, alarms)

    def seconds(self, alarms: Iterable[Alarm]) -> int:
        """Return the seconds after the effect within which recovery has to show."""
        return self._at_least(FLOOR_SECONDS, alarms)

    def _at_least(self, floor: int, alarms: Iterable[Alarm]) -> int:
        return min(max(self.windows * window_seconds(alarms), floor), self.cap_seconds)


def window_seconds(alarms: Iterable[Alarm]) -> int:
    """Return the longest evaluation window in seconds: the slowest alarm's."""
    return max(alarm.period_seconds * alarm.evaluation_periods for alarm in alarms)


_HALVED: Final = "failures were at least halved since the action, and go on"


class Elapsed(NamedTuple):
    """The deadlines that have passed: see `RecoveryDeadline.earliest` and `.seconds`."""

    early: bool
    overdue: bool


class Observation(NamedTuple):
    """One check of an incident."""

    states: tuple[str, ...]
    """State of each alarm; UNKNOWN if it could not be read, GONE if it was deleted."""
    traffic: tuple[ObservedTraffic, ...] = ()
    persisting: bool = False
    """True if the metric of an alarm in ALARM shows the fault since the effect, as before it."""
    stale: bool = False
    """True if the metric of each alarm in ALARM was read and shows no fault since the effect."""
    halved: bool = False
    """True if the metric of each alarm in ALARM breaches, at most half as far as before the effect.
    """
    cleared: bool = False
    """True if the metric of each alarm is a level that breached and is within the threshold now."""
    gap: str | None = None
    """The error of a source that could not be read."""

    @property
    def healthy(self) -> bool:
        """Return whether there is traffic, and all of it is healthy."""
        return {one.verdict for one in self.traffic} == {"healthy"}

    @property
    def failures_halved(self) -> bool:
        """Return whether all that fails does so at most half as often as before the effect."""
        erring = [one for one in self.traffic if one.verdict in {"failing", "degraded"}]
        return bool(erring) and all(one.halved for one in erring)

    def has(self, *verdicts: str) -> bool:
        """Return whether the traffic of a resource has one of these verdicts."""
        return any(one.verdict in verdicts for one in self.traffic)


class RecoveryFinding(NamedTuple):
    """A verdict and its observations, as RecoveryChecked records them."""

    verdict: VerifyResult
    alarm_state: str
    requests: float
    errors: float
    compared_requests: float
    seconds: float
    reason: str


def judge(seen: Observation, elapsed: Elapsed) -> RecoveryFinding:
    """Return the verdict on an action; past the deadline it is never pending.

    Until then, an alarm with INSUFFICIENT_DATA is waited for as long as one in ALARM may fail.
    """
    over = {"OK", "INSUFFICIENT_DATA"} if elapsed.early else {"OK"}
    if seen.healthy and seen.states and over >= set(seen.states):
        state = " and ".join(sorted(set(seen.states), reverse=True))
        return _finding("recovered", seen, f"the alarms are {state} and traffic has recovered")
    if seen.cleared and not seen.traffic and set(seen.states) == {"OK"}:
        reason = "the alarms are OK and their metrics are back within the thresholds"
        return _finding("recovered", seen, f"{reason}; the resources count no requests")
    if elapsed.early and (seen.has("failing") or seen.persisting):
        return _judge_failing(seen)
    if not elapsed.overdue:
        return _finding("pending", seen, "the deadline has not passed")
    return _judge_overdue(seen)


def _judge_failing(seen: Observation) -> RecoveryFinding:
    """Return the verdict on an action after which failures certainly go on."""
    if not seen.has("failing"):
        return _finding("failed", seen, "the alarmed metric still breaches as before the action")
    if seen.failures_halved:
        return _finding("partial", seen, _HALVED)
    return _finding("failed", seen, "requests still fail as before the action")


def _judge_overdue(seen: Observation) -> RecoveryFinding:
    """Return the verdict at the deadline, when neither recovery nor failure is certain."""
    if _is_stale(seen):
        return _finding(
            "recovered",
            seen,
            "traffic has recovered, and the alarmed metric shows no fault since the action; "
            "the alarm stays in ALARM until its metric has other data or a person resets it",
        )
    if seen.failures_halved if seen.has("degraded") else seen.halved:
        return _finding("partial", seen, _HALVED)
    return _finding("unverified", seen, seen.gap or _unverified_reason(seen))


def judge_dismissal(seen: Observation, elapsed: Elapsed) -> RecoveryFinding:
    """Return the verdict on a dismissal: unknown states do not count as recovered.

    Nor does an alarm that is OK while more requests fail than are allowed.
    """
    erring = seen.has("failing", "degraded")
    if set(seen.states) == {"OK"} and seen.gap is None and not erring:
        return _finding("recovered", seen, "the alarms recovered without an action")
    if elapsed.early and erring:
        return _finding("failed", seen, "requests fail, more than the objective allows")
    if elapsed.early and seen.persisting:
        return _finding("failed", seen, "the alarmed metric still breaches its threshold")
    if not elapsed.overdue:
        return _finding("pending", seen, "the deadline has not passed")
    return _finding("failed", seen, seen.gap or "an alarm is not OK by the deadline")


def _is_stale(seen: Observation) -> bool:
    """Return whether only the state of alarms without failing data speaks against a recovery.

    Traffic of callers is not enough: their retries hide the failures of the alarmed resource.
    """
    known = {"OK", "INSUFFICIENT_DATA", "ALARM"} >= set(seen.states)
    return known and seen.healthy and seen.stale and all(one.own for one in seen.traffic)


def _unverified_reason(seen: Observation) -> str:
    states = ", ".join(sorted(set(seen.states)))
    if seen.healthy:
        return f"traffic has recovered, but the alarms are {states} at the deadline"
    if seen.has("degraded", "failing"):
        return "some requests fail, but not as many as before the action"
    if not set(seen.states) <= {"OK", "INSUFFICIENT_DATA"}:
        return f"the alarms are {states} at the deadline, and too few requests came to judge"
    if not seen.traffic:
        return "no request metrics for the affected resources"
    return "too few successful requests since the action to tell recovery from the fault"


def _finding(verdict: VerifyResult, seen: Observation, reason: str) -> RecoveryFinding:
    order: Sequence[str] = ("ALARM", "INSUFFICIENT_DATA", "GONE", "UNKNOWN")
    return RecoveryFinding(
        verdict=verdict,
        alarm_state=next((state for state in order if state in seen.states), "OK"),
        requests=sum(one.requests for one in seen.traffic),
        errors=sum(one.errors for one in seen.traffic),
        compared_requests=sum(one.compared for one in seen.traffic),
        seconds=0.0,
        reason=reason,
    )

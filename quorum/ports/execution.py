"""Stores and services that the executor and its guards read and write."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from quorum.domain.breaker_state import BreakerState
from quorum.domain.constants import Rate
from quorum.domain.evidence import Candidate, Scalar
from quorum.domain.executions import Execution, FencedPair, Operation
from quorum.domain.incident_records import Mode, Verified


class Transition(NamedTuple):
    """The newest handled transition of an alarm, and the incident that it was assigned to."""

    at: datetime
    incident_id: str


class VerdictStore(Protocol):
    """Results of verification. Verification alone writes them."""

    def put(self, verified: Verified) -> Verified:
        """Store the verdict unless there is one of this mode and number; return the stored one."""
        ...

    def find(self, incident_id: str, mode: Mode, number: int = 1) -> Verified | None:
        """Return the verdict, read consistently, or None. See `Verified.number`."""
        ...


class StopSwitch(Protocol):
    """The stop switch, which blocks every effect. Written by the API, or by people by hand."""

    def thrown(self) -> str | None:
        """Return the reason why all effects are stopped, or None.

        Any item stops them, whatever its content. Raises StoreUnavailableError: then no effect
        follows.
        """
        ...

    def throw(self, reason: str, by: str, at: datetime) -> None:
        """Stop all effects."""
        ...

    def lift(self, reason: str, by: str, at: datetime) -> None:
        """Allow effects again, and record the person, the time and the reason."""
        ...


class Operations(Protocol):
    """Short-lived claims: open keys, handled transitions, rates."""

    def transition(self, alarm_arn: str) -> Transition | None:
        """Return the alarm's newest handled transition, read consistently, or None."""
        ...

    def record_transition(
        self, alarm_arn: str, at: datetime, incident_id: str, implausible: datetime | None = None
    ) -> datetime | None:
        """Store the newest handled transition; return the time of a newer one, or None.

        `at` is the transition's time. A newer one with exactly the time `implausible` is
        overwritten.
        """
        ...

    def hold(self, resource: str, incident_id: str, until: datetime) -> str:
        """Take the resource's open key if free or expired; return the incident that holds it.

        If this incident holds it already, its expiry moves to `until`.
        """
        ...

    def holder(self, resource: str) -> str | None:
        """Return the incident that holds the resource's open key, or None."""
        ...

    def release(self, incident_id: str, resources: Sequence[str]) -> None:
        """Release the open keys that this incident holds."""
        ...

    def admit(self, key: str, rate: Rate, now: datetime) -> bool:
        """Return whether one more send fits the fleet-wide rate (GCRA), and count it if so."""
        ...


class ExecutionLedger(Protocol):
    """The executor's fences and leases."""

    def fence(self, execution: Execution) -> Execution | None:
        """Write the fence if there is none and return None; otherwise return the existing one."""
        ...

    def find(self, incident_id: str, operation: Operation, number: int = 1) -> Execution | None:
        """Return the fence of the incident's action with this number, read consistently."""
        ...

    def actions(self, incident_id: str) -> tuple[FencedPair, ...]:
        """Return the incident's actions, oldest first, read consistently."""
        ...

    def finish(self, execution: Execution) -> None:
        """Record the fenced effect's result. Raises InvalidHistoryError without a fence."""
        ...

    def lease(self, resource: str, incident_id: str, until: datetime) -> str:
        """Lease the resource if free or expired; return the incident that holds it."""
        ...

    def release(self, resource: str, incident_id: str, cooldown_until: datetime) -> None:
        """End the lease; no other incident gets it until the cooldown is over."""
        ...

    def effects_since(self, since: datetime) -> Sequence[Execution]:
        """Return the effects started since then, for the account's rate guard."""
        ...


class Claims(Protocol):
    """Claims of things that may happen once."""

    def claimed(self, key: str) -> bool:
        """Return whether the key is claimed, read consistently."""
        ...

    def once(self, key: str, until: datetime) -> bool:
        """Claim the key; return whether it was free. The claim may be deleted after `until`."""
        ...


class Effect(NamedTuple):
    """The result of an effect: the written settings, for the record and for an undo."""

    written: dict[str, Scalar]
    request_id: str


class Actuator(Protocol):
    """One verb of the catalogue on the real service, with the verb's own role."""

    def capture(self, candidate: Candidate) -> dict[str, Scalar]:
        """Return the state that the inverse needs.

        Raises WorldMovedError when `observed` no longer holds, RefusedError when a precondition
        fails.
        """
        ...

    def apply(self, candidate: Candidate, captured: Mapping[str, Scalar]) -> Effect:
        """Apply the effect by compare-and-set on the captured state. Raises WorldMovedError."""
        ...

    def undo(
        self, candidate: Candidate, captured: Mapping[str, Scalar], written: Mapping[str, Scalar]
    ) -> Effect:
        """Apply the inverse if the resource still is as in `written`. Raises WorldMovedError."""
        ...

    def read(self, candidate: Candidate) -> dict[str, Scalar]:
        """Return the current state of the resource, for a fence with unknown outcome."""
        ...


class BreakerStore(Protocol):
    """States of circuit breakers, by name."""

    def read(self, name: str) -> BreakerState:
        """Return the breaker's state, read consistently; a closed one when it is new."""
        ...

    def swap(self, name: str, state: BreakerState) -> bool:
        """Store the state if it follows the stored revision; return whether it did."""
        ...

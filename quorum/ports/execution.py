"""What the executor and its guards read and write."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, NamedTuple, Protocol

from quorum.domain.breaker_state import BreakerState
from quorum.domain.constants import Rate
from quorum.domain.evidence import Candidate, Scalar
from quorum.domain.executions import Execution
from quorum.domain.incident_records import Mode, Verified


class Transition(NamedTuple):
    """The newest transition of an alarm that was handled, and the incident that took it."""

    at: datetime
    incident_id: str


class VerdictBook(Protocol):
    """What verification found. It alone writes this."""

    def put(self, verified: Verified) -> Verified:
        """Store the verdict unless there is one of this mode; return the stored one."""
        ...

    def find(self, incident_id: str, mode: Mode) -> Verified | None:
        """Return the verdict, read consistently, or None."""
        ...


class StopSwitch(Protocol):
    """What stops every effect while it is there. The API alone writes it, and people by hand."""

    def thrown(self) -> str | None:
        """Return why everything is stopped, or None.

        Whatever is in the item, it stops. Raises StoreUnavailableError: then nothing is done.
        """
        ...

    def throw(self, reason: str, by: str, at: datetime) -> None:
        """Stop everything."""
        ...

    def lift(self, reason: str, by: str, at: datetime) -> None:
        """Go on; who lifted it, when and why stays on record."""
        ...


class Operations(Protocol):
    """Claims rather than facts: open keys, transitions seen, rates."""

    def transition(self, alarm_arn: str) -> Transition | None:
        """Return the alarm's newest transition that was handled, read consistently, or None."""
        ...

    def see_transition(
        self, alarm_arn: str, at: datetime, incident_id: str, disbelieved: datetime | None = None
    ) -> datetime | None:
        """Remember the newest transition handled; return one that is newer than `at`, or None.

        A newer one of exactly the time `disbelieved` gives way.
        """
        ...

    def hold(self, resource: str, incident_id: str, until: datetime) -> str:
        """Take the resource's open key if free or expired; return the incident that holds it.

        The incident that holds it already moves its end to `until`.
        """
        ...

    def holder(self, resource: str) -> str | None:
        """Return the incident that holds the resource's open key, or None."""
        ...

    def release(self, incident_id: str, resources: Sequence[str]) -> None:
        """Give back the open keys that this incident holds."""
        ...

    def admit(self, key: str, rate: Rate, now: datetime) -> bool:
        """Return whether one more send fits the fleet-wide rate (GCRA), and count it if so."""
        ...


class ExecutionLedger(Protocol):
    """Fences and leases of the executor."""

    def fence(self, execution: Execution) -> Execution | None:
        """Write the fence if there is none and return None; otherwise return the one there is."""
        ...

    def find(self, incident_id: str, operation: Literal["act", "undo"]) -> Execution | None:
        """Return the fence there is, read consistently, or None."""
        ...

    def finish(self, execution: Execution) -> None:
        """Record how the fenced effect ended. Raises InvalidHistoryError when it has no fence."""
        ...

    def lease(self, resource: str, incident_id: str, until: datetime) -> str:
        """Lease the resource if free or expired; return the incident that holds it."""
        ...

    def release(self, resource: str, incident_id: str, cooldown_until: datetime) -> None:
        """End the lease; nobody else gets it until the cooldown is over."""
        ...

    def effects_since(self, since: datetime) -> Sequence[Execution]:
        """Return the effects started since then, for the account's rate guard."""
        ...


class Claims(Protocol):
    """Things that may be done once."""

    def claimed(self, key: str) -> bool:
        """Return whether somebody has claimed the key, read consistently."""
        ...

    def once(self, key: str, until: datetime) -> bool:
        """Claim the key; return whether nobody had before. It may be forgotten after `until`."""
        ...


class Effect(NamedTuple):
    """What an effect wrote, for the record and for the undo."""

    written: dict[str, Scalar]
    request_id: str


class Actuator(Protocol):
    """One verb of the catalogue, on the real service, with the verb's own role."""

    def capture(self, candidate: Candidate) -> dict[str, Scalar]:
        """Return what the inverse needs. Raises WorldMovedError when `observed` no longer holds,
        RefusedError when a precondition does not hold."""
        ...

    def apply(self, candidate: Candidate, captured: Mapping[str, Scalar]) -> Effect:
        """Do it, compare-and-set on what was captured. Raises WorldMovedError."""
        ...

    def undo(
        self, candidate: Candidate, captured: Mapping[str, Scalar], written: Mapping[str, Scalar]
    ) -> Effect:
        """Apply the inverse if the resource still is what we wrote. Raises WorldMovedError."""
        ...

    def read(self, candidate: Candidate) -> dict[str, Scalar]:
        """Return the real state now, for a fence with unknown outcome."""
        ...


class BreakerStore(Protocol):
    """Breakers by name."""

    def read(self, name: str) -> BreakerState:
        """Return the breaker's state, read consistently; a closed one when it is new."""
        ...

    def swap(self, name: str, state: BreakerState) -> bool:
        """Store the state if the stored revision is the one before it; return whether."""
        ...

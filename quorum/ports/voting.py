"""Signatures, the seats' own tables, suspensions, controls, and the stored decisions."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from quorum.domain.decisions import Decided
from quorum.domain.restrictions import Control, ControlChanged
from quorum.domain.suspensions import Suspension
from quorum.domain.votes import Ballot, Vote


class Signer(Protocol):
    """A signing key."""

    def sign(self, message: bytes) -> bytes:
        """Return the P-256 signature of the message: DER, with the lower of the two values of s."""
        ...


class Verifier(Protocol):
    """The pinned public keys of all signers."""

    def objection(self, signer: str, message: bytes, signature: bytes) -> str | None:
        """Return why the signature is not the signer's for this message, or None when it is."""
        ...


class SeatRecord(NamedTuple):
    """The entries of a seat's own table for one round."""

    ballot: Ballot | None
    """The answer that the seat claimed."""
    signed_votes: tuple[str, ...]
    """The votes that it signed: one for an honest seat. Of many, only some are read."""
    problem: str = ""
    """The reason why the ballot is unreadable, if it is."""


class BallotBox(Protocol):
    """One seat's own table, in which an answer is first claimed and then signed."""

    def claim(self, ballot: Ballot) -> Ballot:
        """Store the ballot unless the seat has one for this round; return the stored one."""
        ...

    def cast(self, vote: Vote, signed_vote: str) -> str:
        """Store the signed vote unless the same vote is stored already; return the stored one.

        A different vote of the same round is stored beside it, so that a contradiction survives as
        proof.
        """
        ...

    def read(self, seat: str, incident_id: str, round_: int) -> SeatRecord:
        """Return the seat's entries for the round, read consistently."""
        ...


class Controls(Protocol):
    """The newest suspension of each seat. Learning alone writes it.

    Reinstatements are in the control log: see `quorum.application.equivocation.Suspensions`.
    """

    def suspended(self) -> Mapping[str, Suspension]:
        """Return the newest suspension of each seat by name, read consistently."""
        ...

    def formerly_reinstated(self) -> Mapping[str, float]:
        """Return reinstatements by an earlier version: times since 1970, in seconds, by seat.

        That version stored them in the suspension itself.
        """
        ...

    def suspend(self, suspension: Suspension) -> None:
        """Store it as the seat's newest suspension."""
        ...


class ControlLog(Protocol):
    """Changes of controls at run time: append-only, the newest of each control is in force."""

    def newest(self, control: Control) -> ControlChanged | None:
        """Return the change in force, read consistently; None if it was never changed."""
        ...

    def append(self, change: ControlChanged) -> None:
        """Append the change. Raises ConcurrencyConflictError when its version is taken."""
        ...

    def recent(self, control: Control, limit: int) -> Sequence[ControlChanged]:
        """Return the newest changes, newest first."""
        ...


class DecisionStore(Protocol):
    """Decisions, one conditional record per round."""

    def decide(self, decided: Decided) -> Decided:
        """Store the decision unless the round has one; return the stored one."""
        ...

    def find(self, incident_id: str, round_: int) -> Decided | None:
        """Return the round's decision, or None."""
        ...

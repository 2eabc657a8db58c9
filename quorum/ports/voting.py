"""Signatures, seats' own tables, and the decision that consensus stores."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from quorum.domain.decisions import Decided
from quorum.domain.restrictions import Control, ControlChanged
from quorum.domain.suspensions import Suspension
from quorum.domain.votes import Ballot, Vote


class Signer(Protocol):
    """A key of one's own."""

    def sign(self, message: bytes) -> bytes:
        """Return the P-256 signature of the message: DER, with the lower of the two s."""
        ...


class Verifier(Protocol):
    """The pinned public keys of those who sign."""

    def objection(self, signer: str, message: bytes, signature: bytes) -> str | None:
        """Return why this is not the signer's signature of the message, or None when it is."""
        ...


class SeatRecord(NamedTuple):
    """What a seat's own table holds about one round."""

    ballot: Ballot | None
    """The answer that the seat claimed."""
    envelopes: tuple[str, ...]
    """Every vote that it signed: one, of an honest seat. Of many, some."""
    trouble: str = ""
    """Why the ballot cannot be read, where there is one that cannot."""


class BallotBox(Protocol):
    """One seat's own table: an answer is claimed before it leaves the seat, then it is signed."""

    def claim(self, ballot: Ballot) -> Ballot:
        """Store the ballot unless the seat has one for this round; return the stored one."""
        ...

    def cast(self, vote: Vote, envelope: str) -> str:
        """Store the signed vote unless this very vote is there, signed; return the stored one.

        Another vote of the same round is stored beside it: a contradiction survives as proof.
        """
        ...

    def read(self, seat: str, incident_id: str, round_: int) -> SeatRecord:
        """Return what the seat's table holds about the round, read consistently."""
        ...


class Controls(Protocol):
    """The newest suspension of each seat. Learning alone writes it.

    That a person lifted one stands in the control log: see `striking.Suspensions`.
    """

    def suspended(self) -> Mapping[str, Suspension]:
        """Return the newest suspension of each seat by name, read consistently."""
        ...

    def lifted_before(self) -> Mapping[str, float]:
        """Return when seats were lifted that a former version lifted, in seconds since 1970.

        It kept that in the suspension itself.
        """
        ...

    def suspend(self, suspension: Suspension) -> None:
        """Store it as the seat's newest suspension."""
        ...


class ControlLog(Protocol):
    """What people changed at run time: append-only, the newest of each control holds."""

    def newest(self, control: Control) -> ControlChanged | None:
        """Return what holds, read consistently; None when nobody ever changed it."""
        ...

    def append(self, change: ControlChanged) -> None:
        """Add the change. Raises ConcurrencyConflictError when its version is taken."""
        ...

    def recent(self, control: Control, limit: int) -> Sequence[ControlChanged]:
        """Return the newest changes, newest first."""
        ...


class DecisionBook(Protocol):
    """One conditional record per round."""

    def decide(self, decided: Decided) -> Decided:
        """Store the decision unless the round has one; return the stored one."""
        ...

    def find(self, incident_id: str, round_: int) -> Decided | None:
        """Return the round's decision, or None."""
        ...

"""The common part of all seats: read the evidence, run the method, claim the ballot, sign.

The ballot is claimed in the seat's own table before its vote is signed, so a retried seat gives the
same answer as before, whatever its method returns now: it never signs two answers.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypedDict

from quorum.application.requests import parse_command
from quorum.domain.base import ActionId
from quorum.domain.commands import CastVote
from quorum.domain.constants import VOTE_LIFETIME_SECONDS
from quorum.domain.errors import (
    InvalidHistoryError,
    InvalidInputError,
    ModelUnavailableError,
)
from quorum.domain.events import EvidenceFrozen
from quorum.domain.evidence import Bundle, require_round
from quorum.domain.seats import seat
from quorum.domain.signed import Rejected, read_signed, signed_text
from quorum.domain.votes import Ballot, Opinion, Vote
from quorum.ports.clock import Clock
from quorum.ports.language_models import LanguageModel
from quorum.ports.log import EventStore, EvidenceStore
from quorum.ports.voting import BallotBox, SeatRecord, Signer, Verifier
from quorum.seats.opinions import check_opinion, decide

_READER: Final = ThreadPoolExecutor(1, thread_name_prefix="reader")
"""Reads the seat's previous answer while the log is read."""


class SeatAnswer(TypedDict):
    """The seat's result in the state machine: the vote without its reasons."""

    seat: str
    tier: str
    action: ActionId | None
    conf_bp: int


@dataclass(frozen=True, slots=True)
class Deps:
    """Dependencies of some methods besides the bundle; None where the seat has none."""

    model: LanguageModel | None = None


Method = Callable[[Bundle, Deps], Opinion]
"""A tier. Raises NotApplicableError when it has no data to work on: the next tier runs."""


@dataclass(frozen=True, slots=True)
class SeatVoter:
    """One seat with its dependencies."""

    seat: str
    methods: Mapping[str, Method]
    store: EventStore
    evidence: EvidenceStore
    box: BallotBox
    signer: Signer
    verifier: Verifier
    now: Clock
    deps: Deps = Deps()
    frozen_rounds: dict[tuple[str, int], EvidenceFrozen] = field(default_factory=dict)
    """The last round's event. Events never change, so the next tier need not read the log again."""

    def answer(self, event: Mapping[str, Any]) -> SeatAnswer:
        """Return the seat's answer for the round: the stored one, or a new one after its claim.

        The vote is signed and stored before it returns. Raises InvalidInputError (request),
        ModelUnavailableError (a tier with a model, and none is configured), InvalidHistoryError
        (stored ballot, vote or evidence) and whatever the tier's method raises.
        """
        started = self.now()
        request = self._request(event)
        reading = _READER.submit(self.box.read, self.seat, request.incident_id, request.round)
        frozen, record = self._frozen(request), reading.result()
        if record.problem:
            raise InvalidHistoryError(f"the table of {self.seat}: {record.problem}")
        ballot = record.ballot or self.box.claim(self._ballot(request, frozen, started))
        self._check(ballot.vote, request, frozen)
        self._cast(ballot.vote, record)
        return {
            "seat": self.seat,
            "tier": ballot.tier,
            "action": ballot.vote.action,
            "conf_bp": ballot.vote.conf_bp,
        }

    def _request(self, event: Mapping[str, Any]) -> CastVote:
        request = parse_command(CastVote, event)
        if request.seat != self.seat:
            raise InvalidInputError(f"seat: this is {self.seat}, not {request.seat!r}")
        tier = next((t for t in seat(self.seat).tiers if t.method == request.tier), None)
        if tier is None:
            raise InvalidInputError(f"tier: {self.seat} has no tier {request.tier!r}")
        if "model" in tier.domains and self.deps.model is None:
            raise ModelUnavailableError("no model is configured")  # before any read
        return request

    def _frozen(self, request: CastVote) -> EvidenceFrozen:
        place = (request.incident_id, request.round)
        frozen = self.frozen_rounds.get(place)
        if frozen is None:
            frozen = self._read(request)
            self.frozen_rounds.clear()
            self.frozen_rounds[place] = frozen
        return frozen

    def _read(self, request: CastVote) -> EvidenceFrozen:
        for event in self.store.load(request.incident_id):
            if isinstance(event, EvidenceFrozen) and event.round == request.round:
                return event
        raise InvalidInputError(f"round: no evidence is frozen for round {request.round}")

    def _ballot(self, request: CastVote, frozen: EvidenceFrozen, started: datetime) -> Ballot:
        bundle = require_round(
            self.evidence.get_bundle(frozen.evidence),
            request.incident_id,
            request.round,
        )
        opinion = self.methods[request.tier](bundle, self.deps)
        check_opinion(opinion, bundle, self.seat)
        choice = decide(opinion, bundle)
        answered = self.now()
        return Ballot(
            vote=Vote(
                incident=request.incident_id,
                round=request.round,
                evidence=frozen.evidence,
                seat=self.seat,
                action=choice.action,
                conf_bp=choice.conf_bp,
                exp=int(answered.timestamp()) + VOTE_LIFETIME_SECONDS,
            ),
            tier=request.tier,
            skipped=tuple(
                f"{method}: {failure.Error}" for method, failure in sorted(request.skipped.items())
            ),
            opinion=opinion,
            started_at=started.timestamp(),
            answered_at=answered.timestamp(),
        )

    def _cast(self, vote: Vote, record: SeatRecord) -> None:
        """Sign the claimed vote, unless it was signed before the seat was retried.

        Raises InvalidHistoryError when the table holds a vote that this seat did not sign.
        """
        if not record.signed_votes:
            self.box.cast(vote, signed_text(vote, self.signer.sign(vote.message())))
            return
        for signed_vote in record.signed_votes:
            sealed = read_signed(signed_vote, Vote)
            if (
                isinstance(sealed, Rejected)
                or sealed.statement != vote
                or self.verifier.objection(self.seat, vote.message(), sealed.signature)
            ):
                raise InvalidHistoryError(
                    f"the table of {self.seat} holds a vote that it did not sign"
                )

    def _check(self, vote: Vote, request: CastVote, frozen: EvidenceFrozen) -> None:
        expected = (self.seat, request.incident_id, request.round, frozen.evidence)
        if (vote.seat, vote.incident, vote.round, vote.evidence) != expected:
            raise InvalidHistoryError(
                f"the table of {self.seat} holds a ballot about another round"
            )

"""A decision's certificate, verified again: each signature, the quorum and the role rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from rich.console import Group, RenderableType
from rich.text import Text

from local.choices import Choices
from local.layout import Paragraph, bar
from quorum.domain.ballot_validation import Admitted, RoundContext, admit
from quorum.domain.constants import BASIS_POINTS, ROLE_WEIGHTS
from quorum.domain.events import DecisionMade, EvidenceFrozen
from quorum.domain.seats import SEATS, units
from quorum.domain.signed import Objection, Rejected, read_signed
from quorum.domain.votes import Vote, tally
from quorum.narrative import THRESHOLD_BP, one_line, share

WIDTH = 20


@dataclass(frozen=True)
class Certificate:
    """The certificate's texts by seat, each verified with the seat's pinned key."""

    decision: DecisionMade
    found: Mapping[str, Admitted | Rejected]

    @classmethod
    def verified(cls, decision: DecisionMade, frozen: EvidenceFrozen, objection: Objection) -> Self:
        """Verify each text of the certificate against the frozen evidence of its round."""
        context = RoundContext.from_event(frozen, SEATS, decision.occurred_at.timestamp())
        texts = decision.certificate
        return cls(decision, {_seat(text): admit(text, context, objection) for text in texts})

    @property
    def votes(self) -> list[Vote]:
        """Return the votes whose signatures were verified."""
        return [one.vote for one in self.found.values() if isinstance(one, Admitted)]

    def signature(self, seat: str) -> str:
        """Return `verified`, `REFUSED` or `none`, or `MISMATCH` where the log has another vote."""
        match self.found.get(seat):
            case None:
                return "none"
            case Rejected():
                return "REFUSED"
            case Admitted(vote):
                logged = {(v.action, v.conf_bp) for v in self.decision.votes if v.seat == seat}
                return "verified" if (vote.action, vote.conf_bp) in logged else "MISMATCH"


def certificate_check(certificate: Certificate, choices: Choices) -> RenderableType:
    """Render the refused signatures, the action that is authorised, and the role rule."""
    if not certificate.decision.certificate:
        return Group(_line("Certificate: no signed votes."), *_agreement(certificate.decision))
    return Group(
        *_refusals(certificate),
        _authorised(certificate, choices),
        *_roles(certificate.votes, certificate.decision.action),
        *_agreement(certificate.decision),
    )


def _seat(text: str) -> str:
    sealed = read_signed(text, Vote)
    return "unknown" if isinstance(sealed, Rejected) else sealed.statement.seat


def _refusals(certificate: Certificate) -> list[Paragraph]:
    return [
        _line(f"Signature of {seat} REFUSED: {one_line(one.reason)}")
        for seat, one in certificate.found.items()
        if isinstance(one, Rejected)
    ]


def _authorised(certificate: Certificate, choices: Choices) -> Paragraph:
    votes, texts = certificate.votes, len(certificate.decision.certificate)
    result = tally(votes, SEATS)
    verdict = (
        f"authorises {choices.short(result.action)} ({result.action})"
        if result.action
        else f"authorises no action: {result.reason}"
    )
    verified = f"{len(votes)} of {texts} signatures verified with the pinned keys"
    return _line(f"Certificate: {verified}; it {verdict}.")


def _roles(votes: list[Vote], action: str | None) -> list[Text]:
    """Return, for each role, the score without it and the score that the rest has to exceed."""
    if action is None:
        return []
    weight, total = units(SEATS)
    cast = {vote.seat: vote.conf_bp for vote in votes if vote.action == action}
    lines = []
    for role, own in ROLE_WEIGHTS.items():
        left = sum(weight[s.name] * cast.get(s.name, 0) for s in SEATS if s.role != role) // total
        half = int((1 - own) / 2 * BASIS_POINTS)
        score = f"{bar(left, WIDTH)} {share(left)} (must exceed {share(half)})"
        lines.append(Text(f"  without {role:<11}{score}"))
    return lines


def _agreement(decision: DecisionMade) -> list[Paragraph]:
    found = decision.disagreement
    if found is None:
        return []
    missed = (
        f"Missed {share(THRESHOLD_BP)} by {share(found.missed_bp)}. " if found.missed_bp else ""
    )
    dissent = f"Dissenting seats: {', '.join(found.dissent)}." if found.dissent else "No dissent."
    decisive = (
        f"Decisive seats: {', '.join(found.decisive)}."
        if found.decisive
        else "No single vote was decisive."
    )
    return [_line(f"{missed}{dissent} {decisive}")]


def _line(text: str) -> Paragraph:
    return Paragraph(Text("  "), text)

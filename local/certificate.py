"""A certificate as anybody can check it: each signature, the bars, and what the votes come to."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from quorum.domain.ballot_validation import Admitted, Question, admit
from quorum.domain.constants import BASIS_POINTS, ROLE_WEIGHTS
from quorum.domain.events import DecisionMade, EvidenceFrozen
from quorum.domain.seats import SEATS, units
from quorum.domain.signed import Objection, Rejected, unseal
from quorum.domain.votes import Vote, tally
from quorum.narrative import THRESHOLD_BP, share

WIDTH = 20


def certificate(
    decision: DecisionMade, frozen: EvidenceFrozen, objection: Objection
) -> RenderableType:
    """Return the decision's certificate, verified here and counted again."""
    at = decision.occurred_at.timestamp()
    question = Question.from_event(frozen, SEATS, at)
    found = {_seat(text): admit(text, question, objection) for text in decision.certificate}
    votes = [one.vote for one in found.values() if isinstance(one, Admitted)]
    lines = [_summary(votes, len(decision.certificate)), *_roles(votes, decision.action)]
    return Group(_signatures(found, decision), *lines, *_closeness(decision))


def _seat(text: str) -> str:
    sealed = unseal(text, Vote)
    return "unknown" if isinstance(sealed, Rejected) else sealed.says.seat


def _signatures(found: dict[str, Admitted | Rejected], decision: DecisionMade) -> Table:
    table = Table(box=None, padding=(0, 1), header_style="dim")
    for name in ("seat", "adds", "of its weight", "signature"):
        table.add_column(name)
    weight, total = units(SEATS)
    for seat in SEATS:
        one = found.get(seat.name)
        counts = isinstance(one, Admitted) and one.vote.action == decision.action
        adds = one.vote.conf_bp if isinstance(one, Admitted) and counts else 0
        bars = bar(adds, weight[seat.name] * 100 // total)
        table.add_row(seat.name, bars, f"{share(adds)}", _verdict(one))
    return table


def _verdict(one: Admitted | Rejected | None) -> str:
    match one:
        case Admitted():
            return "verified"
        case Rejected(reason):
            return f"REFUSED: {reason}"
        case None:
            return "none"


def _summary(votes: list[Vote], texts: int) -> Text:
    result = tally(votes, SEATS)
    verdict = (
        f"authorises {result.action}" if result.action else f"authorises nothing: {result.reason}"
    )
    return Text(
        f"certificate: {len(votes)} of {texts} votes verified with the pinned keys; it {verdict}"
    )


def _roles(votes: list[Vote], action: str | None) -> list[Text]:
    """Return the second bar: what is left without each role, against half of what it could be."""
    weight, total = units(SEATS)
    cast = {vote.seat: vote.conf_bp for vote in votes if vote.action == action}
    lines = []
    for role, own in ROLE_WEIGHTS.items():
        left = sum(weight[s.name] * cast.get(s.name, 0) for s in SEATS if s.role != role) // total
        half = int((1 - own) / 2 * BASIS_POINTS)
        lines.append(
            Text(
                f"  without {role:<11}{bar(left, WIDTH)} {share(left)}, above {share(half)} needed"
            )
        )
    return [] if action is None else lines


def _closeness(decision: DecisionMade) -> list[Text]:
    found = decision.disagreement
    if found is None:
        return []
    missed = f"missed {share(THRESHOLD_BP)} by {share(found.missed_bp)}" if found.missed_bp else ""
    others = f"not for it: {', '.join(found.dissent)}" if found.dissent else "nobody disagreed"
    hung = (
        f"it hung on: {', '.join(found.decisive)}" if found.decisive else "no single vote decided"
    )
    return [Text("; ".join(filter(None, (missed, others, hung))))]


def bar(basis_points: int, width: int) -> str:
    """Return a bar of so many characters, filled by the share."""
    full = round(basis_points / BASIS_POINTS * width)
    return "█" * full + "░" * (width - full)

"""What was decided in a round, and on which evidence: from the book and the bundle.

The book has one writer, consensus; the bundle is what the votes name by its digest. The log tells
the same to people: where it does not, nothing is done.
"""

from typing import NamedTuple

from functions.executor.dependencies import Dependencies
from functions.executor.refusal import RefusalError
from quorum.domain.commands import Execute
from quorum.domain.decisions import Decided
from quorum.domain.errors import PermanentError
from quorum.domain.events import DecisionMade, same_decision
from quorum.domain.evidence import Bundle, Candidate, require_round
from quorum.domain.incident import Incident


class Round(NamedTuple):
    """A round's decision, with the evidence that it rests on."""

    decision: DecisionMade
    bundle: Bundle

    def candidate(self, action: str) -> Candidate:
        """Return the frozen candidate of that id. Raises RefusalError when there is none."""
        for candidate in self.bundle.candidates:
            if candidate.id == action:
                return candidate
        raise RefusalError("authority", "the decided action is not among the frozen candidates")


def decided(tools: Dependencies, incident: Incident, round_: int) -> Round:
    """Return what was decided last, which has to be of this round.

    Raises RefusalError when nothing is, or the log and the book disagree; InvalidHistoryError when
    the evidence is another than was decided on, or another incident's or round's.
    """
    told, book = incident.decision, tools.decisions.find(incident.incident_id, round_)
    if told is None or told.action is None:
        raise RefusalError("authority", "nothing is decided")
    if told.round != round_:
        raise RefusalError("authority", f"round {round_} is not what was decided last")
    if book is None:
        raise RefusalError("authority", "the decision is not in the book")
    if not same_decision(_as_fact(book, told), told):
        raise RefusalError("authority", "the book and the log disagree on what was decided")
    return Round(told, bundle(tools, incident.incident_id, round_, told.evidence))


def decided_resource(tools: Dependencies, request: Execute) -> str | None:
    """Return the resource of what was decided or granted, as far as that can be told."""
    try:
        found = decided(tools, tools.load(request.incident_id), request.round)
        asked = tools.approvals.find(request.approval_id) if request.approval_id else None
        return found.candidate((asked and asked.chosen) or str(found.decision.action)).resource
    except PermanentError:
        return None


def bundle(tools: Dependencies, incident_id: str, round_: int, digest: str) -> Bundle:
    """Return the bundle of this digest. Raises InvalidHistoryError when it is of another round."""
    found = tools.evidence.get_bundle(digest)
    return require_round(found, incident_id, round_)


def _as_fact(book: Decided, told: DecisionMade) -> DecisionMade:
    """Return the book's decision with the log's header: no header decides anything."""
    header = told.model_dump(
        include={"incident_id", "version", "event_id", "occurred_at", "previous"}
    )
    return DecisionMade.model_validate({**header, **book.decision})

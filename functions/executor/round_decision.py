"""The decision of a round and its evidence, from the decision table and the evidence store.

Consensus is the only writer of the decision table; the votes name the bundle by its digest. The
event log repeats the decision for people: if the two disagree, nothing is executed.
"""

from typing import NamedTuple

from functions.executor.dependencies import ExecutorDependencies
from functions.executor.refusal import RefusalError
from quorum.domain.commands import Execute
from quorum.domain.decisions import Decided
from quorum.domain.errors import PermanentError
from quorum.domain.events import DecisionMade, same_decision
from quorum.domain.evidence import Bundle, Candidate, require_round
from quorum.domain.incident import Incident


class DecidedRound(NamedTuple):
    """A round's decision and the evidence bundle that it rests on."""

    decision: DecisionMade
    bundle: Bundle

    def candidate(self, action: str) -> Candidate:
        """Return the frozen candidate with this id. Raises RefusalError if there is none."""
        for candidate in self.bundle.candidates:
            if candidate.id == action:
                return candidate
        raise RefusalError("authority", "the decided action is not among the frozen candidates")


def load_decision(deps: ExecutorDependencies, incident: Incident, round_: int) -> DecidedRound:
    """Return the decision of this round.

    Raises RefusalError if there is none or the log disagrees with the decision record, and
    InvalidHistoryError if the evidence is not that of this decision, incident and round.
    """
    decisions = (one.decision for one in incident.rounds)
    logged = next((decision for decision in decisions if decision.round == round_), None)
    stored = deps.decisions.find(incident.incident_id, round_)
    if logged is None or logged.action is None:
        raise RefusalError("authority", f"round {round_} has decided no action")
    if stored is None:
        raise RefusalError("authority", "no decision record found")
    if not same_decision(_as_event(stored, logged), logged):
        raise RefusalError("authority", "the decision record and the event log disagree")
    return DecidedRound(logged, load_bundle(deps, incident.incident_id, round_, logged.evidence))


def require_newest(deps: ExecutorDependencies, incident: Incident, round_: int) -> None:
    """Raise RefusalError if a later round is decided, by the table or by the log."""
    later = [one.decision.round for one in incident.rounds if one.decision.round > round_]
    if later or deps.decisions.find(incident.incident_id, round_ + 1) is not None:
        raise RefusalError("authority", f"round {round_} is not the latest decided round")


def decided_resource_or_none(deps: ExecutorDependencies, command: Execute) -> str | None:
    """Return the resource of the decided or granted action, or None if it is unknown."""
    try:
        decided = load_decision(deps, deps.load(command.incident_id), command.round)
        approval = deps.approvals.find(command.approval_id) if command.approval_id else None
        action = (approval and approval.chosen) or str(decided.decision.action)
        return decided.candidate(action).resource
    except PermanentError:
        return None


def load_bundle(deps: ExecutorDependencies, incident_id: str, round_: int, digest: str) -> Bundle:
    """Return the bundle with this digest. Raises InvalidHistoryError for another round's."""
    return require_round(deps.evidence.get_bundle(digest), incident_id, round_)


def _as_event(stored: Decided, logged: DecisionMade) -> DecisionMade:
    """Return the stored decision with the logged event's header fields."""
    header = logged.model_dump(
        include={"incident_id", "version", "event_id", "occurred_at", "previous"}
    )
    return DecisionMade.model_validate({**header, **stored.decision})

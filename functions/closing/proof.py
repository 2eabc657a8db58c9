"""Proof of an outcome: the records that must exist, in stores with one writer each."""

from typing import NamedTuple, assert_never

from quorum.domain.events import Outcome
from quorum.domain.executions import Execution, newest
from quorum.domain.incident import Incident
from quorum.domain.incident_records import Mode, Verified
from quorum.ports.execution import ExecutionLedger, VerdictStore
from quorum.ports.voting import DecisionStore


class OutcomeEvidence(NamedTuple):
    """Records of the newest decision and action, its undo, and their verification."""

    route: str | None
    """Of the newest decision."""
    acted: Execution | None
    """The newest action, if it was applied."""
    undone: Execution | None
    """Its undo, if that was applied."""
    action: Verified | None
    dismissal: Verified | None
    all_undone: bool = False
    """There were actions, and each one was undone."""


class EvidenceSources(NamedTuple):
    """Stores of these records."""

    decisions: DecisionStore
    ledger: ExecutionLedger
    verdicts: VerdictStore

    def read(self, incident: Incident) -> OutcomeEvidence:
        """Return the incident's records; the log only names the latest round."""
        incident_id, decision = incident.incident_id, incident.decision
        stored = self.decisions.find(incident_id, decision.round) if decision else None
        pairs = self.ledger.actions(incident_id)
        pair, number = newest(pairs), len(pairs) or 1
        applied = [one for one in pairs if one.act.state == "done"]
        return OutcomeEvidence(
            str(stored.decision["route"]) if stored else None,
            _if_done(pair.act if pair else None),
            _if_done(pair.undo if pair else None),
            self.verdicts.find(incident_id, "action", number),
            self.verdicts.find(incident_id, "dismissal", decision.round if decision else 1),
            bool(applied) and all(one.is_undone for one in applied),
        )


def missing_proof(evidence: OutcomeEvidence, outcome: Outcome) -> str | None:
    """Return the record that this outcome lacks, or None if it is proven."""
    match outcome:
        case "resolved":
            return _missing_for_resolved(evidence)
        case "dismissed":
            return _missing_for_dismissed(evidence)
        case "undone":
            return None if evidence.all_undone else "no completed undo"
        case "unverified":
            return _missing_action(evidence) or _missing_verdict(
                evidence.action, "action", "unverified"
            )
        case "escalated":
            return None
        case _:
            assert_never(outcome)


def _if_done(fence: Execution | None) -> Execution | None:
    return fence if fence is not None and fence.state == "done" else None


def _missing_for_resolved(evidence: OutcomeEvidence) -> str | None:
    if evidence.undone:
        return "the action was undone"
    return _missing_action(evidence) or _missing_verdict(evidence.action, "action", "recovered")


def _missing_for_dismissed(evidence: OutcomeEvidence) -> str | None:
    if evidence.acted:
        return "an action was taken"
    if evidence.route != "dismiss":
        return "no decision to dismiss"
    return _missing_verdict(evidence.dismissal, "dismissal", "recovered")


def _missing_action(evidence: OutcomeEvidence) -> str | None:
    return None if evidence.acted else "no completed action"


def _missing_verdict(verified: Verified | None, mode: Mode, verdict: str) -> str | None:
    if verified is None or verified.verdict != verdict:
        return f"the {mode} was not verified as {verdict}"
    return None

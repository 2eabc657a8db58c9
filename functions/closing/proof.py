"""What must be on record before an outcome may stand: in books that one function each writes."""

from typing import NamedTuple, assert_never

from quorum.domain.events import Outcome
from quorum.domain.executions import Execution
from quorum.domain.incident import Incident
from quorum.domain.incident_records import Mode, Verified
from quorum.ports.execution import ExecutionLedger, VerdictBook
from quorum.ports.voting import DecisionBook


class Record(NamedTuple):
    """What was decided, done, found and undone. `route` is of the newest round."""

    route: str | None
    acted: Execution | None
    undone: Execution | None
    action: Verified | None
    dismissal: Verified | None


class Books(NamedTuple):
    """Where it stands."""

    decisions: DecisionBook
    ledger: ExecutionLedger
    verdicts: VerdictBook

    def record(self, incident: Incident) -> Record:
        """Return what is on record; the log says which round was the last."""
        incident_id, decision = incident.incident_id, incident.decision
        book = self.decisions.find(incident_id, decision.round) if decision else None
        return Record(
            str(book.decision["route"]) if book else None,
            _done(self.ledger.find(incident_id, "act")),
            _done(self.ledger.find(incident_id, "undo")),
            self.verdicts.find(incident_id, "action"),
            self.verdicts.find(incident_id, "dismissal"),
        )


def missing(record: Record, outcome: Outcome) -> str | None:
    """Return what is not on record for this outcome, or None."""
    match outcome:
        case "resolved":
            return _resolved(record)
        case "dismissed":
            return _dismissed(record)
        case "undone":
            return None if record.undone else "no undo"
        case "unverified":
            return _acted(record) or _verdict(record.action, "action", "unverified")
        case "escalated":
            return None
        case _:
            assert_never(outcome)


def _done(fence: Execution | None) -> Execution | None:
    return fence if fence is not None and fence.state == "done" else None


def _resolved(record: Record) -> str | None:
    if record.undone:
        return "the action was undone"
    return _acted(record) or _verdict(record.action, "action", "recovered")


def _dismissed(record: Record) -> str | None:
    if record.acted:
        return "an action was taken"
    if record.route != "dismiss":
        return "no decision to dismiss"
    return _verdict(record.dismissal, "dismissal", "recovered")


def _acted(record: Record) -> str | None:
    return None if record.acted else "no action"


def _verdict(found: Verified | None, mode: Mode, verdict: str) -> str | None:
    if found is None or found.verdict != verdict:
        return f"the {mode} was not verified as {verdict}"
    return None

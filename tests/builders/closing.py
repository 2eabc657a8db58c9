"""An incident about to end, and the closing function."""

from datetime import timedelta
from typing import Any, Final

from functions.closing.closing import CloseResult, Closing
from functions.closing.proof import EvidenceSources
from quorum.domain.events import ActionTaken, ActionUndone, IncidentClosed
from quorum.domain.incident_records import Mode, Verdict
from tests.builders.alarms import alarm
from tests.builders.candidates import ROLLBACK
from tests.builders.incidents import IncidentStores
from tests.fakes.operations import InMemoryOperations

FIRST: Final = alarm()
SECOND: Final = alarm("shop-payment", resources=("lambda:payment", "dynamodb:orders"))


class Ending(IncidentStores):
    """An incident of two alarms, which holds the keys of all their resources."""

    def __init__(self) -> None:
        super().__init__()
        self.operations = InMemoryOperations(self.clock)
        self.write_opening(FIRST)
        self.write_joining(SECOND)
        for resource in (*FIRST.resources, *SECOND.resources):
            self.operations.hold(resource, self.incident_id, self.clock.now + timedelta(days=1))

    def decided(self, route: str = "execute") -> "Ending":
        """Have consensus decide."""
        self.write_decision(route=route, level=None)
        return self

    def taken(self) -> "Ending":
        """Have the executor act."""
        self.put_execution("act")
        self.add(ActionTaken, action=ROLLBACK.id, written={}, request_id="r")
        return self

    def undone(self) -> "Ending":
        """Have the executor undo it."""
        self.put_execution("undo")
        self.add(ActionUndone, action=ROLLBACK.id, restored={}, request_id="r")
        return self

    def checked(self, verdict: Verdict, mode: Mode = "action") -> "Ending":
        """Have verification find this."""
        self.write_verdict(verdict, mode=mode)
        return self

    def end(self, outcome: str, reason: str = "done") -> CloseResult:
        """Have the state machine close it."""
        event: dict[str, Any] = {"incident_id": self.incident_id, "outcome": outcome}
        return self.closing().close({**event, "reason": reason})

    def closing(self) -> Closing:
        """Return the function, wired."""
        return Closing(
            recorder=self.recorder,
            sources=EvidenceSources(self.decisions, self.ledger, self.verdicts),
            openings=self.openings,
            closings=self.closings,
            approvals=self.approvals,
            operations=self.operations,
            now=self.clock,
        )

    def closed_events(self) -> list[IncidentClosed]:
        """Return the IncidentClosed events."""
        return self.facts(IncidentClosed)

"""DynamoDB write units of an incident: its events, ballots and claims, counted from its log."""

from collections.abc import Iterable
from typing import Final

from quorum.domain.events import (
    INCIDENT_EVENT,
    AlarmJoined,
    DecisionMade,
    IncidentClosed,
    IncidentEvent,
    IncidentOpened,
)

UNIT_BYTES: Final = 1024
ROW_BYTES: Final = 200
"""Key, type, time and event id beside the event itself."""
CLAIMS: Final = {
    "IncidentOpened": 1,  # the alarm's transition; open keys are counted by resource
    "AlarmJoined": 1,
    "DecisionMade": 1,  # the round's decision
    "ApprovalRequested": 2,  # the question, and the token of the task that waits
    "ApprovalGiven": 1,
    "ApprovalAnswered": 2,  # a grant, and that it was enough
    "SeatStruck": 1,
    "InverseCaptured": 2,  # fence and lease
    "ActionTaken": 1,  # the fence is finished
    "ActionUndone": 2,  # its own fence, finished
    "RecoveryChecked": 1,  # the lease ends
    "IncidentClosed": 2,  # open keys released, the alarm's closing remembered
    "MessageSent": 1,  # a turn under the channel's rate
    "MessageFailed": 1,
}


def write_units(events: Iterable[IncidentEvent]) -> int:
    """Return the write units of these events, of their ballots and of their claims."""
    return sum(_logged(event) + _ballots(event) + _claims(event) for event in events)


def _logged(event: IncidentEvent) -> int:
    units = _units(len(INCIDENT_EVENT.dump_json(event)) + ROW_BYTES)
    indexed = isinstance(event, IncidentOpened | IncidentClosed)
    return 2 * units if indexed else units


def _ballots(event: IncidentEvent) -> int:
    if not isinstance(event, DecisionMade):
        return 0
    claimed = sum(_units(len(vote.model_dump_json()) + ROW_BYTES) for vote in event.votes)
    return claimed + sum(_units(len(signed) + ROW_BYTES) for signed in event.certificate)


def _claims(event: IncidentEvent) -> int:
    resources = len(event.alarm.resources) if isinstance(event, IncidentOpened | AlarmJoined) else 0
    return CLAIMS.get(event.type, 0) + resources


def _units(size: int) -> int:
    return -(-size // UNIT_BYTES)

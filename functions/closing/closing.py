"""The end of an incident: the state machine proposes an outcome, the log has to bear it out."""

from collections.abc import Mapping
from typing import Any, TypedDict

from pydantic import Field

from functions.closing.proof import missing
from functions.shared.domain.events import Outcome
from functions.shared.domain.incident import replay
from functions.shared.domain.model import IncidentId, Record
from functions.shared.domain.requests import read
from functions.shared.ending import close
from functions.shared.ports import Operations
from functions.shared.recording import Recorder


class Request(Record):
    """What the state machine proposes; `reason` is a short code."""

    incident_id: IncidentId
    outcome: Outcome
    reason: str = Field(min_length=1, max_length=200)


class Answer(TypedDict):
    """How the incident ended."""

    outcome: Outcome


def end(event: Mapping[str, Any], recorder: Recorder, operations: Operations) -> Answer:
    """Close the incident and release what it holds; repeating it changes nothing.

    An outcome that the log does not bear out becomes `escalated`: a person looks at it. Raises
    InvalidInputError (request) and InvalidHistoryError (no such incident, or a forged log).
    """
    request = read(Request, event)
    incident = replay(recorder.store.load(request.incident_id))
    lacking = missing(incident, request.outcome)
    outcome: Outcome = "escalated" if lacking else request.outcome
    reason = f"{request.outcome} is not in the log: {lacking}" if lacking else request.reason
    if outcome == "escalated" and incident.taken_over is not None:
        reason = f"{incident.taken_over.by.outsider} has taken it over"
    closed = close(recorder, operations, request.incident_id, outcome, reason)
    return {"outcome": closed.outcome}

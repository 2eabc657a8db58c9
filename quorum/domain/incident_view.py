"""An incident as lists show it."""

from typing import Any

from pydantic import Field

from quorum.domain.base import Instant, Record


class IncidentView(Record):
    """One incident as people list it: what the log said up to `version`."""

    incident_id: str
    version: int
    status: str
    opened_at: Instant
    details: dict[str, Any] = Field(default_factory=dict)
    """What a list shows: JSON, no more than a page of it."""

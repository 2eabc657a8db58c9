"""An incident in the read model, as lists show it."""

from typing import Any

from pydantic import Field

from quorum.domain.base import Instant, Record


class IncidentView(Record):
    """One incident as lists show it, after the events up to `version`."""

    incident_id: str
    version: int
    status: str
    opened_at: Instant
    details: dict[str, Any] = Field(default_factory=dict)
    """The fields that lists show: JSON, at most a page of it."""

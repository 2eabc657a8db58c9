"""Stream records as triggers: read the log to its head, so gaps and reordering lose nothing."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from quorum.domain.base import IncidentId
from quorum.domain.errors import InvalidInputError, StoreUnavailableError
from quorum.domain.events import IncidentEvent
from quorum.ports.log import EventStore


class Notification(BaseModel):
    """The part of a published event that a consumer reads: the incident and the log's length."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    incident_id: IncidentId
    version: int = Field(ge=1)


def parse_notification(data: bytes) -> Notification:
    """Parse a stream record. Raises InvalidInputError when it is not a published event."""
    try:
        return Notification.model_validate_json(data)
    except ValidationError as error:
        names = ", ".join(".".join(map(str, e["loc"])) or "JSON" for e in error.errors())
        raise InvalidInputError(f"stream record, {names}: not a published event") from error


def read_to_head(store: EventStore, published: Notification) -> Sequence[IncidentEvent]:
    """Return the incident's log, which holds at least the published event.

    Raises StoreUnavailableError when it does not yet: the record is delivered again.
    """
    history = store.load(published.incident_id)
    if len(history) < published.version:
        raise StoreUnavailableError(
            f"{published.incident_id}: version {published.version} is missing, "
            f"the log ends at {len(history)}"
        )
    return history

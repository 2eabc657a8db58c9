"""Publication of log rows as domain events; a changed or removed row is tampering."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from quorum.domain.errors import InvalidHistoryError, StoreUnavailableError
from quorum.domain.events import INCIDENT_EVENT, IncidentEvent
from quorum.domain.notices import PendingMessage
from quorum.messaging import Outbox
from quorum.ports.log import Published, Publisher

UNKNOWN = "0" * 32


def publish(row: Mapping[str, Any], publisher: Publisher) -> None:
    """Send the row's event to the stream, under its incident's key.

    Raises InvalidHistoryError for a row that holds no event of its place, StoreUnavailableError
    when the stream does not take it: then the row alone is retried.
    """
    event = _event(row)
    record = Published(key=event.incident_id, data=INCIDENT_EVENT.dump_json(event))
    if publisher.publish([record]):
        raise StoreUnavailableError(f"{_place(row)}: the stream did not take it")


def report_tampering(keys: Mapping[str, Any], outbox: Outbox) -> None:
    """Notify people that an event was changed or removed; publish nothing of it.

    Raises StoreUnavailableError when the message could be neither sent nor kept.
    """
    for result in outbox.deliver(_notice(keys)):
        if result.lost:
            raise StoreUnavailableError(f"{_place(keys)}: {result.reason}")


def _event(row: Mapping[str, Any]) -> IncidentEvent:
    try:
        event = INCIDENT_EVENT.validate_json(row["event"])
    except (KeyError, ValidationError) as error:
        raise InvalidHistoryError(f"{_place(row)}: not an event of a known type") from error
    if (event.incident_id, event.version) != (row.get("incident_id"), row.get("version")):
        raise InvalidHistoryError(f"{_place(row)}: holds the event of another place")
    return event


def _notice(keys: Mapping[str, Any]) -> PendingMessage:
    """Return the pending message; a row without an incident id and version is of no incident."""
    fields = {"kind": "escalated", "about": "tampered"}
    place = {"incident_id": keys.get("incident_id"), "version": _whole(keys.get("version"))}
    try:
        return PendingMessage.model_validate({**fields, **place})
    except ValidationError:
        return PendingMessage.model_validate({**fields, "incident_id": UNKNOWN})


def _whole(number: Any) -> int:
    """Return the stream's decimal number as an integer; 0 for anything else."""
    return int(number) if isinstance(number, (int, Decimal)) else 0


def _place(keys: Mapping[str, Any]) -> str:
    return f"incident {keys.get('incident_id')}, version {keys.get('version')}"

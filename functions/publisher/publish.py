"""Rows of the log become domain events; a row that was changed or removed is tampering."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from quorum.domain.errors import InvalidHistoryError, StoreUnavailableError
from quorum.domain.events import INCIDENT_EVENT, IncidentEvent
from quorum.domain.notices import Notice
from quorum.messaging import Outbox
from quorum.ports.log import Published, Publisher

UNKNOWN = "0" * 32


def publish(row: Mapping[str, Any], publisher: Publisher) -> None:
    """Send the row's fact to the stream, under its incident's key.

    Raises InvalidHistoryError when the row is no fact of ours, StoreUnavailableError when the
    stream does not take it: then the row alone is tried again.
    """
    fact = _fact(row)
    record = Published(key=fact.incident_id, data=INCIDENT_EVENT.dump_json(fact))
    if publisher.publish([record]):
        raise StoreUnavailableError(f"{_place(row)}: the stream did not take it")


def report_tampering(keys: Mapping[str, Any], outbox: Outbox) -> None:
    """Tell people that a fact was changed or removed; nothing of it is published.

    Raises StoreUnavailableError when the message could be neither told nor kept.
    """
    for told in outbox.deliver(_notice(keys)):
        if told.lost:
            raise StoreUnavailableError(f"{_place(keys)}: {told.reason}")


def _fact(row: Mapping[str, Any]) -> IncidentEvent:
    try:
        fact = INCIDENT_EVENT.validate_json(row["event"])
    except (KeyError, ValidationError) as error:
        raise InvalidHistoryError(f"{_place(row)}: not a fact that this code knows") from error
    if (fact.incident_id, fact.version) != (row.get("incident_id"), row.get("version")):
        raise InvalidHistoryError(f"{_place(row)}: holds the fact of another place")
    return fact


def _notice(keys: Mapping[str, Any]) -> Notice:
    """Return what is told: a row of a shape that no fact of ours has is one of no incident."""
    fields = {"kind": "escalated", "about": "tampered"}
    place = {"incident_id": keys.get("incident_id"), "version": _whole(keys.get("version"))}
    try:
        return Notice.model_validate({**fields, **place})
    except ValidationError:
        return Notice.model_validate({**fields, "incident_id": UNKNOWN})


def _whole(number: Any) -> int:
    """Return the number as the stream tells it, a decimal one."""
    return int(number) if isinstance(number, (int, Decimal)) else 0


def _place(keys: Mapping[str, Any]) -> str:
    return f"incident {keys.get('incident_id')}, version {keys.get('version')}"

"""Rows of the log become domain events; a row that was changed or removed is tampering."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from functions.shared.delivery import Outbox
from functions.shared.domain.errors import InvalidHistoryError, StoreUnavailableError
from functions.shared.domain.events import INCIDENT_EVENT, IncidentEvent
from functions.shared.narrative import Verbatim, html, one_line, plain
from functions.shared.ports import Message, Published, Publisher

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


def report_tampering(what: str, keys: Mapping[str, Any], outbox: Outbox) -> None:
    """Tell people that a fact was changed or removed; nothing of it is published.

    Raises StoreUnavailableError when the message could be neither told nor kept.
    """
    for told in outbox.deliver(_message(what, keys)):
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


def _message(what: str, keys: Mapping[str, Any]) -> Message:
    words = (
        "A fact of Quorum's log was ",
        {"MODIFY": "changed", "REMOVE": "removed"}.get(what, "touched"),
        ". Nobody and nothing of Quorum may do that. Place: ",
        Verbatim(_place(keys)),
        ". Look at the table's audit trail, and trust no later fact of this incident.",
    )
    incident = str(keys.get("incident_id", ""))
    return Message(
        incident_id=incident or UNKNOWN,
        kind="escalated",
        subject=f"[Quorum] The log was tampered with: {one_line(_place(keys))}"[:150],
        text=plain(words),
        html=f"<!doctype html><html><body><p>{html(words)}</p></body></html>",
        recorded=False,
    )


def _place(keys: Mapping[str, Any]) -> str:
    return f"incident {keys.get('incident_id')}, version {keys.get('version')}"

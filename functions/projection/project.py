"""Update of the read model to the head of an incident's log."""

from collections.abc import Sequence

from functions.projection.view import view
from quorum.application.stream_notifications import parse_notification, read_to_head
from quorum.domain.events import IncidentEvent, MessageSent
from quorum.domain.incident import replay
from quorum.narrative import actions
from quorum.ports.log import EventStore, ReadModel


def project(data: bytes, store: EventStore, model: ReadModel) -> bool:
    """Fold the log of the record's incident into its row; return whether the row changed.

    Raises InvalidInputError for a record of another shape, InvalidHistoryError for a log that
    contradicts itself, StoreUnavailableError when a store does not answer.
    """
    history = read_to_head(store, parse_notification(data))
    return model.put(view(replay(history), actions(history), slack_thread(history)))


def slack_thread(history: Sequence[IncidentEvent]) -> str | None:
    """Return the incident's thread in Slack as `channel/ts`: its first message; None without."""
    sent = (event for event in history if isinstance(event, MessageSent))
    return next((event.reference for event in sent if event.channel == "slack"), None)

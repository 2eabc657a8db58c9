"""Keep the read model at the head of the log."""

from functions.projection.view import view
from quorum.application.stream_notifications import parse_notification, read_to_head
from quorum.domain.incident import replay
from quorum.narrative import actions
from quorum.ports.log import EventStore, ReadModel


def project(data: bytes, store: EventStore, model: ReadModel) -> bool:
    """Fold the log that the record tells of into its row; return whether the row is news.

    Raises InvalidInputError for a record that is none of ours, InvalidHistoryError for a log that
    contradicts itself, StoreUnavailableError when a store does not answer.
    """
    history = read_to_head(store, parse_notification(data))
    return model.put(view(replay(history), actions(history)))

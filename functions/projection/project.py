"""Keep the read model at the head of the log."""

from functions.projection.view import view
from functions.shared.domain.incident import replay
from functions.shared.narrative import actions
from functions.shared.notifications import notification, read_to_head
from functions.shared.ports import EventStore, ReadModel


def project(data: bytes, store: EventStore, model: ReadModel) -> bool:
    """Fold the log that the record tells of into its row; return whether the row is news.

    Raises InvalidInputError for a record that is none of ours, InvalidHistoryError for a log that
    contradicts itself, StoreUnavailableError when a store does not answer.
    """
    history = read_to_head(store, notification(data))
    return model.put(view(replay(history), actions(history)))

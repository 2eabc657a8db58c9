"""Circuit breakers in the operations table: one item each, shared by all environments."""

from typing import Any, Final

from boto3.dynamodb.conditions import Attr, ConditionBase
from pydantic import ValidationError

from quorum.adapters.dynamodb.items import get, put_if
from quorum.adapters.dynamodb.table import DynamoDBTable
from quorum.domain.breaker_state import BreakerState

MOST_REVISIONS: Final = 2**53


class DynamoDBBreakerStore:
    """A `BreakerStore`. A breaker without failures has no item.

    An invalid item counts as none: the breaker is closed, and the next write replaces it.
    """

    def __init__(self, table: DynamoDBTable) -> None:
        self._table = table

    def read(self, name: str) -> BreakerState:
        """Return the breaker's state, read consistently; a closed one when it is new."""
        item = get(self._table, {"id": f"breaker#{name}"})
        return BreakerState() if item is None else _state(item)

    def swap(self, name: str, state: BreakerState) -> bool:
        """Store the state if it follows the stored revision; return whether it did."""
        item = {
            "id": f"breaker#{name}",
            "revision": state.revision,
            "phase": state.phase,
            "state": state.model_dump_json(),
        }
        before = Attr("revision").eq(state.revision - 1)
        condition = self._missing(name) if state.revision == 1 else before
        return put_if(self._table, item, condition) is None

    def _missing(self, name: str) -> ConditionBase:
        """Return the condition that the breaker has no valid item."""
        stored = get(self._table, {"id": f"breaker#{name}"})
        if stored is None or _revision(stored.get("revision")):
            return Attr("id").not_exists()
        if "revision" not in stored:
            return Attr("revision").not_exists()
        return Attr("revision").eq(stored["revision"])


def _state(item: dict[str, Any]) -> BreakerState:
    """Return the item's state, with the revision that the next write is compared with."""
    revision = _revision(item.get("revision"))
    try:
        state = BreakerState.model_validate_json(str(item.get("state")))
    except ValidationError:
        state = BreakerState()
    if revision == 0 or min(state.epoch, state.failures, state.successes) < 0:
        state = BreakerState()
    return state.model_copy(update={"revision": revision})


def _revision(stored: Any) -> int:
    """Return the revision, or 0 for an invalid one."""
    try:
        revision = int(stored)
    except (TypeError, ValueError, ArithmeticError):
        return 0
    return revision if revision == stored and 1 <= revision <= MOST_REVISIONS else 0

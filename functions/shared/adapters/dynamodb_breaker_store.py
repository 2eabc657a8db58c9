"""Breakers in the operations table: one item each, shared by all environments of a function."""

import json

from boto3.dynamodb.conditions import Attr

from functions.shared.adapters.dynamodb_items import get, put_if
from functions.shared.adapters.dynamodb_table import DynamoDBTable
from functions.shared.ports import BreakerState


class DynamoDBBreakerStore:
    """A `BreakerStore`. A breaker that never saw a failure has no item."""

    def __init__(self, table: DynamoDBTable) -> None:
        self._table = table

    def read(self, name: str) -> BreakerState:
        """Return the breaker's state, read consistently; a closed one when it is new."""
        item = get(self._table, {"id": f"breaker#{name}"})
        return BreakerState() if item is None else BreakerState(**json.loads(item["state"]))

    def swap(self, name: str, state: BreakerState) -> bool:
        """Store the state if the stored revision is the one before it; return whether."""
        item = {
            "id": f"breaker#{name}",
            "revision": state.revision,
            "phase": state.phase,
            "state": state.model_dump_json(),
        }
        before = Attr("revision").eq(state.revision - 1)
        first = Attr("id").not_exists() if state.revision == 1 else before
        return put_if(self._table, item, first) is None

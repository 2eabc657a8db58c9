"""Decisions in DynamoDB: one conditional item per round."""

from boto3.dynamodb.conditions import Attr

from quorum.adapters.dynamodb.items import get, put_if
from quorum.adapters.dynamodb.table import DynamoDBTable
from quorum.domain.decisions import Decided


class DynamoDBDecisionStore:
    """A `DecisionStore`."""

    def __init__(self, table: DynamoDBTable) -> None:
        self._table = table

    def decide(self, decided: Decided) -> Decided:
        """Store the decision unless the round has one; return the stored one."""
        item = {
            "incident_id": decided.incident_id,
            "round": decided.round,
            "decided": decided.model_dump_json(),
        }
        stored = put_if(self._table, item, Attr("round").not_exists())
        return decided if stored is None else Decided.model_validate_json(stored["decided"])

    def find(self, incident_id: str, round_: int) -> Decided | None:
        """Return the round's decision, or None."""
        item = get(self._table, {"incident_id": incident_id, "round": round_})
        return None if item is None else Decided.model_validate_json(item["decided"])

"""Results of verification in DynamoDB: one item per incident, mode and number."""

from boto3.dynamodb.conditions import Attr

from quorum.adapters.dynamodb.items import get, put_if
from quorum.adapters.dynamodb.table import DynamoDBTable
from quorum.domain.incident_records import Mode, Verified


class DynamoDBVerdictStore:
    """A `VerdictStore`."""

    def __init__(self, table: DynamoDBTable) -> None:
        self._table = table

    def put(self, verified: Verified) -> Verified:
        """Store the verdict unless there is one of this mode and number; return the stored one."""
        item = {
            "incident_id": verified.incident_id,
            "mode": _key(verified.mode, verified.number),
            "verified": verified.model_dump_json(),
        }
        stored = put_if(self._table, item, Attr("mode").not_exists())
        return verified if stored is None else Verified.model_validate_json(stored["verified"])

    def find(self, incident_id: str, mode: Mode, number: int = 1) -> Verified | None:
        """Return the verdict, or None."""
        item = get(self._table, {"incident_id": incident_id, "mode": _key(mode, number)})
        return None if item is None else Verified.model_validate_json(item["verified"])


def _key(mode: Mode, number: int) -> str:
    """Return the sort key, which for the first number is that of earlier versions."""
    return mode if number == 1 else f"{mode}#{number}"

"""Settings of a DynamoDB table and its global secondary indexes."""

from typing import TYPE_CHECKING, Any

from quorum.adapters.resource_state.autoscaling import Autoscaling
from quorum.domain.evidence import Scalar
from quorum.domain.resource_settings import index_setting

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient


class DynamoDBState:
    """Reads status, billing, read_units, write_units, deploying and autoscaled.

    The units and the autoscaling of each index have names of their own, see `index_setting`.
    """

    def __init__(self, client: "DynamoDBClient", autoscaling: Autoscaling) -> None:
        self._client, self._autoscaling = client, autoscaling

    def __call__(self, table: str, _alias: str | None) -> dict[str, Scalar] | None:
        """Return the settings; None when there is no such table."""
        try:
            description = self._client.describe_table(TableName=table)["Table"]
        except self._client.exceptions.ResourceNotFoundException:
            return None
        parts: dict[str | None, Any] = {None: description}
        for found in description.get("GlobalSecondaryIndexes", ()):
            if found.get("IndexStatus", "ACTIVE") == "ACTIVE":
                parts[found["IndexName"]] = found
        settings: dict[str, Scalar] = {
            "status": description["TableStatus"],
            "billing": description.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED"),
            "deploying": description["TableStatus"] != "ACTIVE",
        }
        for index, part in parts.items():
            target = f"table/{table}" + (f"/index/{index}" if index else "")
            settings |= _part(index, part, self._autoscaling.owns("dynamodb", target))
        return settings


def _part(index: str | None, described: Any, autoscaled: Scalar) -> dict[str, Scalar]:
    """Return the units and the autoscaling of the table or of one of its indexes."""
    units = described.get("ProvisionedThroughput", {})
    return {
        index_setting(index, "read_units"): int(units.get("ReadCapacityUnits", 0)),
        index_setting(index, "write_units"): int(units.get("WriteCapacityUnits", 0)),
        index_setting(index, "autoscaled"): autoscaled,
    }

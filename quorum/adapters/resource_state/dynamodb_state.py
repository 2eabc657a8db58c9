"""Settings of a DynamoDB table."""

from typing import TYPE_CHECKING

from quorum.adapters.resource_state.autoscaling import Autoscaling
from quorum.domain.evidence import Scalar

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient


class DynamoDBState:
    """Reads status, billing, read_units, write_units, deploying and autoscaled."""

    def __init__(self, client: "DynamoDBClient", autoscaling: Autoscaling) -> None:
        self._client, self._autoscaling = client, autoscaling

    def __call__(self, table: str, _alias: str | None) -> dict[str, Scalar] | None:
        """Return the settings; None when there is no such table."""
        try:
            description = self._client.describe_table(TableName=table)["Table"]
        except self._client.exceptions.ResourceNotFoundException:
            return None
        capacity = description.get("ProvisionedThroughput", {})
        return {
            "status": description["TableStatus"],
            "billing": description.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED"),
            "read_units": int(capacity.get("ReadCapacityUnits", 0)),
            "write_units": int(capacity.get("WriteCapacityUnits", 0)),
            "deploying": description["TableStatus"] != "ACTIVE",
            "autoscaled": self._autoscaling.owns("dynamodb", f"table/{table}"),
        }

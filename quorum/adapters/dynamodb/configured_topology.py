"""The dependencies by configuration, stored by the inventory as one item beside its snapshots."""

from typing import Final

from quorum.adapters.aws.aws_errors import raising
from quorum.adapters.dynamodb.items import get
from quorum.adapters.dynamodb.snapshot_store import NEWEST
from quorum.adapters.dynamodb.table import DynamoDBTable
from quorum.domain.configured_edges import ConfiguredEdges
from quorum.domain.errors import StoreUnavailableError
from quorum.domain.topology import ServiceMap

KEY: Final = {"resource": "topology:configuration", "at": NEWEST}


class DynamoDBConfiguredTopology:
    """An `EdgeStore` and a `TopologySource`."""

    def __init__(self, table: DynamoDBTable) -> None:
        self._table = table

    def edges(self) -> ConfiguredEdges:
        """Return the stored edges; none before the inventory's first run."""
        item = get(self._table, KEY)
        return (
            ConfiguredEdges()
            if item is None
            else ConfiguredEdges.model_validate_json(item["edges"])
        )

    def put(self, edges: ConfiguredEdges) -> None:
        """Replace the stored edges."""
        with raising(StoreUnavailableError, f"write to {self._table.name}"):
            self._table.put_item(Item={**KEY, "edges": edges.model_dump_json()})

    def service_map(self) -> ServiceMap:
        """Return the stored edges as a map; an empty one where they cannot be read.

        Then the map is as operators declare it, and the snapshots in the same table are a gap.
        """
        try:
            return self.edges().service_map()
        except StoreUnavailableError:
            return ServiceMap()

"""Dependencies by configuration, apart from the other ports: few functions need them."""

from typing import Protocol

from quorum.domain.configured_edges import ConfiguredEdges


class EdgeStore(Protocol):
    """Dependencies by configuration; the inventory writes them. Raises StoreUnavailableError."""

    def edges(self) -> ConfiguredEdges:
        """Return the stored edges; none before the first run."""
        ...

    def put(self, edges: ConfiguredEdges) -> None:
        """Replace the stored edges."""
        ...

"""Dependencies in the lists that services keep apart from their resources: event source mappings.

The rows have the requests (`links`). A mapping makes its source a caller of the resource.
"""

from collections.abc import Iterator, Sequence

from quorum.adapters.aws.aws_errors import raising
from quorum.adapters.resource_state.described_requests import (
    DescribedRequests,
    Home,
    resources_in,
    search,
)
from quorum.adapters.resource_state.row_clients import Clients
from quorum.domain.errors import SourceUnavailableError
from quorum.domain.topology import Pair, ServiceMap, of_pairs
from quorum.services.row import Kind
from quorum.services.rows import KINDS


class ListedTopology:
    """A `TopologySource` of the kinds that are watched."""

    def __init__(self, clients: Clients, watch: Sequence[str], home: Home) -> None:
        self._clients, self._home = clients, home
        watched = {pattern.partition(":")[0] for pattern in watch}
        self._kinds = [kind for kind in KINDS.values() if kind.links and kind.name in watched]

    def service_map(self) -> ServiceMap:
        """Return the dependencies in all lists. Raises SourceUnavailableError."""
        pairs = [pair for kind in self._kinds for pair in self._pairs(kind)]
        return of_pairs(pairs, "configuration")

    def _pairs(self, kind: Kind) -> Iterator[Pair]:
        with raising(SourceUnavailableError, f"links of {kind.name}"):
            requests = DescribedRequests(kind.links, self._clients)
            for describe in kind.links:
                for name, item in requests.items(describe, {}):
                    for own in resources_in(name, self._home):
                        for path in describe.called_by:
                            for caller in resources_in(search(path, item), self._home):
                                yield caller, own

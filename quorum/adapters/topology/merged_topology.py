"""Several topologies as one."""

from quorum.domain.topology import ServiceMap, merged
from quorum.ports.telemetry import TopologySource


class MergedTopology:
    """A `TopologySource`: each service as its first source has it, with all sources' dependencies.

    When one source fails, all fail: in an incomplete map a missing dependency would mean nothing.
    """

    def __init__(self, *sources: TopologySource) -> None:
        self._sources = sources

    def service_map(self) -> ServiceMap:
        """Return the merged map."""
        return merged([source.service_map() for source in self._sources])

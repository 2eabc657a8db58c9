"""Several topologies as one."""

from collections.abc import Sequence

from quorum.domain.topology import Service, ServiceMap
from quorum.ports.telemetry import TopologySource


class MergedTopology:
    """A `TopologySource`: each service as its first source has it, with all sources' dependencies.

    When one source fails, all fail: in an incomplete map a missing dependency would mean nothing.
    """

    def __init__(self, *sources: TopologySource) -> None:
        self._sources = sources

    def service_map(self) -> ServiceMap:
        """Return the merged map."""
        merged: dict[str, Service] = {}
        for service in _services([source.service_map() for source in self._sources]):
            first = merged.setdefault(service.resource, service)
            callees = dict.fromkeys((*first.depends_on, *service.depends_on))
            merged[service.resource] = first.model_copy(update={"depends_on": tuple(callees)})
        return ServiceMap(services=tuple(merged.values()))


def _services(maps: Sequence[ServiceMap]) -> list[Service]:
    return [service for service_map in maps for service in service_map.services]

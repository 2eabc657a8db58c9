"""A metric source that counts the requested series: CloudWatch charges for each of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from threading import Lock

from quorum.ports.telemetry import MetricQuery, MetricSource


class CountedMetrics:
    """A `MetricSource` in front of another one."""

    def __init__(self, source: MetricSource) -> None:
        self._source, self._requested, self._counting = source, 0, Lock()

    def fetch(
        self, queries: Sequence[MetricQuery], start: datetime, end: datetime
    ) -> Mapping[str, tuple[tuple[int, float], ...]]:
        """Return the other source's points; a failed request counts too."""
        with self._counting:
            self._requested += len(queries)
        return self._source.fetch(queries, start, end)

    def take(self) -> int:
        """Return the number of series requested since the last call of this method."""
        with self._counting:
            taken, self._requested = self._requested, 0
        return taken

"""The declared shop: dependencies, metrics, and the alarm that fires."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from statistics import fmean
from typing import Any, Final

from quorum.domain.evidence import Alarm
from quorum.domain.topology import Metrics, Service, ServiceMap
from quorum.ports.telemetry import MetricQuery
from tests.builders.alarms import error_alarm
from tests.fakes import (
    START,
    InMemoryMetricSource,
)

FRONT, BACK, LIMIT, GOODS = "lambda:front", "lambda:back", "ssm:/limit", "dynamodb:goods"
FAULT: Final = int(START.timestamp()) - 30
"""Ten seconds into an alarm period; the alarm fires at START - 10 s, and evidence is at START."""
MAP: Final = ServiceMap(
    services=(
        Service(
            resource=FRONT,
            alias="live",
            depends_on=(BACK, LIMIT),
            metrics=Metrics(namespace="Shop/front", version_namespace="Shop/front/{version}"),
            log_group="/aws/lambda/front",
        ),
        Service(
            resource=BACK,
            alias="live",
            depends_on=(GOODS,),
            metrics=Metrics(namespace="Shop/back", version_namespace="Shop/back/{version}"),
            log_group="/aws/lambda/back",
            success_objective=0.999,
        ),
    )
)


def alarm(name: str = "front", **changes: Any) -> Alarm:
    """Return the function's error alarm, which fired 10 s ago."""
    return error_alarm(name, **{"fired_at": START - timedelta(seconds=10), **changes})


class Measured(InMemoryMetricSource):
    """A `MetricSource` that holds points of a second and answers in periods, as CloudWatch does."""

    def fetch(
        self, queries: Sequence[MetricQuery], start: datetime, end: datetime
    ) -> Mapping[str, tuple[tuple[int, float], ...]]:
        """Return the points summed up, or averaged, by period."""
        fine = super().fetch(queries, start, end)
        return {query.id: _by_period(query, fine[query.id]) for query in queries}


def _by_period(
    query: MetricQuery, points: tuple[tuple[int, float], ...]
) -> tuple[tuple[int, float], ...]:
    found: defaultdict[int, list[float]] = defaultdict(list)
    for at, value in points:
        found[at // query.period_seconds * query.period_seconds].append(value)
    join = sum if query.statistic == "Sum" else fmean
    return tuple((at, float(join(values))) for at, values in sorted(found.items()))


def identity(query: MetricQuery) -> Any:
    """Return the fake's key of the query's metric."""
    return (query.namespace, query.metric, tuple(sorted(query.dimensions)), query.statistic)

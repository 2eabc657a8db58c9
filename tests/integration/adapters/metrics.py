"""The metric query of the tests."""

from typing import Any

from quorum.ports.telemetry import MetricQuery


def query(id_: str = "errors", **fields: Any) -> MetricQuery:
    """Return a query for the shop's errors."""
    given = {
        "namespace": "Shop",
        "metric": "Errors",
        "dimensions": (("Service", "checkout"),),
        "statistic": "Sum",
        "period_seconds": 60,
    }
    return MetricQuery.model_validate({"id": id_, **given, **fields})

"""Small worlds for the tests of the model."""

from datetime import UTC, datetime

from benchmarks.pace.metrics import ALIAS, LAMBDA, Delivery, MetricStore
from benchmarks.pace.traffic import Fault, Load, Traffic
from quorum.ports.telemetry import MetricQuery
from tests.fakes import FakeClock

START = 1_795_435_200
"""Monday, 23 November 2026, noon."""


def traffic(rate: float = 60.0, *, noise: float = 0.0, season: bool = False) -> Traffic:
    """Return an hour of requests before START and after it, of one function at version 7."""
    found = Traffic(1, Load(rate, season), {"pay": ()}, (START - 3600, START + 3600), noise)
    found.route("pay", START - 90 * 86_400, "7")
    return found


def broken(
    at: float = START, *, rate: float = 60.0, share: float = 1.0, slow: bool = False
) -> Traffic:
    """Return traffic with a release of version 8 that fails (or is slow) from `at` on."""
    found = traffic(rate)
    found.route("pay", at, "8")
    found.faults.append(Fault("pay", "8", share, slow, starts=at))
    return found


def store(
    found: Traffic, lag: float = 90, *, partial: bool = False
) -> tuple[MetricStore, FakeClock]:
    """Return the metrics of the traffic and the clock that they go by."""
    clock = FakeClock(datetime.fromtimestamp(START + 600, UTC))
    return MetricStore(found, Delivery(lag, partial), clock), clock


def query(metric: str, period: int = 60, version: str | None = None) -> MetricQuery:
    """Return a query of the function's metric, through its alias where a version is given."""
    more = () if version is None else (("Resource", f"pay:{ALIAS}"), ("ExecutedVersion", version))
    return MetricQuery(
        id=metric,
        namespace=LAMBDA,
        metric=metric,
        dimensions=(("FunctionName", "pay"), *more),
        statistic="p95" if metric == "Duration" else "Sum",
        period_seconds=period,
    )

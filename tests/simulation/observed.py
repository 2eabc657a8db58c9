"""Metrics, logs and alarms of a world that was run."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from statistics import fmean
from typing import Final, Literal

from quorum.domain.base import OutsiderText
from quorum.domain.evidence import Alarm, Measure, Series
from tests.simulation.worlds import Seen, World

ACCOUNT: Final = "000000000000"
REGION: Final = "eu-central-1"
TABLE: Final = "dynamodb:items"
QUEUE: Final = "sqs:events"
PARAMETER: Final = "ssm:/shop/settings"
Level = Literal["error", "warning", "info"]
TOLERATED: Final = 0.04
"""The share of requests that may fail before an alarm goes into ALARM."""


def resource(world: World, place: int) -> str:
    """Return the resource at that place of the chain; 3 is the table."""
    return TABLE if place == 3 else f"lambda:{world.functions[place]}"


def threshold(world: World) -> float:
    """Return how many errors in its period put an alarm into ALARM."""
    return float(round(TOLERATED * world.timing.rate * world.timing.alarm_period))


def onset(world: World, seen: Seen, place: int) -> int:
    """Return the start of the first breaching period of the place's alarm, or when it was set."""
    period = world.timing.alarm_period
    sums: Counter[int] = Counter()
    for (where, measure, _, at), value in seen.counts.items():
        if where == place and measure == "errors" and at >= world.strike - period:
            sums[at // period * period] += value
    high = [at for at, value in sums.items() if value >= threshold(world)]
    return min(high, default=int(world.strike))


def breaching(world: World, seen: Seen) -> list[int]:
    """Return the functions whose error alarms fire, in a random order."""
    found = []
    for place in range(3):
        after = sum(
            value
            for (where, measure, _, at), value in seen.counts.items()
            if where == place and measure == "errors" and at >= world.strike
        )
        if after >= threshold(world) * world.timing.after / world.timing.alarm_period:
            found.append(place)
    world.rng.shuffle(found)
    return found


def alarm(world: World, place: int) -> Alarm:
    """Return the place's error alarm."""
    name = world.functions[place]
    return Alarm(
        name=f"shop-{name}-errors",
        arn=f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:shop-{name}-errors",
        kind="metric",
        account=ACCOUNT,
        region=REGION,
        resources=(resource(world, place),),
        fired_at=datetime.fromtimestamp(int(world.strike) + 2, UTC),
        reason=OutsiderText.of("Threshold Crossed: 1 datapoint was greater than the threshold"),
        namespace=f"Shop/{name}",
        metric="Errors",
        statistic="Sum",
        threshold=threshold(world),
        comparison="GreaterThanOrEqualToThreshold",
        period_seconds=world.timing.alarm_period,
    )


def series(world: World, seen: Seen, alarmed: int, lost: float = 0.02) -> Iterator[Series]:
    """Yield what CloudWatch holds, with a share of the points lost."""
    found: defaultdict[tuple[int, Measure, str], Counter[int]] = defaultdict(Counter)
    for (place, measure, version, at), value in seen.counts.items():
        for shown in {version, ""}:
            found[place, measure, shown][at] += value
    for (place, measure, version), counts in sorted(found.items()):
        points = [(at, float(v)) for at, v in sorted(counts.items()) if world.rng.random() >= lost]
        if points:
            yield Series(
                id=f"{resource(world, place)}/{measure}" + (f"@{version}" if version else ""),
                resource=resource(world, place),
                measure=measure,
                version=version or None,
                period_seconds=world.timing.period,
                points=tuple(points),
                alarmed=(place, measure, version) == (alarmed, "errors", ""),
            )
    yield from _latencies(world, seen)


def _latencies(world: World, seen: Seen) -> Iterator[Series]:
    for place in range(3):
        yield Series(
            id=f"{resource(world, place)}/latency",
            resource=resource(world, place),
            measure="latency",
            statistic="Average",
            period_seconds=world.timing.period,
            points=tuple(
                (at, fmean(values))
                for (where, at), values in sorted(seen.latency.items())
                if where == place
            ),
        )

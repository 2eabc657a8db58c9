"""A small shop in a dice box: requests run through three functions, and something breaks.

This is a generator of truth for the seats' tests: every request is drawn, goes down the chain,
fails where the fault is and fails its callers. The seats see only the bundle that comes out.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from quorum.domain.evidence import Measure
from tests.simulation.timing import Timing

FaultKind = Literal["release", "throttle", "parameter", "data", "capacity"]
NAMES: Final = ("basket", "catalog", "checkout", "orders", "payments", "prices", "search", "stock")
NOW: Final = 1_795_435_200
"""Monday, 23 November 2026, noon: the fault begins within an alarm period from then on."""


@dataclass(frozen=True)
class Fault:
    """A fault: its place in the chain (0 is the front), its time, and its strength."""

    kind: FaultKind
    place: int
    share: float
    """The share of requests it hits; of the traffic that still passes, for a throttle."""
    at: float


@dataclass(frozen=True)
class Switch:
    """A deployment: the function's alias moves to its next version at `at`."""

    place: int
    at: float
    weight: float = 1.0
    """The share of the traffic that the new version gets."""


@dataclass
class World:
    """A seeded shop: `functions` from front to back, who reads the parameter, what happens."""

    rng: random.Random
    timing: Timing
    faults: list[Fault] = field(default_factory=list)
    switches: list[Switch] = field(default_factory=list)
    noise: float = 0.004
    reader: int = 1

    def __post_init__(self) -> None:
        """Draw what no test cares about."""
        self.functions = self.rng.sample(NAMES, 3)
        self.first_version = [self.rng.randint(2, 40) for _ in range(3)]
        self.base_latency = [self.rng.uniform(10, 40) for _ in range(3)]
        self.strike = NOW + self.rng.uniform(0, self.timing.alarm_period)
        self.start = int(self.strike) - self.timing.baseline
        self.end = int(self.strike) + self.timing.after

    def version(self, place: int, at: float) -> str:
        """Return which version serves a request there and then."""
        number = self.first_version[place]
        for switch in self.switches:
            if switch.place == place and at >= switch.at and self.rng.random() < switch.weight:
                number += 1
        return str(number)


@dataclass
class Seen:
    """Metric values: sums per (place, measure, version, period start)."""

    counts: Counter[tuple[int, Measure, str, int]] = field(default_factory=Counter)
    latency: defaultdict[tuple[int, int], list[float]] = field(
        default_factory=lambda: defaultdict(list)
    )
    served: Counter[tuple[int, int]] = field(default_factory=Counter)
    """Requests that a throttled function took in a second."""


def run(world: World) -> Seen:
    """Send every request of the world's time through the chain."""
    seen = Seen()
    for at in _arrivals(world):
        _call(world, seen, 0, at)
    return seen


def _arrivals(world: World) -> Iterator[float]:
    at = float(world.start)
    while True:
        at += world.rng.expovariate(world.timing.rate)
        if at >= world.end:
            return
        yield at


def _call(world: World, seen: Seen, place: int, at: float) -> tuple[bool, float]:
    """Return whether the request succeeded, and how long it took in ms."""
    period = int(at) // world.timing.period * world.timing.period
    if _throttled(world, seen, place, at):
        seen.counts[place, "throttles", "", period] += 1
        return False, 5.0
    version = world.version(place, at)
    warming = 5 if at < world.start + world.timing.baseline / 4 else 1
    taken = warming * world.base_latency[place] * world.rng.lognormvariate(0, 0.7)
    good = not _fails(world, seen, place, at, version)
    if good and place < 2 and world.rng.random() < 0.95:
        good, below = _call(world, seen, place + 1, at)
        taken += below
    seen.counts[place, "requests", version, period] += 1
    seen.counts[place, "errors", version, period] += not good
    seen.latency[place, period].append(taken)
    return good, taken


def _throttled(world: World, seen: Seen, place: int, at: float) -> bool:
    for fault in world.faults:
        if fault.kind == "throttle" and fault.place == place and at >= fault.at:
            seen.served[place, int(at)] += 1
            return seen.served[place, int(at)] > fault.share * world.timing.rate
    return False


def _fails(world: World, seen: Seen, place: int, at: float, version: str) -> bool:
    if world.rng.random() < world.noise:
        return True
    for fault in world.faults:
        if fault.kind == "throttle" or fault.place != place or at < fault.at:
            continue
        old = version == str(world.first_version[place])
        if fault.kind == "release" and old:
            continue
        if world.rng.random() < fault.share:
            if fault.kind == "capacity":
                period = int(at) // world.timing.period * world.timing.period
                seen.counts[3, "throttles", "", period] += 1
            return True
    return False

"""Requests of a small shop, drawn once per run; what becomes of each depends on the versions then.

Requests are drawn singly for the time that matters, and as counts per minute for the two weeks
before it. All functions serve the same requests: the entry calls the others.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.pace.facts import PROPAGATION_SECONDS

MINUTE: Final = 60
DAY: Final = 86_400
PAST_DAYS: Final = 15
AMPLITUDE: Final = 0.6
"""Of the daily season, as a share of the mean rate."""
PEAK_HOUR: Final = 14.0
SLOWER: Final = 6.0
"""Factor by which a slow version's requests take longer."""
RAMP_SECONDS: Final = 1200.0
"""Time in which a gradual fault grows to its full share."""
BASE_MS: Final = 33.0
SPREAD: Final = 0.5
P95: Final = 1.645
"""Of the standard normal distribution."""
CALL_MS: Final = (37.4, 22.0)
"""Mean and deviation of one function's own milliseconds, from BASE_MS and SPREAD."""

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class Load(NamedTuple):
    """Requests a minute, and how they vary."""

    rate: float
    season: bool = True
    doubled_from: float | None = None

    def at(self, times: Floats) -> Floats:
        """Return the requests a minute at the given epoch seconds."""
        swing = AMPLITUDE * np.cos(2 * np.pi * (times / 3600 - PEAK_HOUR) / 24)
        level = self.rate * (1 + swing if self.season else np.ones_like(times))
        if self.doubled_from is None:
            return level
        return level * np.where(times >= self.doubled_from, 2.0, 1.0)


class Fault(NamedTuple):
    """A fault of one version of one function, or of the function itself for a while."""

    function: str
    version: str | None
    """None: the fault does not depend on the version."""
    share: float = 0.0
    slow: bool = False
    starts: float = 0.0
    ends: float = float("inf")
    ramp: float = 0.0

    def share_at(self, times: Floats) -> Floats:
        """Return the share of requests that it hits at the given epoch seconds."""
        active = (times >= self.starts) & (times < self.ends)
        grown = np.clip((times - self.starts) / self.ramp, 0, 1) if self.ramp else 1.0
        return np.where(active, self.share * grown, 0.0)


class Served(NamedTuple):
    """Requests of one function in one minute: failures and durations, oldest first."""

    times: Floats
    failed: Bools
    ms: Floats
    versions: NDArray[np.str_]
    early: Bools
    """Requests that metrics show before the period is delivered in full."""


class PastMinutes(NamedTuple):
    """Requests, failures and p95 duration in ms of each minute, the oldest first."""

    requests: Floats
    errors: Floats
    p95: Floats


class Traffic:
    """All requests of one run.

    `calls` maps a function to those that it calls; a call's failure fails its caller. `routing`
    holds each function's (time, version), oldest first, and grows while the run goes on.
    """

    def __init__(
        self,
        seed: int,
        load: Load,
        calls: Mapping[str, tuple[str, ...]],
        span: tuple[float, float],
        noise: float,
    ) -> None:
        self._rng = np.random.default_rng(seed)
        self.load, self.calls, self.noise = load, calls, noise
        self.faults: list[Fault] = []
        self.silent: set[str] = set()
        """Those without failures of their own in health: tables."""
        self.routing: dict[str, list[tuple[float, str]]] = {}
        self.first = int(span[0]) // MINUTE * MINUTE
        minutes = (int(span[1]) - self.first) // MINUTE + 1
        starts = self.first + MINUTE * np.arange(minutes, dtype=np.float64)
        counts = self._rng.poisson(load.at(starts + MINUTE / 2))
        self._offsets = np.concatenate(([0], np.cumsum(counts)))
        total = int(self._offsets[-1])
        within = np.repeat(starts, counts) + MINUTE * self._rng.random(total)
        self.times: Floats = np.sort(within)
        self._early: Bools = self._rng.random(total) <= 0.5  # noqa: PLR2004 - half
        self._draws: dict[str, tuple[Floats, Floats, Floats]] = {}
        self._seed, self._total = seed, total
        self._past: dict[str, PastMinutes] = {}
        self._served: dict[tuple[str, int], Served] = {}

    @property
    def end(self) -> int:
        """Return the epoch second at which the drawn requests end."""
        return self.first + MINUTE * (len(self._offsets) - 1)

    def route(self, function: str, at: float, version: str) -> None:
        """Have the function's alias point to the version from `at` on."""
        self.routing.setdefault(function, []).append((at, version))

    def served(self, function: str, minute: int, now: float) -> Served:
        """Return the function's requests of the minute so far; kept once the minute has passed."""
        known = self._served.get((function, minute))
        if known is not None:
            return known
        place = (minute - self.first) // MINUTE
        if place < 0 or place >= len(self._offsets) - 1:
            return _NONE
        span = slice(int(self._offsets[place]), int(self._offsets[place + 1]))
        if minute + MINUTE > now:
            until = int(np.searchsorted(self.times[span], now))
            span = slice(span.start, span.start + until)
        failed, ms = self._outcome(function, span)
        found = Served(
            self.times[span], failed, ms, self.versions(function, span), self._early[span]
        )
        if minute + MINUTE + PROPAGATION_SECONDS <= now:
            self._served[function, minute] = found
        return found

    def past(self, function: str) -> PastMinutes:
        """Return the minutes before the requests that are drawn singly, up to `first`."""
        if function not in self._past:
            starts = self.first - MINUTE * np.arange(PAST_DAYS * DAY // MINUTE, 0, -1)
            shared = np.random.default_rng(self._seed + 1)
            own = np.random.default_rng(self._number(function))
            requests = shared.poisson(self.load.at(starts.astype(np.float64) + MINUTE / 2))
            noise = 0.0 if function in self.silent else self.noise * self.depth(function)
            failures = own.binomial(requests, noise)
            wobble = SPREAD * own.standard_normal(len(starts)) / np.sqrt(np.maximum(requests, 1))
            p95 = self.usual_p95(function) * np.exp(wobble)
            self._past[function] = PastMinutes(
                requests.astype(np.float64), failures.astype(np.float64), p95
            )
        return self._past[function]

    def versions(self, function: str, span: slice) -> NDArray[np.str_]:
        """Return the version that served each request."""
        times, delay = self.times[span], PROPAGATION_SECONDS * self._draw(function)[2][span]
        found = np.full(len(times), "", dtype="<U8")
        for at, version in self.routing[function]:
            found[times >= at + delay] = version
        return found

    def newest(self, before: float) -> int:
        """Return the number of requests before the given epoch second."""
        return int(np.searchsorted(self.times, before))

    def outcome(self, function: str, span: slice) -> tuple[Bools, Floats]:
        """Return which requests of the function failed, and each one's milliseconds."""
        return self._outcome(function, span)

    def _outcome(self, function: str, span: slice) -> tuple[Bools, Floats]:
        luck, length, _ = (draw[span] for draw in self._draw(function))
        times, versions = self.times[span], self.versions(function, span)
        ms = BASE_MS * np.exp(SPREAD * length)
        noise = 0.0 if function in self.silent else self.noise
        failed = luck < noise
        for fault in self.faults:
            if fault.function != function:
                continue
            hit = luck < np.maximum(fault.share_at(times), noise)
            if fault.version is not None:
                hit &= versions == fault.version
            if fault.slow:
                ms = np.where(hit, SLOWER * ms, ms)
            else:
                failed |= hit
        for callee in self.calls.get(function, ()):
            below, taken = self._outcome(callee, span)
            failed, ms = failed | below, ms + taken
        return failed, ms

    def _draw(self, function: str) -> tuple[Floats, Floats, Floats]:
        if function not in self._draws:
            own = np.random.default_rng(self._number(function))
            total = self._total
            self._draws[function] = (
                own.random(total),
                own.standard_normal(total),
                own.random(total),
            )
        return self._draws[function]

    def _number(self, function: str) -> list[int]:
        return [self._seed, *function.encode()]

    def depth(self, function: str) -> int:
        """Return the number of functions that serve one request of this one, itself included."""
        return 1 + sum(self.depth(callee) for callee in self.calls.get(function, ()))

    def usual_p95(self, function: str) -> float:
        """Return the usual p95 duration of the function in ms, with all that it calls."""
        calls, (mean, deviation) = self.depth(function), CALL_MS
        return float(mean * calls + P95 * deviation * calls**0.5)


_NONE: Final = Served(
    np.empty(0), np.empty(0, np.bool_), np.empty(0), np.empty(0, "<U8"), np.empty(0, np.bool_)
)

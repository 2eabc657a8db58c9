"""Cells of the table: the factors of one scenario, and the numbers derived from them."""

from typing import Final, Literal, NamedTuple

FaultName = Literal[
    "total", "partial", "small", "latency", "gradual", "delayed", "capacity", "external", "none"
]
"""A release that fails all, 30 % or 5 % of its requests, is slow, gets worse over 20 minutes, or
fails after half an hour; a table's capacity lowered; something outside of the account, which no
action of the catalogue helps against."""
Topology = Literal["single", "pair", "chain", "fan-out"]
MetricName = Literal["always", "nonzero", "throttles"]
Missing = Literal["notBreaching", "missing", "ignore", "breaching"]
AlarmKind = Literal["name", "alias", "band", "composite"]
Twin = Literal["noise", "load", "release", "blip"]

SHARES: Final[dict[FaultName, float]] = {
    "total": 1.0,
    "partial": 0.3,
    "small": 0.05,
    "latency": 1.0,
    "gradual": 1.0,
    "delayed": 1.0,
    "capacity": 0.6,
    "external": 0.6,
    "none": 0.0,
}
"""Share of the requests that the fault makes fail, or slow."""


LOW_THRESHOLDS: Final = ((3.0, 1.0), (10.0, 2.0))
"""(requests in a period, failures): the threshold below which 8 % would be less than two."""


class AlarmShape(NamedTuple):
    """The configuration of the alarm: M of N periods, the metric's identity, and missing data."""

    datapoints: int = 1
    periods: int = 1
    period: int = 60
    kind: AlarmKind = "name"
    missing: Missing = "notBreaching"

    def __str__(self) -> str:
        """Return it as `3/5x60s name notBreaching`."""
        shape = f"{self.datapoints}/{self.periods}x{self.period}s"
        return f"{shape} {self.kind} {self.missing}"


class Cell(NamedTuple):
    """One scenario. `rate` is in requests a minute, `lag` in seconds."""

    fault: FaultName = "total"
    rate: float = 100.0
    lag: int = 90
    partial: bool = True
    """True: the newest periods show half of their requests until delivered; False: none."""
    alarm: AlarmShape = AlarmShape()
    metric: MetricName = "always"
    topology: Topology = "single"
    throttled: bool = False
    """True: log and audit reads are throttled, and the audit trail is slow."""
    season: bool = True
    innocent: bool = True
    """True: half of the runs have an innocent change beside the fault."""
    twin: Twin | None = None
    """The kind of a run without a fault."""

    @property
    def share(self) -> float:
        """Return the share of the new version's requests that the fault hits."""
        return SHARES[self.fault]

    def threshold(self) -> float:
        """Return the number of failures in a period at which the alarm breaches.

        An operator's choice: 8 % of the requests of a period, one or two failures where that is
        little, and less where the fault is smaller than that.
        """
        if self.twin is not None:
            return 1.0
        expected = self.rate * self.alarm.period / 60
        usual = next((low for most, low in LOW_THRESHOLDS if expected <= most), 0.08 * expected)
        return max(1.0, float(int(min(usual, 0.6 * self.share * expected) + 0.5)))

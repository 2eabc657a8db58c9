"""Charts of metric series as SVG, with axes, units, the onset and the alarm's threshold.

Only numbers and fixed words reach the SVG; names stand beside it, escaped by the template. Lines
are drawn in a nested SVG that stretches, labels at percentages of the outer one, which does not.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import ceil, floor, isfinite, log10
from typing import Final, NamedTuple

from markupsafe import Markup

from quorum.domain.evidence import Alarm, Bundle, Series
from quorum.narrative import number, plural

WIDTH: Final = 600
HEIGHT: Final = 100
MOST: Final = 12
Point = tuple[int, float]

_UNIT_OF_METRIC: Final = {
    "duration": "ms",
    "latencyms": "ms",
    "readlatency": "s",
    "writelatency": "s",
    "approximateageofoldestmessage": "s",
    "cpuutilization": "%",
    "memoryutilization": "%",
    "databaseconnections": "connections",
    "consumedreadcapacityunits": "capacity units",
    "consumedwritecapacityunits": "capacity units",
}
_UNIT_OF_MEASURE: Final = {
    "requests": "requests",
    "errors": "errors",
    "throttles": "throttled requests",
    "depth": "messages",
}
_COMPARISONS: Final = {
    "GreaterThanThreshold": ">",
    "GreaterThanOrEqualToThreshold": "≥",
    "LessThanThreshold": "<",
    "LessThanOrEqualToThreshold": "≤",
}
_COUNTED: Final = frozenset({"Sum", "SampleCount"})
_FLAT: Final = 1e-9
"""A range below this is drawn as if it were 1."""
_STEPS: Final = (1, 2, 5, 10)
"""Times a power of ten: the distances between grid lines."""
_RIGHT: Final = 60
"""Percent of the width from which on a label stands left of its line."""
_TOP: Final = 25
"""Percent of the height up to which a label stands below its line."""


class Plot(NamedTuple):
    """A chart, its texts, and the same in words. Times are epoch seconds."""

    id: str
    metric: str
    """Untrusted text."""
    resource: str
    version: str | None
    unit: str
    about: str
    alarmed: bool
    y_axis: Markup
    area: Markup
    begin: int
    end: int


class Threshold(NamedTuple):
    """An alarm's threshold in the series' own period, and its label."""

    value: float
    label: str


class Scale(NamedTuple):
    """The range of both axes: epoch seconds and values."""

    begin: int
    end: int
    low: float
    top: float
    step: float

    def x(self, at: float) -> float:
        """Return the share of the width, from the left, clipped to the chart."""
        return min(1.0, max(0.0, (at - self.begin) / max(1, self.end - self.begin)))

    def y(self, value: float) -> float:
        """Return the share of the height, from the top."""
        return min(1.0, max(0.0, (self.top - value) / (self.top - self.low)))

    def ticks(self) -> list[float]:
        """Return the values with a grid line, lowest first."""
        count = round((self.top - self.low) / self.step)
        return [self.low + n * self.step for n in range(count + 1)]


def plots(bundle: Bundle, cited: Iterable[str]) -> tuple[Plot, ...]:
    """Return at most twelve charts of series with points: alarmed ones first, then cited ones."""
    named = frozenset(cited)
    wanted = [s for s in bundle.series if s.points and (s.alarmed or s.id in named)]
    wanted.sort(key=lambda s: (not s.alarmed, s.resource, s.measure, s.version or ""))
    times = [at for one in wanted for at, _ in one.points]
    span = (min(times), max(times)) if times else (0, 1)
    return tuple(_plot(series, bundle, span) for series in wanted[:MOST])


def compact(value: float) -> str:
    """Return the number with at most three digits and a metric prefix: 12500 is `12.5k`."""
    for size, prefix in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{number(float(f'{value / size:.3g}'))}{prefix}"
    return number(float(f"{value:.3g}"))


def _plot(series: Series, bundle: Bundle, span: tuple[int, int]) -> Plot:
    threshold = _threshold(series, bundle.alarms)
    scale = _scale(series, threshold, span)
    return Plot(
        id=series.id,
        metric=_metric(series),
        resource=series.resource,
        version=series.version,
        unit=_unit(series),
        about=_about(series, bundle.onset),
        alarmed=series.alarmed,
        y_axis=_y_axis(scale),
        area=_area(series, scale, bundle.onset, threshold),
        begin=span[0],
        end=span[1],
    )


def _metric(series: Series) -> str:
    """Return the metric's name, which the series' id holds after the resource."""
    prefix = f"{series.resource}/"
    if not series.id.startswith(prefix):
        return series.measure
    return series.id.removeprefix(prefix).partition("@")[0].partition("!")[0]


def _unit(series: Series) -> str:
    """Return the y axis' label: the unit, the statistic unless it is a sum, and the period."""
    known = _UNIT_OF_METRIC.get(_metric(series).casefold())
    unit = known or _UNIT_OF_MEASURE.get(series.measure, "value")
    statistic = "" if series.statistic in _COUNTED else f", {series.statistic}"
    return f"{unit}{statistic} per {series.period_seconds} s"


def _threshold(series: Series, alarms: Iterable[Alarm]) -> Threshold | None:
    """Return the threshold of the alarm that watches this series; a sum's is put to its period."""
    for alarm in alarms:
        if alarm.threshold is None or not isfinite(alarm.threshold) or not _watches(alarm, series):
            continue
        scaled = series.statistic in _COUNTED and alarm.period_seconds != series.period_seconds
        ratio = series.period_seconds / alarm.period_seconds if scaled else 1.0
        per = f" per {alarm.period_seconds} s" if scaled else ""
        sign = _COMPARISONS.get(alarm.comparison or "", "")
        label = f"alarm threshold {sign} {number(alarm.threshold)}{per}"
        return Threshold(alarm.threshold * ratio, " ".join(label.split()))
    return None


def _watches(alarm: Alarm, series: Series) -> bool:
    return (
        series.alarmed
        and series.resource in alarm.resources
        and series.statistic == alarm.statistic
        and _metric(series).casefold() == (alarm.metric or "").casefold()
    )


def _scale(series: Series, threshold: Threshold | None, span: tuple[int, int]) -> Scale:
    """Return axes that hold all points, zero and the threshold, with ends at round numbers."""
    values = [value for _, value in series.points] + ([threshold.value] if threshold else [])
    low, top = min(0.0, *values), max(0.0, *values)
    top = top if top - low > _FLAT else low + 1.0
    step = _round_up((top - low) / 3)
    return Scale(*span, floor(low / step) * step, ceil(top / step) * step, step)


def _round_up(value: float) -> float:
    """Return the value rounded up to 1, 2 or 5 times a power of ten."""
    size: float = 10.0 ** floor(log10(value))
    return next((n * size for n in _STEPS if n * size >= value), _STEPS[-1] * size)


def _about(series: Series, onset: int) -> str:
    before = [value for at, value in series.points if at < onset]
    since = [value for at, value in series.points if at >= onset]
    highest = f", maximum {compact(max(since))}" if since else ""
    logged = sum(
        series.logged_since is not None and at >= series.logged_since for at, _ in series.points
    )
    source = f" The last {plural(logged, 'value')}: from log lines." if logged else ""
    return f"Mean {_mean(before)} before the onset, {_mean(since)} since{highest}.{source}"


def _mean(values: Sequence[float]) -> str:
    return compact(sum(values) / len(values)) if values else "unknown"


def _y_axis(scale: Scale) -> Markup:
    labels = "".join(
        f'<text x="100%" y="{100 * scale.y(v):.1f}%" dy="4">{compact(v)}</text>'
        for v in scale.ticks()
    )
    return Markup(f'<svg class="y-axis" aria-hidden="true">{labels}</svg>')  # noqa: S704 - numbers


def _area(series: Series, scale: Scale, onset: int, threshold: Threshold | None) -> Markup:
    x = 100 * scale.x(onset)
    grid = "".join(
        f'<line class="grid" x1="0" x2="100%" y1="{y:.1f}%" y2="{y:.1f}%"/>'
        for y in (100 * scale.y(v) for v in scale.ticks())
    )
    lines = "".join(
        f'<polyline points="{" ".join(_at(point, scale) for point in run)}"/>'
        for run in _runs(series.points, series.period_seconds)
    )
    shade = f'<rect class="since" x="{x:.1f}%" y="0" width="{100 - x:.1f}%" height="100%"/>'
    mark = f'<line class="onset" x1="{x:.1f}%" x2="{x:.1f}%" y1="0" y2="100%"/>'
    side, shift = ("end", -5) if x > _RIGHT else ("start", 5)
    named = f'<text x="{x:.1f}%" y="12" dx="{shift}" text-anchor="{side}">onset</text>'
    box = f'viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none"'
    drawn = f"{shade}{grid}<svg {box}>{lines}</svg>{mark}{named}{_limit(scale, threshold)}"
    return Markup(f'<svg class="area" aria-hidden="true">{drawn}</svg>')  # noqa: S704 - numbers


def _limit(scale: Scale, threshold: Threshold | None) -> str:
    """Return the threshold's line and label, which stands above the line unless that is on top."""
    if threshold is None:
        return ""
    y = 100 * scale.y(threshold.value)
    shift = 14 if y < _TOP else -5
    return (
        f'<line class="limit" x1="0" x2="100%" y1="{y:.1f}%" y2="{y:.1f}%"/>'
        f'<text class="limit" x="4" y="{y:.1f}%" dy="{shift}">{threshold.label}</text>'
    )


def _runs(points: Sequence[Point], period: int) -> list[list[Point]]:
    """Split where a point is missing; a point alone becomes a short dash."""
    runs: list[list[Point]] = [[points[0]]]
    for before, after in pairwise(points):
        if after[0] - before[0] > 1.5 * period:
            runs.append([])
        runs[-1].append(after)
    return [run if len(run) > 1 else [run[0], (run[0][0] + period // 2, run[0][1])] for run in runs]


def _at(point: Point, scale: Scale) -> str:
    return f"{WIDTH * scale.x(point[0]):.1f},{HEIGHT * scale.y(point[1]):.1f}"

"""A series as SVG: its line, broken where points are missing, and where the trouble began.

Numbers alone reach the drawing; names stand beside it, escaped by the page's template.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from markupsafe import Markup

from quorum.domain.evidence import Bundle, Series
from quorum.narrative import number

WIDTH: Final = 600
HEIGHT: Final = 90
MOST: Final = 12
Point = tuple[int, float]


class Plot(NamedTuple):
    """A drawing and the words that say the same."""

    id: str
    title: str
    about: str
    alarmed: bool
    svg: Markup
    begin: int
    end: int


def plots(bundle: Bundle, cited: Iterable[str]) -> tuple[Plot, ...]:
    """Return the alarm's own series first, then cited ones; at most twelve that hold points."""
    named = frozenset(cited)
    wanted = [s for s in bundle.series if s.points and (s.alarmed or s.id in named)]
    wanted.sort(key=lambda s: (not s.alarmed, s.resource, s.measure, s.version or ""))
    span = _span(wanted)
    return tuple(_plot(series, bundle.onset, span) for series in wanted[:MOST])


def _span(series: Sequence[Series]) -> tuple[int, int]:
    """Return the time from the first point of any to the last, so that plots line up."""
    times = [at for one in series for at, _ in one.points]
    return (min(times), max(times)) if times else (0, 1)


def _plot(series: Series, onset: int, span: tuple[int, int]) -> Plot:
    version = f" version {series.version}" if series.version else ""
    return Plot(
        id=series.id,
        title=f"{series.measure} of {series.resource}{version}",
        about=f"{series.statistic} every {series.period_seconds} s. {_about(series, onset)}",
        alarmed=series.alarmed,
        svg=_drawing(series, onset, span),
        begin=span[0],
        end=span[1],
    )


def _about(series: Series, onset: int) -> str:
    before = [value for at, value in series.points if at < onset]
    since = [value for at, value in series.points if at >= onset]
    highest = f", at most {number(max(since))}" if since else ""
    return f"Mean {_mean(before)} before the onset, {_mean(since)} since{highest}."


def _mean(values: Sequence[float]) -> str:
    return f"{sum(values) / len(values):.3g}" if values else "not known"


def _drawing(series: Series, onset: int, span: tuple[int, int]) -> Markup:
    low = min(0.0, *(value for _, value in series.points))
    top = max(0.0, *(value for _, value in series.points))
    top = top if top > low else low + 1.0
    lines = "".join(
        f'<polyline points="{" ".join(_at(p, span, low, top) for p in run)}"/>'
        for run in _runs(series.points, series.period_seconds)
    )
    x = _x(onset, span)
    shade = f'<rect class="since" x="{x:.1f}" y="0" width="{WIDTH - x:.1f}" height="{HEIGHT}"/>'
    mark = f'<line class="onset" x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{HEIGHT}"/>'
    box = f'viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none"'
    return Markup(f'<svg {box} aria-hidden="true">{shade}{mark}{lines}</svg>')  # noqa: S704 - numbers


def _runs(points: Sequence[Point], period: int) -> list[list[Point]]:
    """Split where a point is missing; a point alone becomes a short dash."""
    runs: list[list[Point]] = [[points[0]]]
    for before, after in pairwise(points):
        if after[0] - before[0] > 1.5 * period:
            runs.append([])
        runs[-1].append(after)
    return [run if len(run) > 1 else [run[0], (run[0][0] + period // 2, run[0][1])] for run in runs]


def _at(point: Point, span: tuple[int, int], low: float, top: float) -> str:
    usable = HEIGHT - 6
    y = 3 + usable - (point[1] - low) / (top - low) * usable
    return f"{_x(point[0], span):.1f},{y:.1f}"


def _x(at: float, span: tuple[int, int]) -> float:
    begin, end = span
    return min(1.0, max(0.0, (at - begin) / max(1, end - begin))) * WIDTH

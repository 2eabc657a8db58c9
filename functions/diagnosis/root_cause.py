"""Root cause: the resource whose own, lasting excess reaches the alarm.

Over a window, the level that a good part of its periods sustain counts. The same statistic in
windows before the onset shows how often a normal window looks like this.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from math import ceil, exp, log
from statistics import fmean
from typing import Final, NamedTuple

from functions.diagnosis.excess import Quantity, excesses, steps_by_resource
from functions.diagnosis.propagation import reaching_excess
from quorum.domain.base import ResourceId
from quorum.domain.evidence import Bundle
from quorum.seats.signals.distributions import robust


class RankingSettings(NamedTuple):
    """Parameters of the ranking; chosen on a labelled training split."""

    held: float = 0.4
    """Share of the periods since the onset in which a cause's excess must show."""
    chance: float = 0.05
    """A root is named if at most this share of normal windows has one as strong."""
    noticed: float = 0.25
    """Part of the alarmed resource's usual spread below which an excess is not noticeable."""
    failure: float = 0.5
    """Failures per period added to the usual, as in Jeffreys' prior for a rate."""


CHOSEN_SETTINGS: Final = RankingSettings()
WINDOWS: Final = 20
"""Normal windows are at most this part of the normal period long."""
SMALLEST: Final = 1e-9


class Root(NamedTuple):
    """A resource with an excess of its own that explains the alarm."""

    resource: ResourceId
    size: float
    """Failures or seconds per period."""
    strength: float
    """Its size relative to its usual excess and to the least noticeable one."""
    chance: float
    """Share of normal windows in which some resource is as strong."""
    probability: float
    cites: tuple[str, ...]
    """Ids of the series that it rests on."""


class OwnExcess(NamedTuple):
    """Every resource's own excess that reaches the alarm, period by period."""

    columns: Mapping[ResourceId, Sequence[float]]
    """One amount per period, 0 without data."""
    place: int
    """The number of periods before the onset."""
    deviation: float
    """Usual deviation of the alarmed resource's excess from 0, robustly."""
    failures: bool


def roots(
    bundle: Bundle, of: Quantity, settings: RankingSettings = CHOSEN_SETTINGS
) -> tuple[Root, ...]:
    """Return the convincing roots, best first, ties by name; empty if none convinces."""
    return convincing_roots(bundle, own_excess(bundle, of), settings)


def own_excess(bundle: Bundle, of: Quantity) -> OwnExcess:
    """Return the input of the ranking, before any setting is applied."""
    steps_of = steps_by_resource(bundle)
    excess = excesses(bundle, of, steps_of)
    attempts = {r: {step.at: step.attempts for step in each} for r, each in steps_of.items()}
    own = reaching_excess(bundle, excess, attempts)
    rows = sorted({at for values in own.values() for at in values})
    alarmed = [excess[t] for t in bundle.alarms[0].resources if t in excess] or [{}]
    past = [value for at, value in alarmed[0].items() if at < bundle.onset]
    return OwnExcess(
        {r: [values.get(at, 0.0) for at in rows] for r, values in own.items()},
        bisect_left(rows, bundle.onset),
        robust(past, 0.0)[1],
        of == "failures",
    )


def convincing_roots(
    bundle: Bundle, found: OwnExcess, settings: RankingSettings
) -> tuple[Root, ...]:
    """Return the roots that hardly any window before the onset shows as strong."""
    columns, place = found.columns, found.place
    rows = max(map(len, columns.values()), default=0)
    if not 0 < place < rows:
        return ()
    least = max(
        settings.noticed * found.deviation, settings.failure if found.failures else SMALLEST
    )
    scales = {r: fmean(values[:place]) + least for r, values in columns.items()}
    sizes = {r: sustained(values[place:], settings.held) for r, values in columns.items()}
    before = {r: values[:place] for r, values in columns.items()}
    normal = _normal(before, scales, rows - place, settings.held)
    strong = {r: (s, s / scales[r]) for r, s in sizes.items() if s > 0}
    return _ranked(bundle, strong, normal, settings.chance)


def sustained(values: Sequence[float], share: float) -> float:
    """Return the geometric mean of the highest values, as many as must show; else 0."""
    count = max(1, ceil(share * len(values) - SMALLEST))
    up = [value for value in values if value > 0]
    if len(up) < count:
        return 0.0
    return exp(sum(map(log, sorted(up, reverse=True)[:count])) / count)


def _normal(
    columns: Mapping[ResourceId, Sequence[float]],
    scales: Mapping[ResourceId, float],
    length: int,
    share: float,
) -> list[float]:
    """Return the strongest root of every normal window, in ascending order."""
    before = max(map(len, columns.values()), default=0)
    shown = {r: values for r, values in columns.items() if any(values)}
    width = max(1, min(length, before // WINDOWS))
    return sorted(
        max(
            (sustained(values[i : i + width], share) / scales[r] for r, values in shown.items()),
            default=0.0,
        )
        for i in range(before - width + 1)
    )


def _ranked(
    bundle: Bundle,
    found: Mapping[ResourceId, tuple[float, float]],
    normal: Sequence[float],
    chance: float,
) -> tuple[Root, ...]:
    as_strong = {r: len(normal) - bisect_left(normal, s) for r, (_, s) in found.items()}
    chances = {r: (1 + count) / (1 + len(normal)) for r, count in as_strong.items()}
    named = [r for r in found if chances[r] <= chance]
    total = sum(found[r][1] for r in named)
    return tuple(
        Root(
            r,
            found[r][0],
            found[r][1],
            chances[r],
            (1 - chances[r]) * found[r][1] / total,
            tuple(sorted(s.id for s in bundle.series if s.resource == r)),
        )
        for r in sorted(named, key=lambda r: (-found[r][1], r))
    )

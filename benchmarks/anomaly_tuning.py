"""The search for the detector's tuning, and its result when one category is left out.

`anomaly_tuning.json` holds, for each category, the tuning and thresholds that the same search finds
on the other categories alone, and how many configurations were scored in total. A category without
windows has nothing to search for and uses the shipped tuning. All configurations of the last search
are in `results/anomaly_configurations.csv.gz`. The search is greedy: it adds or drops a view, a
margin or a handicap as long as the sum of the three scores rises by more than a penalty per
element; between these steps it varies the other numbers, one at a time.
"""

import json
from collections.abc import Callable, Mapping
from functools import cache, partial
from math import sqrt
from pathlib import Path
from typing import Any, Final

from functions.detection import series_views
from functions.detection.series_views import Window, mean
from functions.detection.streaming_anomaly import TUNING, Tuning, Watch

STORED: Final = Path(__file__).with_name("anomaly_tuning.json")


def chosen_without(category: str) -> tuple[Tuning, dict[str, float]]:
    """Return the tuning and the thresholds by profile; the shipped ones for an unknown category."""
    found = _stored()["without"].get(category)
    if found is None:
        return TUNING, _stored()["thresholds"]
    watches = tuple(Watch(VIEWS[name], *rest) for name, *rest in found["watches"])
    return Tuning(watches, **found["tuning"]), found["thresholds"]


def scored() -> int:
    """Return the number of configurations scored so far."""
    return int(sum(_stored()["scored"].values()))


@cache
def _stored() -> dict[str, Any]:
    stored: dict[str, Any] = json.loads(STORED.read_text())
    return stored


def beside(window: Window, count: int) -> float:
    """Return the newest value minus the mean of the `count` values before it."""
    values = window.values
    return values[-1] - mean(values[-count - 1 : -1]) if len(values) > 1 else 0.0


def moved(window: Window, count: int) -> float:
    """Return the mean of the newest `count` values minus that of the `count` before; 0 at first."""
    before = window.values[-2 * count : -count]
    return mean(window.values[-count:]) - mean(before) if before else 0.0


def spread(window: Window, count: int) -> float:
    """Return the standard deviation of the newest `count` values."""
    newest = window.values[-count:]
    middle = mean(newest)
    return sqrt(mean([(value - middle) ** 2 for value in newest]))


VIEWS: Final[Mapping[str, Callable[[Window], float]]] = {
    "v": series_views.value,
    "ad": series_views.jump,
    "m12": series_views.level,
    "dm5": series_views.beside,
    "se6": series_views.season,
    "se": lambda window: window.off[-1],
    "m3": lambda window: mean(window.values[-3:]),
    "dm": partial(beside, count=24),
    "d12": partial(moved, count=12),
    "sd12": partial(spread, count=12),
    "sd36": partial(spread, count=36),
}
"""The views that the search chose from."""

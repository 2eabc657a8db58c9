"""How the detector's tuning was chosen, and what would have been without a category.

`anomaly_choice.json` holds, for each category, the tuning and the thresholds that the same search
finds when it is shown the other categories alone, and how many configurations were ever scored.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from functions.shared.analysis.streaming import Tuning, Watch

STORED: Final = Path(__file__).with_name("anomaly_choice.json")


def chosen_without(category: str) -> tuple[Tuning, dict[str, float]]:
    """Return the tuning and the thresholds by profile. Raises KeyError for another category."""
    found = _stored()["without"][category]
    watches = tuple(Watch(*watch) for watch in found["watches"])
    return Tuning(watches, **found["tuning"]), found["thresholds"]


def scored() -> int:
    """Return how many configurations were ever scored."""
    return int(sum(_stored()["scored"].values()))


@cache
def _stored() -> dict[str, Any]:
    stored: dict[str, Any] = json.loads(STORED.read_text())
    return stored

"""Whether seats are as sure as they are right, over votes that the world proved."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from functions.api.console.figures import ENOUGH
from quorum.domain.constants import BASIS_POINTS
from quorum.domain.memories import SeatOutcome


class Calibration(NamedTuple):
    """How a seat's confidence compares with how often it was right."""

    seat: str
    cases: int
    confidence: float | None
    right: float | None
    brier: float | None


def calibration(outcomes: Iterable[SeatOutcome]) -> list[Calibration]:
    """Return a row per seat, over its votes that the world proved right or wrong."""
    proven: dict[str, list[tuple[float, bool]]] = {}
    for outcome in outcomes:
        if outcome.right is not None:
            case = (outcome.conf_bp / BASIS_POINTS, outcome.right)
            proven.setdefault(outcome.seat, []).append(case)
    return [_calibrated(seat, cases) for seat, cases in sorted(proven.items())]


def _calibrated(seat: str, cases: Sequence[tuple[float, bool]]) -> Calibration:
    n = len(cases)
    if n < ENOUGH:
        return Calibration(seat, n, None, None, None)
    said, right = (sum(values) / n for values in zip(*cases, strict=True))
    return Calibration(seat, n, said, right, sum((p - r) ** 2 for p, r in cases) / n)

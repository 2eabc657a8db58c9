"""Calibration of seats: confidence against correctness, over votes with a verified outcome."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from functions.api.console.figures import ENOUGH
from quorum.domain.constants import BASIS_POINTS
from quorum.domain.memories import SeatOutcome


class Calibration(NamedTuple):
    """A seat's mean confidence, share correct and Brier score; None with too few cases."""

    seat: str
    cases: int
    confidence: float | None
    correct: float | None
    brier: float | None


def calibration(outcomes: Iterable[SeatOutcome]) -> list[Calibration]:
    """Return a row per seat over its votes with a verified outcome."""
    verified: dict[str, list[tuple[float, bool]]] = {}
    for outcome in outcomes:
        if outcome.right is not None:
            case = (outcome.conf_bp / BASIS_POINTS, outcome.right)
            verified.setdefault(outcome.seat, []).append(case)
    return [_row(seat, cases) for seat, cases in sorted(verified.items())]


def _row(seat: str, cases: Sequence[tuple[float, bool]]) -> Calibration:
    n = len(cases)
    if n < ENOUGH:
        return Calibration(seat, n, None, None, None)
    confidence, correct = (sum(values) / n for values in zip(*cases, strict=True))
    return Calibration(seat, n, confidence, correct, sum((p - r) ** 2 for p, r in cases) / n)

"""Forecasts of threshold breaches: `python -m benchmarks.forecast --data DIR`.

The data are the CloudWatch series of the NAB format. At moments spread over each series, each
method predicts from the earlier points the probability of a value above the threshold within 1 to
96 points. The threshold is the 98th percentile of the latest 1500 points, as an operator might set
it.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Final, NamedTuple

from benchmarks import dataset
from benchmarks.nab import Labelled, corpus
from benchmarks.result import Cell, Goal, Measured, ResultTable
from functions.prediction.breach_forecast import HORIZONS, MAX_POINTS, breach_chances
from functions.prediction.interval_forecast import forecast_interval

CATEGORY: Final = "realAWSCloudwatch"
FIRST: Final = 300
EVERY: Final = 48
TALL: Final = 0.98
DAY: Final = 86400
AHEAD: Final = (1, 12)
COVERAGES: Final = (0.8, 0.95)
TENTHS: Final = (0.1, 0.9)
METHODS: Final = ("ours", "climatology", "seasonal naive")


class Prediction(NamedTuple):
    """Predicted probabilities of a breach by method (ours may abstain), and the outcome."""

    file: str
    horizon: int
    ours: float | None
    climatology: float
    seasonal: float
    breached: bool


class ForecastInterval(NamedTuple):
    """A predicted interval: its width relative to climatology's, and whether it held the value."""

    method: str
    ahead: int
    coverage: float
    width: float
    held: bool


def moments(file: Labelled) -> Iterator[tuple[int, float]]:
    """Yield the rows to predict from with their thresholds, where these are not breached yet."""
    for place in range(FIRST, len(file.values) - max(HORIZONS), EVERY):
        known = sorted(file.values[max(0, place + 1 - MAX_POINTS) : place + 1])
        threshold = known[min(len(known) - 1, int(TALL * len(known)))]
        if file.values[place] <= threshold:
            yield place, threshold


def predictions(file: Labelled) -> Iterator[Prediction]:
    """Yield the predictions of all methods at each moment, for each horizon."""
    season = _season(file)
    for place, threshold in moments(file):
        known = file.values[: place + 1]
        ours = {c.horizon: c.probability for c in breach_chances(known, threshold)}
        for horizon in HORIZONS:
            coming = file.values[place + 1 : place + 1 + horizon]
            yield Prediction(
                file.name,
                horizon,
                ours.get(horizon),
                _climatology(known[-MAX_POINTS:], threshold, horizon),
                _seasonal(known, threshold, horizon, season),
                max(coming) > threshold,
            )


def intervals(file: Labelled) -> Iterator[ForecastInterval]:
    """Yield the intervals of each method at each moment."""
    season = _season(file)
    for place, _ in moments(file):
        known = file.values[: place + 1]
        ordered = sorted(known[-MAX_POINTS:])
        for ahead in AHEAD:
            value = file.values[place + ahead]
            for coverage in COVERAGES:
                tail = int((1 - coverage) / 2 * len(ordered))
                usual = ordered[tail], ordered[-1 - tail]
                width = usual[1] - usual[0]
                found = forecast_interval(known[-MAX_POINTS:], ahead, coverage, season)
                spans = {"climatology": usual} | ({"ours": found[2:]} if found else {})
                for method, (low, high) in spans.items():
                    yield ForecastInterval(
                        method,
                        ahead,
                        coverage,
                        (high - low) / width if width else 1.0,
                        low <= value <= high,
                    )


def _season(file: Labelled) -> int:
    steps = sorted(b - a for a, b in zip(file.times, file.times[1:], strict=False))
    return DAY // max(1, steps[len(steps) // 2])


def _climatology(known: Sequence[float], threshold: float, horizon: int) -> float:
    """Return the share of past spans of the horizon's length that contain a breach."""
    spans = len(known) - horizon
    hits, last = 0, -horizon - 1
    for place, value in enumerate(known):
        last = place if value > threshold else last
        hits += place >= horizon and last > place - horizon
    return (hits + 0.5) / (spans + 1)


def _seasonal(known: Sequence[float], threshold: float, horizon: int, season: int) -> float:
    """Return 0.9 if the same span of the day before contains a breach, else 0.1."""
    start = len(known) - season
    same = known[start : start + horizon] if start >= 0 else ()
    return 0.9 if any(value > threshold for value in same) else 0.1


def brier(answers: Iterable[tuple[float, bool]]) -> float:
    """Return the mean squared error of the probabilities; NaN without any."""
    errors = [(p - breached) ** 2 for p, breached in answers]
    return fmean(errors) if errors else float("nan")


def skill(answers: Sequence[Prediction], method: str) -> float | None:
    """Return 1 minus the ratio of the method's Brier score to climatology's.

    Only predictions where ours does not abstain count; None if there are none.
    """
    given = [a for a in answers if a.ours is not None]
    usual = brier((a.climatology, a.breached) for a in given)
    if not given or not usual:
        return None
    return round(1 - brier((_of(a, method), a.breached) for a in given) / usual, 3)


def measure(data: Path) -> tuple[Measured, dataset.Figures]:
    """Predict breaches on the CloudWatch series in the directory."""
    files = [file for file in corpus(data) if file.category == CATEGORY]
    answers = [answer for file in files for answer in predictions(file)]
    spans = [span for file in files for span in intervals(file)]
    answered = sum(a.ours is not None for a in answers) / (len(answers) or 1)
    skills = {m: skill(answers, m) for m in METHODS}
    times = _time_intervals(answers)
    figures = {
        "series": len(files),
        "answers": len(answers),
        "answered": round(answered, 4),
        "brier_skill": skills["ours"],
        "brier_skill_seasonal_naive": skills["seasonal naive"],
        "brier": round(brier((a.ours, a.breached) for a in answers if a.ours is not None), 4),
        "by_horizon": {
            str(h): {m: skill([a for a in answers if a.horizon == h], m) for m in METHODS}
            for h in HORIZONS
        },
        "time_to_breach_80": times,
        "intervals": _intervals(spans),
        "causal": True,
    }
    goals = [
        Goal(what="Brier skill over climatology", rule="at least", limit=0.0,
             measured=skills["ours"] or 0.0),
        Goal(what="Brier skill, above that of seasonal naive", rule="at least", limit=0.0,
             measured=round((skills["ours"] or 0.0) - (skills["seasonal naive"] or 0.0), 3)),
    ]  # fmt: skip
    tables = [
        ResultTable(title="Brier skill over climatology, by horizon", rows=[*_horizons(answers)]),
        ResultTable(
            title="Predicted and observed frequency of breaches", rows=[*_reliability(answers)]
        ),
        ResultTable(title="80 % intervals of the time to the breach", rows=[times]),
        ResultTable(title="Intervals of the value", rows=_intervals(spans)),
        ResultTable(title="By series", rows=[*_files(answers)]),
    ]
    return Measured(benchmark="forecast", about=_ABOUT, goals=goals, tables=tables), figures


_ABOUT: Final = (
    "Forecasts of threshold breaches.\n"
    "The CloudWatch series of the NAB format. Every 48 points, unless the threshold is breached "
    "already, each method predicts the probability of a breach within each horizon. Thresholds "
    "are the 98th percentile of the past. *Climatology* is the share of past spans of the same "
    "length that contain a breach; *seasonal naive* predicts what the day before did, at 0.9. "
    "Skill is 1 minus the ratio of the Brier score to climatology's. Ours abstains when it has "
    "too few points, and all methods are scored on the predictions that it makes. The methods "
    "were compared once on these series (12 candidates, of which three were chosen, with equal "
    "weights); nothing is fitted to them."
)


def _of(answer: Prediction, method: str) -> float:
    baselines = {"climatology": answer.climatology, "seasonal naive": answer.seasonal}
    return baselines.get(method, answer.ours or 0.0)


def _horizons(answers: Sequence[Prediction]) -> Iterator[dict[str, Cell]]:
    for horizon in (*HORIZONS, None):
        mine = [a for a in answers if horizon in (None, a.horizon)]
        yield {
            "points ahead": horizon or "all",
            "answers": len(mine),
            "abstained": sum(a.ours is None for a in mine),
            "breaches, %": round(100 * fmean(a.breached for a in mine), 1) if mine else None,
            **{m: skill(mine, m) for m in METHODS},
        }


def reliability(answers: Sequence[Prediction], bins: int = 10) -> list[tuple[float, float, int]]:
    """Return per bin the mean predicted probability, the observed frequency and the count."""
    found = []
    for n in range(bins):
        mine = [a for a in answers if a.ours is not None and int(min(0.999, a.ours) * bins) == n]
        if mine:
            mean = fmean(a.ours or 0 for a in mine)
            found.append((mean, fmean(a.breached for a in mine), len(mine)))
    return found


def _reliability(answers: Sequence[Prediction]) -> Iterator[dict[str, Cell]]:
    for mean, observed, count in reliability(answers):
        yield {"predicted": round(mean, 3), "observed": round(observed, 3), "answers": count}


def _time_intervals(answers: Sequence[Prediction]) -> dict[str, Cell]:
    """Return the coverage of the predicted 10th to 90th percentile of the time to the breach.

    Horizons are discrete steps, so intervals cover more than their nominal 80 %.
    """
    held, lengths, size = 0, [], len(HORIZONS)
    groups = [answers[n : n + size] for n in range(0, len(answers), size)]
    full = [group for group in groups if all(a.ours is not None for a in group)]
    for group in full:
        low, high = (
            next((n for n, a in enumerate(group) if (a.ours or 0) >= p), size) for p in TENTHS
        )
        first = next((n for n, a in enumerate(group) if a.breached), size)
        held += low <= first <= high
        lengths.append(high - low + 1)
    return {
        "moments": len(full),
        "covered": round(held / len(full), 3) if full else None,
        "steps of the horizon, mean": round(fmean(lengths), 2) if full else None,
        "of": size + 1,
    }


def _intervals(spans: Sequence[ForecastInterval]) -> list[dict[str, Cell]]:
    return [
        {
            "method": method,
            "points ahead": ahead,
            "asked": coverage,
            "covered": round(fmean(s.held for s in mine), 3),
            "width, against climatology's": round(sorted(s.width for s in mine)[len(mine) // 2], 2),
        }
        for method, ahead, coverage in sorted({s[:3] for s in spans})
        if (mine := [s for s in spans if s[:3] == (method, ahead, coverage)])
    ]


def _files(answers: Sequence[Prediction]) -> Iterator[Mapping[str, Cell]]:
    for name in sorted({a.file for a in answers}):
        mine = [a for a in answers if a.file == name]
        yield {
            "series": name.partition("/")[2].removesuffix(".csv"),
            "answers": len(mine),
            **{m: skill(mine, m) for m in METHODS if m != "climatology"},
        }


if __name__ == "__main__":
    sys.exit(dataset.main("forecast", measure))

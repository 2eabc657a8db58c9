"""Attribution of incidents to commits, or to none: `python -m benchmarks.change --data DIR`.

The method is `functions.diagnosis.change_blame`, on a bundle built from the incident's files. A
case is correct if it names the exact commit, or `none` where none is to blame. A decoy is the
worst answer.
"""

import sys
import time
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks import dataset
from benchmarks.result import Cell, Goal, Measured, ResultTable
from benchmarks.rootcausebench import BenchIncident, incidents
from functions.diagnosis.change_blame import CHOSEN_WEIGHTS, Blame, BlameWeights, blame
from functions.diagnosis.first_signs import signs

NO_COMMIT: Final = "none"
DECOY: Final = 2
"""Cost of a decoy in correct answers, when weights are chosen."""
GRID: Final = tuple(
    CHOSEN_WEIGHTS._replace(none=none, later=later)
    for none, later in product((-1.0, -0.5, 0.0, 0.25, 0.5, 1.0), (300.0, 600.0, 900.0, 1800.0))
)
SILENT: Final = CHOSEN_WEIGHTS._replace(lost=1e-9, gained=1e-9, about=1e-9)
"""Without words, as in the change seat, which reads no text from outside."""
BEFORE: Final = 1300
"""Sets of weights and variants of features that were scored during development."""
PUBLISHED: Final[tuple[dict[str, Cell], ...]] = (
    {"method": "best scripts", "correct of 24": 7, "decoy hits": 17},
    {"method": "best language models", "correct of 24": 24, "decoy hits": 0},
)


class Verdict(NamedTuple):
    """An answer, and whether it is right."""

    answer: str
    correct: bool
    decoy: bool


def verdict(incident: BenchIncident, answer: str) -> Verdict:
    """Return the verdict on an answer."""
    return Verdict(answer, answer == incident.culprit, answer in incident.decoys)


def answered(incident: BenchIncident, weights: BlameWeights = CHOSEN_WEIGHTS) -> Verdict:
    """Return the verdict on the most probable change, or on `none`."""
    return verdict(incident, blame(incident.bundle, weights)[0].change or NO_COMMIT)


def latest(incident: BenchIncident) -> Verdict:
    """Return the verdict on the last deployment before the first signs, the usual heuristic."""
    before = signs(incident.bundle).last
    known = [c for c in incident.bundle.changes if c.at <= before and c.after is not None]
    return verdict(incident, max(known, key=lambda c: (c.at, c.id)).id if known else NO_COMMIT)


def left_out(scored: Mapping[BlameWeights, Sequence[Verdict]]) -> list[Verdict]:
    """Return each case's verdict with the weights that are best on all other cases."""
    cases = len(next(iter(scored.values()), ()))
    return [scored[best(scored, without=n)][n] for n in range(cases)]


def best(
    scored: Mapping[BlameWeights, Sequence[Verdict]], without: int | None = None
) -> BlameWeights:
    """Return the weights with most correct answers minus decoys; of equal ones the wariest."""
    return max(
        scored,
        key=lambda w: (
            sum(v.correct - DECOY * v.decoy for n, v in enumerate(scored[w]) if n != without),
            w.none,
            -w.later,
        ),
    )


def measure(data: Path) -> tuple[Measured, dataset.Figures]:
    """Score the method, and variants of its weights, on every incident in the directory."""
    given = list(incidents(data))
    began = time.perf_counter()
    ranked = {i.name: blame(i.bundle) for i in given}
    took = (time.perf_counter() - began) / (len(given) or 1)
    found = [answered(i) for i in given]
    scored = {weights: [answered(i, weights) for i in given] for weights in GRID}
    rows = {
        "chosen": found,
        "weights chosen leaving the case out": left_out(scored),
        "without words": [answered(i, SILENT) for i in given],
        "latest deployment": [latest(i) for i in given],
        "always none": [verdict(i, NO_COMMIT) for i in given],
    }
    correct, decoys = counted(found)
    figures = {
        "cases": len(given),
        "correct": correct,
        "decoys": decoys,
        "by_case": {i.name: _case(i, v, ranked[i.name]) for i, v in zip(given, found, strict=True)},
        "left_one_out": dict(zip(("correct", "decoys"), counted(rows[_LEFT]), strict=True)),
        "baselines": {
            name: dict(zip(("correct", "decoys"), counted(row), strict=True))
            for name, row in rows.items()
            if name not in ("chosen", _LEFT)
        },
        "settings": CHOSEN_WEIGHTS._asdict(),
        "configurations_scored": BEFORE + len(GRID),
        "seconds_per_case": round(took, 4),
    }
    goals = [
        Goal(what="correct", rule="at least", limit=10, measured=correct),
        Goal(what="decoys blamed", rule="exactly", limit=0, measured=decoys),
    ]
    tables = [
        ResultTable(
            title="Comparison with baselines", rows=[_beside(n, r) for n, r in rows.items()]
        ),
        ResultTable(
            title="By case",
            rows=[_row(i, v, ranked[i.name]) for i, v in zip(given, found, strict=True)],
        ),
        ResultTable(
            title="Sensitivity to two weights", rows=[_weights_row(w, r) for w, r in scored.items()]
        ),
        ResultTable(title="Published, on all 24 incidents", rows=list(PUBLISHED)),
    ]
    about = f"Attribution of incidents to changes.\n{_ABOUT}"
    return Measured(benchmark="change", about=about, goals=goals, tables=tables), figures


_LEFT: Final = "weights chosen leaving the case out"
_ABOUT: Final = (
    "The rootcausebench format (EdgeDelta): alert, logs, metrics, traces, commits, deployments. "
    "No language model is used. A case is correct if the exact commit is named, or `none` where "
    "none is to blame; a decoy is the worst answer. The features were designed after reading the "
    "commits of these incidents, so the leave-one-out row covers only the choice of weights. In "
    "the table by case, a negative value is evidence against the commit that is to blame: time "
    "since it, share of the failures that depend on it, its effect, words that it shares with new "
    "log lines. The change seat reads no text from outside (docs/decisions.md), so its result is "
    "the row without words."
)


def counted(verdicts: Sequence[Verdict]) -> tuple[int, int]:
    """Return the numbers of correct answers and of decoys."""
    return sum(v.correct for v in verdicts), sum(v.decoy for v in verdicts)


def _beside(name: str, verdicts: Sequence[Verdict]) -> dict[str, Cell]:
    correct, decoys = counted(verdicts)
    return {"answer": name, "cases": len(verdicts), "correct": correct, "decoys blamed": decoys}


def _weights_row(weights: BlameWeights, verdicts: Sequence[Verdict]) -> dict[str, Cell]:
    correct, decoys = counted(verdicts)
    return {
        "log-weight of none": weights.none,
        "delay, s": weights.later,
        "correct": correct,
        "decoys blamed": decoys,
    }


def _case(incident: BenchIncident, given: Verdict, ranked: Sequence[Blame]) -> dict[str, object]:
    return {
        "answer": given.answer,
        "correct": given.correct,
        "decoy": given.decoy,
        "probability": round(ranked[0].probability, 4),
        "lacked": None if given.correct else _lacked(incident, ranked),
    }


def _lacked(incident: BenchIncident, ranked: Sequence[Blame]) -> str:
    """Return the evidence against the commit that is to blame."""
    true = next((one for one in ranked if one.change == incident.culprit), None)
    if incident.culprit == NO_COMMIT:
        return f"{ranked[0].effect}, and shares its words with the logs"
    if true is None:
        return "not among the changes before the first signs"
    against = [name for name, part in true.parts._asdict().items() if part < 0]
    return f"p = {true.probability:.2f}; evidence against it: {', '.join(against) or 'none'}"


def _row(incident: BenchIncident, given: Verdict, ranked: Sequence[Blame]) -> dict[str, Cell]:
    true = {one.change or NO_COMMIT: one for one in ranked}.get(incident.culprit)
    parts = true.parts._asdict() if true and true.change else {}
    return {
        "case": incident.name,
        "to blame": incident.culprit[:8],
        "answer": given.answer[:8],
        "": "right" if given.correct else "**decoy**" if given.decoy else "wrong",
        "probability": round(ranked[0].probability, 2),
        "kind of effect": true.effect if true and true.change else None,
        **{name: round(parts[name], 1) if parts else None for name in Blame("", 0).parts._fields},
    }


if __name__ == "__main__":
    sys.exit(dataset.main("change", measure))

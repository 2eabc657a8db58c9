"""Which commit is to blame, or none: `python -m benchmarks.change --data DIR`.

The method is `functions.diagnosis.change_blame` over a bundle made of the incident's files.
Correct: the exact commit, or `none` where there is none. Blaming a decoy is the worst answer.
"""

import sys
import time
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks import dataset
from benchmarks.incidents import Incident, incidents
from benchmarks.result import Cell, Goal, Measured, Table
from functions.diagnosis.change_blame import CHOSEN_WEIGHTS, Blame, BlameWeights, blame
from functions.diagnosis.first_signs import signs

NOBODY: Final = "none"
DECOY: Final = 2
"""How many correct answers a decoy costs when weights are chosen."""
GRID: Final = tuple(
    CHOSEN_WEIGHTS._replace(none=none, later=later)
    for none, later in product((-1.0, -0.5, 0.0, 0.25, 0.5, 1.0), (300.0, 600.0, 900.0, 1800.0))
)
SILENT: Final = CHOSEN_WEIGHTS._replace(lost=1e-9, gained=1e-9, about=1e-9)
"""Without the words: what is left to a seat that reads no outsider's text."""
BEFORE: Final = 1300
"""Sets of weights that were scored, and variants of the features, while it was drawn up."""
PUBLISHED: Final[tuple[dict[str, Cell], ...]] = (
    {"method": "best scripts", "correct of 24": 7, "decoy hits": 17},
    {"method": "best language models", "correct of 24": 24, "decoy hits": 0},
)


class Verdict(NamedTuple):
    """An answer, and whether it is right."""

    answer: str
    correct: bool
    decoy: bool


def verdict(incident: Incident, answer: str) -> Verdict:
    """Return how good the answer is."""
    return Verdict(answer, answer == incident.culprit, answer in incident.decoys)


def answered(incident: Incident, weights: BlameWeights = CHOSEN_WEIGHTS) -> Verdict:
    """Return the verdict on the most probable change, or on none."""
    return verdict(incident, blame(incident.bundle, weights)[0].change or NOBODY)


def latest(incident: Incident) -> Verdict:
    """Return the verdict on the last deployment before the first signs: the usual script."""
    before = signs(incident.bundle).last
    known = [c for c in incident.bundle.changes if c.at <= before and c.after is not None]
    return verdict(incident, max(known, key=lambda c: (c.at, c.id)).id if known else NOBODY)


def left_out(scored: Mapping[BlameWeights, Sequence[Verdict]]) -> list[Verdict]:
    """Return each case's verdict with the weights that are best on all the others."""
    cases = len(next(iter(scored.values()), ()))
    return [scored[best(scored, without=n)][n] for n in range(cases)]


def best(
    scored: Mapping[BlameWeights, Sequence[Verdict]], without: int | None = None
) -> BlameWeights:
    """Return the weights with most correct answers, decoys counting against; else the wariest."""
    return max(
        scored,
        key=lambda w: (
            sum(v.correct - DECOY * v.decoy for n, v in enumerate(scored[w]) if n != without),
            w.none,
            -w.later,
        ),
    )


def measure(data: Path) -> tuple[Measured, dataset.Figures]:
    """Score the method on every incident in the directory, and what its weights change."""
    given = list(incidents(data))
    began = time.perf_counter()
    told = {i.name: blame(i.bundle) for i in given}
    took = (time.perf_counter() - began) / (len(given) or 1)
    found = [answered(i) for i in given]
    scored = {weights: [answered(i, weights) for i in given] for weights in GRID}
    rows = {
        "chosen": found,
        "weights chosen leaving the case out": left_out(scored),
        "without words": [answered(i, SILENT) for i in given],
        "latest deployment": [latest(i) for i in given],
        "always none": [verdict(i, NOBODY) for i in given],
    }
    correct, decoys = counted(found)
    figures = {
        "cases": len(given),
        "correct": correct,
        "decoys": decoys,
        "by_case": {i.name: _case(i, v, told[i.name]) for i, v in zip(given, found, strict=True)},
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
        Table(title="Beside simpler answers", rows=[_beside(n, r) for n, r in rows.items()]),
        Table(
            title="By case",
            rows=[_row(i, v, told[i.name]) for i, v in zip(given, found, strict=True)],
        ),
        Table(title="What two weights do", rows=[_weighed(w, r) for w, r in scored.items()]),
        Table(title="Published, on all 24 incidents", rows=list(PUBLISHED)),
    ]
    about = f"Which change is to blame, or none.\n{_ABOUT}"
    return Measured(benchmark="change", about=about, goals=goals, tables=tables), figures


_LEFT: Final = "weights chosen leaving the case out"
_ABOUT: Final = (
    "The rootcausebench format (EdgeDelta): alert, logs, metrics, traces, commits, deployments. "
    "No language model. A case is correct when the exact commit is blamed, or `none` where none "
    "is; a decoy blamed is the worst. The features were drawn up after reading the commits of "
    "these incidents, so the weights' leaving-one-out row says only what the weights owe to a "
    "case. In the table by case, a part below 0 speaks against the commit that was to blame: "
    "time since it, share of what fails that depends on it, what it did, words that it shares "
    "with new log lines. The change seat reads no outsider's text (docs/decisions.md), so to it "
    "the row without words applies."
)


def counted(verdicts: Sequence[Verdict]) -> tuple[int, int]:
    """Return how many are correct, and how many blame a decoy."""
    return sum(v.correct for v in verdicts), sum(v.decoy for v in verdicts)


def _beside(name: str, verdicts: Sequence[Verdict]) -> dict[str, Cell]:
    correct, decoys = counted(verdicts)
    return {"answer": name, "cases": len(verdicts), "correct": correct, "decoys blamed": decoys}


def _weighed(weights: BlameWeights, verdicts: Sequence[Verdict]) -> dict[str, Cell]:
    correct, decoys = counted(verdicts)
    return {
        "log-weight of none": weights.none,
        "delay, s": weights.later,
        "correct": correct,
        "decoys blamed": decoys,
    }


def _case(incident: Incident, given: Verdict, told: Sequence[Blame]) -> dict[str, object]:
    return {
        "answer": given.answer,
        "correct": given.correct,
        "decoy": given.decoy,
        "probability": round(told[0].probability, 4),
        "lacked": None if given.correct else _lacked(incident, told),
    }


def _lacked(incident: Incident, told: Sequence[Blame]) -> str:
    """Return which parts spoke against the commit to blame."""
    true = next((one for one in told if one.change == incident.culprit), None)
    if incident.culprit == NOBODY:
        return f"{told[0].effect}, and its words are those of the logs"
    if true is None:
        return "not among the changes before the first signs"
    against = [name for name, part in true.parts._asdict().items() if part < 0]
    return f"p = {true.probability:.2f}: {', '.join(against) or 'nothing'} spoke against it"


def _row(incident: Incident, given: Verdict, told: Sequence[Blame]) -> dict[str, Cell]:
    true = {one.change or NOBODY: one for one in told}.get(incident.culprit)
    parts = true.parts._asdict() if true and true.change else {}
    return {
        "case": incident.name,
        "to blame": incident.culprit[:8],
        "answer": given.answer[:8],
        "": "right" if given.correct else "**decoy**" if given.decoy else "wrong",
        "its probability": round(told[0].probability, 2),
        "what it did": true.effect if true and true.change else None,
        **{name: round(parts[name], 1) if parts else None for name in Blame("", 0).parts._fields},
    }


if __name__ == "__main__":
    sys.exit(dataset.main("change", measure))

"""Counts per cell, from the outcomes of its runs."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from statistics import fmean, median
from typing import Any, Final, NamedTuple

from benchmarks.pace.cells import Cell
from benchmarks.pace.plan import Group
from benchmarks.pace.run import Ballot, Outcome, run

BINS: Final = (0.0, 0.4, 0.6, 0.7, 0.8, 0.9)
PERIODS_TO_DECIDE: Final = 2
SOON: Final = 600.0
"""Seconds within which a service of one request a minute should be decided on."""


class Trial(NamedTuple):
    """All runs of one seed: by itself, a right action approved, and a wrong one on purpose."""

    alone: Outcome
    right: Outcome
    """The run in which the right action was taken, by itself or approved."""
    wrong: Outcome | None


def trial(cell: Cell, seed: int, *, wrongly: bool) -> Trial:
    """Run one seed. The approved right action is a run of its own where none was taken."""
    alone = run(cell, seed)
    taken = alone.effect_right or alone.fired is None or cell.fault in {"none", "external"}
    right = alone if taken else run(cell, seed, mode="approve")
    wrong = run(cell, seed, mode="approve", policy="wrong") if wrongly else None
    return Trial(alone, right, wrong)


def row(cell: Cell, trials: Sequence[Trial], group: Group = "pairwise") -> dict[str, Any]:
    """Return the cell's counts. Times are medians in seconds; None where there is none.

    `right` and `wrong` count actions taken without asking, `asked` approval requests. Of the right
    actions, taken or approved: `undone_right`, `unverified_right`. Of wrong ones that a person
    approved on purpose, and of any taken: `kept_wrong`, those not undone while the fault persists.
    `floor` is what the alarm and the delivery alone cost: from the fault to the alarm, and from the
    right effect to the alarm's OK.
    """
    alone = [one.alone for one in trials]
    acted_right = [one.right for one in trials if one.right.effect_right]
    acted_wrong = [
        one
        for pair in trials
        for one in (pair.alone, pair.wrong)
        if one is not None and one.effect is not None and not one.effect_right
    ]
    right = [one for one in alone if one.decided == "right"]
    asked = [one for one in alone if one.decided == "asked"]
    limit = PERIODS_TO_DECIDE * cell.alarm.period
    return {
        "fault": cell.fault,
        "share": cell.share,
        "rate": cell.rate,
        "lag_s": cell.lag,
        "partial": cell.partial,
        "alarm": str(cell.alarm),
        "metric": "latency" if cell.fault == "latency" else cell.metric,
        "topology": cell.topology,
        "runs": len(trials),
        "right": len(right),
        "wrong": sum(one.decided == "wrong" for one in alone),
        "asked": len(asked),
        "undone_right": sum(one.undone for one in acted_right),
        "unverified_right": sum(one.verdict == "unverified" for one in acted_right),
        "kept_wrong": sum(not one.undone for one in acted_wrong),
        "decision_s": _median(one.decision for one in right),
        "recovered_s": _median(one.verified for one in acted_right),
        "floor": {
            "alarm_s": _median(one.fired for one in alone),
            "ok_s": _median(one.alarm_ok for one in acted_right),
        },
        "more": {
            "group": group,
            "throttled": cell.throttled,
            "no_alarm": sum(one.fired is None for one in alone),
            "right_in_time": sum((one.decision or 0.0) <= limit for one in right),
            "right_soon": sum((one.effect or 0.0) <= SOON for one in right),
            "asked_right": sum(one.proposal_right for one in asked),
            "acted_right": len(acted_right),
            "failed_right": sum(one.verdict == "failed" for one in acted_right),
            "acted_wrong": len(acted_wrong),
            "unverified_wrong": sum(one.verdict == "unverified" for one in acted_wrong),
            "recovered_wrong": sum(one.verdict == "recovered" for one in acted_wrong),
            "first_message_s": _median(one.first_message for one in alone),
            "score": _score(alone),
            "why": _most_common(one.why for one in alone if one.decided != "right" and one.why),
            "errors": sorted({one.error for one in alone if one.error}),
        },
    }


def healthy(cells: Iterable[tuple[Cell, Sequence[Trial]]]) -> dict[str, Any]:
    """Return the runs without a fault: how many, how many alarms fired, and what was done."""
    kinds: defaultdict[str, list[Outcome]] = defaultdict(list)
    for cell, trials in cells:
        kinds[str(cell.twin)] += [one.alone for one in trials]
    every = [one for found in kinds.values() for one in found]
    return {**_twins(every), "kinds": {kind: _twins(found) for kind, found in kinds.items()}}


def _twins(found: Sequence[Outcome]) -> dict[str, int]:
    decided = Counter(one.decided for one in found)
    return {
        "runs": len(found),
        "acted": decided["right"] + decided["wrong"],
        "fired": sum(one.fired is not None for one in found),
        "asked": decided["asked"],
        "dismissed": decided["dismiss"],
    }


def calibration(trials: Iterable[Trial]) -> list[dict[str, Any]]:
    """Return per seat and confidence: votes, mean confidence, share that was right, Brier score."""
    found: defaultdict[tuple[str, float], list[Ballot]] = defaultdict(list)
    for one in trials:
        for ballot in one.alone.ballots:
            low = max(edge for edge in BINS if ballot.confidence >= edge)
            for seat in (ballot.seat, "all seats"):
                found[seat, low].append(ballot)
    return [
        {
            "seat": seat,
            "confidence from": low,
            "votes": len(ballots),
            "mean": round(fmean(b.confidence for b in ballots), 3),
            "right": round(fmean(b.right for b in ballots), 3),
            "brier": round(fmean((b.confidence - b.right) ** 2 for b in ballots), 3),
        }
        for (seat, low), ballots in sorted(found.items())
    ]


def _score(alone: Sequence[Outcome]) -> float | None:
    scores = [one.score for one in alone if one.fired is not None]
    return round(fmean(scores), 3) if scores else None


def _most_common(reasons: Iterable[str]) -> str:
    counted = Counter(reason[:120] for reason in reasons)
    return next((reason for reason, _ in counted.most_common(1)), "")


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(median(known), 1) if known else None

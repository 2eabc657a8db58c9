"""Goals and tables of the document, from the counts per cell."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

from benchmarks.result import Cell, Goal, Measured, ResultTable

ABOUT: Final = """At AWS's own pace.

No AWS account was used. Real, in process and on a virtual clock: intake, evidence, the ten seats,
consensus, executor with its verbs, approval, verification, closing, and the state machine's
definition, which is interpreted. Simulated: CloudWatch metrics (delivered 30 to 240 s after a
period's end, half or nothing of it visible before), alarms (evaluation range, M of N, four modes of
missing data, bands, composites), logs, CloudTrail, throttling, stale reads, Lambda's and DynamoDB's
settings, requests with a daily season, the duration of each task, and people who answer after one
to five minutes. Every constant and its source is in [`facts.py`](../benchmarks/pace/facts.py).
*Right*: the fault is ended without asking. Where no right action was taken, one is approved, so
that verification is measured in every cell; in half of the runs a person approves a wrong one on
purpose. The *floor* is what the alarm and the delivery cost alone."""
Row = dict[str, Any]
TWO: Final = 2
BY_RATE: Final = "By requests a minute: total failures decided right, %"
BY_LAG: Final = "By delivery of metrics: total failures decided right, %"
CURVES: Final = ("1/1 single", "1/1 pair", "3/5 single", "3/5 pair")
_OTHERS: Final = (("runs", 1), ("right_soon", -1), ("no_alarm", -1))


def measured(result: Row) -> Measured:
    """Return goals and tables of the run."""
    cells: list[Row] = result["cells"]
    return Measured(
        benchmark="pace",
        about=ABOUT,
        goals=list(_goals(result)),
        tables=[table for table in _tables(cells, result) if table.rows],
    )


def _goals(result: Row) -> Iterator[Goal]:
    cells: list[Row] = result["cells"]
    goal, quiet = _group(cells, "goal"), [c for c in _group(cells, "quiet") if c["rate"] == 1]
    busy = [c for c in cells if c["rate"] >= 3]  # noqa: PLR2004 - the goal's
    for what, rule, limit, value in (
        (
            "% of total failures decided right within two periods, >= 10 requests/min",
            "at least",
            95,
            _percent(goal, "right_in_time", "runs"),
        ),
        (
            "the same in the worst of its kinds (alarm, topology, requests/min)",
            "at least",
            95,
            _worst(goal),
        ),
        (
            "% of total failures at 1 request/min acted on rightly within 10 minutes",
            "at least",
            70,
            _percent(quiet, "right_soon", "runs"),
        ),
        (
            "% of the others at 1 request/min asked about with the right proposal",
            "at least",
            95,
            _asked_rightly(quiet),
        ),
        (
            "% of right actions undone",
            "at most",
            1,
            _percent(cells, "undone_right", "acted_right"),
        ),
        (
            "% of right actions unverified at the end, >= 3 requests/min",
            "at most",
            10,
            _percent(busy, "unverified_right", "acted_right"),
        ),
        (
            "seconds from the alarm to the first message, worst cell",
            "at most",
            30,
            max((c["more"]["first_message_s"] or 0.0 for c in cells), default=0.0),
        ),
        ("score lost to throttled sources", "at most", 0.01, _cost(_group(cells, "sources"))),
        (
            "wrong actions taken without asking",
            "at most",
            0,
            sum(c["wrong"] for c in cells),
        ),
        ("runs without a fault that acted", "at most", 0, result["healthy"]["acted"]),
        ("runs without a fault", "at least", 3000, result["healthy"]["runs"]),
    ):
        yield Goal.model_validate({"what": what, "rule": rule, "limit": limit, "measured": value})


def _tables(cells: Sequence[Row], result: Row) -> Iterator[ResultTable]:
    yield _by(
        _group(cells, "goal"), "A release that fails every request", ("alarm", "topology", "rate")
    )
    yield _by(_group(cells, "goal"), "The same by delivery", ("lag_s", "partial", "alarm"))
    total = [*_group(cells, "quiet"), *_group(cells, "goal")]
    yield _curves(total, BY_RATE, "rate", "requests a minute")
    yield _curves(_group(cells, "goal"), BY_LAG, "lag_s", "seconds of delivery")
    yield _by(_group(cells, "quiet"), "Services with few requests", ("alarm", "topology", "rate"))
    yield _by(
        _group(cells, "frontier"), "Smaller, slower and later faults", ("fault", "alarm", "rate")
    )
    yield _by(
        _group(cells, "other"),
        "Metrics only on failure, tables, faults from outside",
        ("fault", "metric", "alarm"),
    )
    yield _by(_group(cells, "sources"), "Throttled sources", ("topology", "rate", "throttled"))
    yield _by(_group(cells, "pairwise"), "Every pair of factors, by fault", ("fault",))
    yield _by(_group(cells, "pairwise"), "Every pair of factors, by alarm", ("alarm",))
    yield _by(_group(cells, "pairwise"), "Every pair of factors, by topology", ("topology",))
    yield _by(_group(cells, "pairwise"), "Every pair of factors, by requests a minute", ("rate",))
    yield ResultTable(title="Misses", rows=list(_misses(cells)))
    yield ResultTable(
        title="Runs without a fault",
        rows=[{"trouble": kind, **counts} for kind, counts in result["healthy"]["kinds"].items()],
    )
    yield ResultTable(
        title="Calibration of all seats",
        rows=[row for row in result["calibration"] if row["seat"] == "all seats"],
    )
    yield ResultTable(title="Calibration by seat", rows=_by_seat(result["calibration"]))


def _worst(cells: Sequence[Row]) -> float:
    """Return the lowest share in time, in percent, over alarms, topologies and rates."""
    kinds = {(c["alarm"], c["topology"], c["rate"]) for c in cells}
    return min(
        (
            _percent(
                [c for c in cells if (c["alarm"], c["topology"], c["rate"]) == kind],
                "right_in_time",
                "runs",
            )
            for kind in kinds
        ),
        default=0.0,
    )


def _by(cells: Iterable[Row], title: str, keys: tuple[str, ...]) -> ResultTable:
    """Return a table with one row per combination of the keys."""
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for cell in cells:
        groups.setdefault(tuple(_key(cell, key) for key in keys), []).append(cell)
    return ResultTable(
        title=title,
        rows=[
            {**dict(zip(keys, group, strict=True)), **_counts(found)}
            for group, found in groups.items()
        ],
    )


def _curves(cells: Sequence[Row], title: str, key: str, name: str) -> ResultTable:
    """Return the share decided right without asking, in percent, per alarm and topology."""
    rows = []
    for level in sorted({cell[key] for cell in cells}):
        found: dict[str, Cell] = {name: level}
        for curve in CURVES:
            alarm, topology = curve.split()
            here = [
                cell
                for cell in cells
                if cell[key] == level
                and cell["alarm"].startswith(alarm)
                and cell["topology"] == topology
            ]
            found[curve] = _percent(here, "right", "runs")
        rows.append(found)
    return ResultTable(title=title, rows=rows)


def _key(cell: Row, key: str) -> Cell:
    value = cell["more"]["throttled"] if key == "throttled" else cell[key]
    if key == "partial":
        return "half" if value else "none"
    return str(value) if isinstance(value, bool) else value


def _counts(cells: Sequence[Row]) -> dict[str, Cell]:
    """Return the sums of the cells as shares, and the middle of their medians."""
    return {
        "runs": _total(cells, "runs"),
        "% right": _percent(cells, "right", "runs"),
        "% in time": _percent(cells, "right_in_time", "runs"),
        "% asked": _percent(cells, "asked", "runs"),
        "of these right": _percent(cells, "asked_right", "asked"),
        "wrong": _total(cells, "wrong"),
        "% undone": _percent(cells, "undone_right", "acted_right"),
        "% unverified": _percent(cells, "unverified_right", "acted_right"),
        "kept wrong": f"{_total(cells, 'kept_wrong')}/{_total(cells, 'acted_wrong')}",
        "alarm s (floor)": _middle(cells, lambda c: c["floor"]["alarm_s"]),
        "decision s": _middle(cells, lambda c: c["decision_s"]),
        "OK s (floor)": _middle(cells, lambda c: c["floor"]["ok_s"]),
        "recovered s": _middle(cells, lambda c: c["recovered_s"]),
    }


def _misses(cells: Sequence[Row]) -> Iterator[dict[str, Cell]]:
    """Yield the cells that miss a goal, with the most common reason."""
    for cell in cells:
        more, missed = cell["more"], []
        if more["group"] == "goal" and more["right_in_time"] < 0.95 * cell["runs"]:
            missed.append(f"{more['right_in_time']}/{cell['runs']} in time")
        if cell["undone_right"]:
            missed.append(f"{cell['undone_right']}/{more['acted_right']} undone")
        if cell["rate"] >= 3 and cell["unverified_right"] > 0.1 * more["acted_right"]:  # noqa: PLR2004
            missed.append(f"{cell['unverified_right']}/{more['acted_right']} unverified")
        if cell["wrong"]:
            missed.append(f"{cell['wrong']} wrong")
        if cell["kept_wrong"]:
            missed.append(f"{cell['kept_wrong']}/{more['acted_wrong']} kept wrong")
        if missed:
            yield {
                "fault": cell["fault"],
                "requests/min": cell["rate"],
                "lag": f"{cell['lag_s']} {_key(cell, 'partial')}",
                "alarm": cell["alarm"],
                "metric": cell["metric"],
                "topology": cell["topology"],
                "missed": "; ".join(missed),
                "score": more["score"],
                "reason": str(more["why"]).replace("|", "/"),
            }


def _by_seat(rows: Iterable[Row]) -> list[dict[str, Cell]]:
    """Return one row per seat: its votes, mean confidence, share right and Brier score."""
    seats: dict[str, list[Row]] = {}
    for row in rows:
        seats.setdefault(row["seat"], []).append(row)
    return [
        {
            "seat": seat,
            "votes": votes,
            **{name: _mean(found, name) for name in ("mean", "right", "brier")},
        }
        for seat, found in sorted(seats.items())
        if (votes := sum(row["votes"] for row in found))
    ]


def _mean(rows: Sequence[Row], name: str) -> float:
    votes = sum(row["votes"] for row in rows)
    return round(float(sum(row[name] * row["votes"] for row in rows) / votes), 3)


def _asked_rightly(cells: Sequence[Row]) -> float:
    """Return the share of the runs that did not act soon in which a person got the right proposal.

    Runs whose alarm never fired do not count.
    """
    others = sum(_total(cells, name) * sign for name, sign in _OTHERS)
    return round(100 * _total(cells, "asked_right") / others, 1) if others else 100.0


def _cost(cells: Sequence[Row]) -> float:
    """Return the greatest score that a cell loses when its sources are throttled."""
    names = ("fault", "rate", "lag_s", "partial", "alarm", "metric", "topology")
    scores: dict[tuple[Any, ...], dict[bool, float]] = {}
    for cell in cells:
        place = scores.setdefault(tuple(cell[name] for name in names), {})
        place[cell["more"]["throttled"]] = cell["more"]["score"] or 0.0
    lost = (found[False] - found[True] for found in scores.values() if len(found) == TWO)
    return round(max(lost, default=0.0), 3)


def _group(cells: Iterable[Row], group: str) -> list[Row]:
    return [cell for cell in cells if cell["more"]["group"] == group]


def _total(cells: Iterable[Row], name: str) -> int:
    return sum(int(cell.get(name, cell["more"].get(name)) or 0) for cell in cells)


def _percent(cells: Sequence[Row], name: str, of: str) -> float:
    """Return the share in percent; 0 of nothing."""
    total = _total(cells, of)
    return round(100 * _total(cells, name) / total, 1) if total else 0.0


def _middle(cells: Iterable[Row], value: Callable[[Row], float | None]) -> int | None:
    known = sorted(found for cell in cells if (found := value(cell)) is not None)
    return round(known[len(known) // 2]) if known else None

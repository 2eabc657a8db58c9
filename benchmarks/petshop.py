"""Reader of the petshop format: a call graph, a normal period, and issues of five rows.

A scenario is a directory with `graph.csv` (adjacency, caller to callee), `noissue/metrics.csv` and
`train|test/issue_*/{metrics.csv,target.json}` (Hardt et al., CLeaR 2024, arXiv 2311.04806).
Availability is the percentage of successful requests; with the number of requests it gives the
number of errors.
"""

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path
from typing import Final, NamedTuple

from quorum.domain.base import OutsiderText
from quorum.domain.evidence import Alarm, Bundle, Edge, Measure, Series

PERIOD: Final = 300
AVERAGE: Final = "Average"
Rows = Mapping[tuple[str, str], Sequence[float | None]]
"""(node, metric) → one value per row, None if missing; sums and averages only."""
METRICS: Final = ("latency", "availability")


def resource(node: str) -> str:
    """Return the resource id of a node."""
    return f"other:{re.sub(r'[^A-Za-z0-9_./:-]', '_', node)}"


class Issue(NamedTuple):
    """One case: the node and metric with the symptom, and the faulty node."""

    name: str
    split: str
    target: str
    metric: str
    root: str
    rows: Rows


class PetshopScenario(NamedTuple):
    """One traffic scenario."""

    name: str
    edges: tuple[Edge, ...]
    normal: Rows
    issues: tuple[Issue, ...]


def scenarios(data: Path) -> Iterator[PetshopScenario]:
    """Yield the scenarios in the directory, which may itself be a scenario."""
    for graph in sorted([*data.glob("graph.csv"), *data.glob("*/graph.csv")]):
        yield _scenario(graph.parent)


def cut(rows: Rows, start: int, end: int) -> Rows:
    """Return the rows from `start` to before `end`."""
    return {key: values[start:end] for key, values in rows.items()}


def length(rows: Rows) -> int:
    """Return the number of rows."""
    return max(map(len, rows.values()), default=0)


def bundle(
    edges: tuple[Edge, ...], target: str, metric: str, normal: Rows, abnormal: Rows
) -> Bundle:
    """Return the evidence: normal rows, the onset, abnormal rows."""
    onset = length(normal) * PERIOD
    rows = {
        key: [
            *normal.get(key, [None] * length(normal)),
            *abnormal.get(key, [None] * length(abnormal)),
        ]
        for key in sorted({*normal, *abnormal})
    }
    nodes = sorted({node for node, _ in rows})
    watched: Measure = "latency" if metric == "latency" else "errors"
    return Bundle(
        incident_id="0" * 32,
        round=1,
        taken_at=datetime.fromtimestamp(onset + length(abnormal) * PERIOD, UTC),
        alarms=(_alarm(target, onset),),
        onset=onset,
        series=tuple(s for n in nodes for s in _series(n, rows, watched if n == target else None)),
        edges=edges,
    )


def _scenario(folder: Path) -> PetshopScenario:
    lines = list(csv.reader((folder / "graph.csv").read_text().splitlines()))
    edges = tuple(
        Edge(caller=resource(line[0]), callee=resource(callee))
        for line in lines[1:]
        for callee, value in zip(lines[0][1:], line[1:], strict=True)
        if float(value)
    )
    issues = sorted(folder.glob("t*/issue_*"))
    return PetshopScenario(
        folder.resolve().name,
        edges,
        _rows(folder / "noissue" / "metrics.csv"),
        tuple(map(_issue, issues)),
    )


def _issue(folder: Path) -> Issue:
    truth = json.loads((folder / "target.json").read_text())
    target = truth["target"]
    return Issue(
        f"{folder.parent.name}/{folder.name}",
        folder.parent.name,
        target["node"],
        target["metric"],
        truth["root_cause"]["node"],
        _rows(folder / "metrics.csv"),
    )


def _rows(file: Path) -> Rows:
    """Return the columns of averages and sums; the file begins with four header lines."""
    nodes, metrics, statistics, _, *lines = csv.reader(file.read_text().splitlines())
    return {
        (nodes[n], metrics[n]): [_number(line[n]) for line in lines]
        for n in range(1, len(nodes))
        if statistics[n] == (AVERAGE if metrics[n] in METRICS else "Sum")
    }


def _number(text: str) -> float | None:
    value = float(text or "nan")
    return value if isfinite(value) else None


def _alarm(target: str, onset: int) -> Alarm:
    return Alarm(
        name="slo",
        arn="slo",
        kind="metric",
        account="0" * 12,
        region="eu-west-1",
        resources=(resource(target),),
        fired_at=datetime.fromtimestamp(onset, UTC),
        reason=OutsiderText(outsider=""),
        period_seconds=PERIOD,
    )


def _series(node: str, rows: Rows, watched: Measure | None) -> Iterator[Series]:
    nothing: Sequence[float | None] = [None] * length(rows)
    requests = rows.get((node, "requests"), nothing)
    share = rows.get((node, "availability"), nothing)
    failed = [
        None if q is None or a is None else round(q * (1 - a / 100), 6)
        for q, a in zip(requests, share, strict=True)
    ]
    times = rows.get((node, "latency"), [])
    for measure, values in (("requests", requests), ("errors", failed), ("latency", times)):
        points = tuple((n * PERIOD, v) for n, v in enumerate(values) if v is not None)
        if points:
            yield Series.model_validate(
                {
                    "id": f"{resource(node)}/{measure}",
                    "resource": resource(node),
                    "measure": measure,
                    "statistic": AVERAGE if measure == "latency" else "Sum",
                    "period_seconds": PERIOD,
                    "points": points,
                    "alarmed": measure == watched,
                }
            )

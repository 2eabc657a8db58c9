"""Reader of the rootcausebench format: one evidence bundle per incident directory.

`data/{alert,traces}.json`, `logs.ndjson`, `metrics.csv`, `context/{commits,deploys}.json`, and the
answer in `ground_truth.json` (rootcausebench, EdgeDelta, Apache-2.0).
"""

import csv
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, NamedTuple

from functions.evidence.templates import mine_templates
from quorum.domain.base import OutsiderText
from quorum.domain.evidence import Alarm, Bundle, Change, Edge, Series
from quorum.ports.telemetry import LogLine

Row = dict[str, Any]
PERIOD: Final = 60
UNPLACED: Final = "other:unplaced"
"""The resource of a commit that has no deployment of its own."""


class BenchIncident(NamedTuple):
    """One case: the evidence, the commit to blame or `none`, and the decoys."""

    name: str
    bundle: Bundle
    culprit: str
    decoys: frozenset[str]


def incidents(data: Path) -> Iterator[BenchIncident]:
    """Yield the incidents in the directory, which may itself be an incident."""
    for file in sorted([*data.glob("ground_truth.json"), *data.glob("*/ground_truth.json")]):
        answer = json.loads(file.read_text())
        yield BenchIncident(
            answer.get("scenario") or file.parent.name,
            bundle(file.parent / "data"),
            answer["root_cause_commit"],
            frozenset(answer.get("decoy_deploy_commits", ())),
        )


def bundle(data: Path) -> Bundle:
    """Return the incident's evidence, without reading the answer."""
    alert, traces = _json(data / "alert.json"), _json(data / "traces.json")
    fired = _epoch(alert["fired_at"])
    series = tuple(_series(data / "metrics.csv", alert))
    lines = _lines(data / "logs.ndjson", traces)
    onset = _breach(series, alert, fired)
    ends = [at + PERIOD for s in series for at, _ in s.points[-1:]] + [fired]
    return Bundle(
        incident_id="0" * 32,
        round=1,
        taken_at=datetime.fromtimestamp(max(ends), UTC),
        alarms=(_alarm(alert, fired),),
        onset=onset,
        series=series,
        templates=tuple(t for r in sorted(lines) for t in mine_templates(r, lines[r], onset)),
        changes=tuple(_changes(data / "context")),
        edges=_edges(traces, lines),
    )


def _json(file: Path) -> Any:
    return json.loads(file.read_text()) if file.exists() else []


def _epoch(text: str) -> int:
    return int(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())


def _resource(service: str) -> str:
    return f"other:{re.sub(r'[^A-Za-z0-9_./:-]', '_', service)}"


def _alarm(alert: Row, fired: int) -> Alarm:
    return Alarm(
        name=str(alert.get("monitor", "alert")),
        arn="alert",
        kind="metric",
        account="0" * 12,
        region="eu-west-1",
        resources=(_resource(alert["service"]),),
        fired_at=datetime.fromtimestamp(fired, UTC),
        reason=OutsiderText.of(str(alert.get("summary", ""))),
    )


def _series(file: Path, alert: Row) -> Iterator[Series]:
    values: defaultdict[tuple[str, str], dict[int, float]] = defaultdict(dict)
    for row in csv.DictReader(file.read_text().splitlines()):
        if row["value"] not in ("", "NaN", "nan"):
            values[row["service"], row["metric"]][_epoch(row["timestamp"])] = float(row["value"])
    for (service, metric), points in sorted(values.items()):
        times = sorted(points)
        gaps = sorted(b - a for a, b in pairwise(times))
        yield Series(
            id=f"{_resource(service)}/{metric}",
            resource=_resource(service),
            measure="other",
            statistic="Average",
            period_seconds=gaps[len(gaps) // 2] if gaps else PERIOD,
            points=tuple((at, points[at]) for at in times),
            alarmed=(service, metric) == (alert["service"], alert.get("metric")),
        )


def _breach(series: tuple[Series, ...], alert: Row, fired: int) -> int:
    """Return the start of the breach that the alert fired on, in epoch seconds."""
    limit, seen = alert.get("threshold"), alert.get("observed")
    watched = [s for s in series if s.alarmed]
    if limit is None or seen is None or not watched:
        return fired
    onset, sign = fired, 1 if seen >= limit else -1
    for at, value in reversed([p for p in watched[0].points if p[0] <= fired]):
        if sign * (value - limit) < 0:
            break
        onset = at
    return onset


def _lines(file: Path, traces: list[Row]) -> dict[str, list[LogLine]]:
    """Return the log lines by resource; a failed span adds a line with its name and error."""
    found: defaultdict[str, list[LogLine]] = defaultdict(list)
    for text in file.read_text().splitlines():
        row = json.loads(text)
        line = {"level": row.get("severity_text", "INFO"), "message": str(row.get("msg", ""))}
        at = _epoch(row["timestamp"])
        found[_resource(row["service"])].append(LogLine(at, json.dumps(line)))
    for span in traces:
        if span.get("status") == "ERROR":
            words = (span.get(k) for k in ("name", "error", "status_message"))
            line = {"level": "ERROR", "message": " ".join(str(w) for w in words if w)}
            found[_resource(span["service"])].append(
                LogLine(_epoch(span["start"]), json.dumps(line))
            )
    return dict(found)


def _edges(traces: list[Row], lines: dict[str, list[LogLine]]) -> tuple[Edge, ...]:
    """Return the call graph: calls in traces, and resources named in another's log lines."""
    owner = {(t["trace_id"], t["span_id"]): _resource(t["service"]) for t in traces}
    by_span = {t["span_id"]: _resource(t["service"]) for t in traces}
    calls = set()
    for span in traces:
        if span.get("parent_id"):
            parent = owner.get((span["trace_id"], span["parent_id"]))
            calls.add((parent or by_span.get(span["parent_id"]), _resource(span["service"])))
    named = {r for r in lines if any(_mentions(lines[s], r) for s in lines if s != r)}
    calls |= {(s, r) for r in named for s in lines if s != r and _mentions(lines[s], r)}
    return tuple(Edge(caller=a, callee=b) for a, b in sorted(c for c in calls if c[0]) if a != b)


def _mentions(lines: list[LogLine], resource: str) -> bool:
    name = re.escape(resource.partition(":")[2])
    return any(re.search(rf"(?<![\w-]){name}(?![\w-])", line.message) for line in lines)


def _changes(context: Path) -> Iterator[Change]:
    """Yield the commits as changes, at their own deployment or else at the next one of any."""
    timed = [(_epoch(d["timestamp"]), d) for d in _json(context / "deploys.json")]
    deploys = sorted(timed, key=lambda one: one[0])
    own = {d["commit_sha"]: (at, d) for at, d in reversed(deploys)}
    for commit in _json(context / "commits.json"):
        made = _epoch(commit["timestamp"])
        later = [at for at, _ in deploys if at >= made]
        at, deploy = own.get(commit["sha"], (later[0] if later else None, None))
        if at is not None:
            yield _change(commit, at, deploy)


def _change(commit: Row, at: int, deploy: Row | None) -> Change:
    return Change(
        id=commit["sha"],
        resource=_resource(deploy["service"]) if deploy else UNPLACED,
        kind="alias",
        setting="code",
        not_before=at,
        at=at,
        before=None,
        after=str(deploy.get("version", "")) if deploy else None,
        title=OutsiderText.of(str(commit.get("message", ""))),
        touched=(*(OutsiderText.of(f) for f in commit.get("files_changed") or ()),),
        diff=OutsiderText.of(commit["diff"]) if commit.get("diff") else None,
    )

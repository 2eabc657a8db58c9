"""The benchmarks on public data, with tiny data sets in the same formats."""

import csv
import json
import random
from pathlib import Path
from typing import Any

import pytest

from benchmarks import change, dataset, root_cause
from benchmarks.petshop import scenarios
from benchmarks.result import Result
from benchmarks.rootcausebench import incidents

NODES = ("front", "middle", "back")


def table(file: Path, rows: int, slow: str | None = None, metric: str = "latency") -> None:
    """Write rows of a chain of three nodes, one of which may be slow or fail."""
    dice = random.Random(rows)  # noqa: S311
    columns = [(n, m) for m in ("latency", "availability", "requests") for n in NODES]
    lines = [
        ["microservice", *(n for n, _ in columns)],
        ["metric", *(m for _, m in columns)],
        ["statistic", *("Sum" if m == "requests" else "Average" for _, m in columns)],
        ["unix_timestamp", *("" for _ in columns)],
    ]
    for row in range(rows):
        values: dict[tuple[str, str], float] = {}
        time, ok = 0.0, 100.0
        for node in reversed(NODES):
            time += dice.uniform(0.09, 0.11) + (0.2 if (node, metric) == (slow, "latency") else 0)
            ok -= 5.0 if (node, metric) == (slow, "availability") else 0
            values |= {(node, "latency"): time, (node, "availability"): ok}
            values[node, "requests"] = 100.0
        lines.append([str(row), *("" if dice.random() < 0.05 else str(values[c]) for c in columns)])
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", newline="") as out:
        csv.writer(out).writerows(lines)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Return a directory with one scenario of four issues, the last without a symptom."""
    folder = tmp_path / "calm_traffic"
    table(folder / "noissue" / "metrics.csv", 120)
    calls = {("front", "middle"), ("middle", "back")}
    with (folder / "graph.csv").open("w", newline="") as out:
        csv.writer(out).writerows(
            [["", *NODES], *([a, *(float((a, b) in calls) for b in NODES)] for a in NODES)]
        )
    issues = (
        ("train", "back", "latency"),
        ("test", "middle", "latency"),
        ("test", "back", "availability"),
        ("test", None, "availability"),
    )
    for n, (split, slow, metric) in enumerate(issues):
        issue = folder / split / f"issue_{n}"
        table(issue / "metrics.csv", 5, slow, metric)
        target = {"node": "front", "metric": metric}
        truth = {"target": target, "root_cause": {"node": slow or "back"}}
        (issue / "target.json").write_text(json.dumps(truth))
    return tmp_path


def test_petshop_reads_one_scenario_or_a_folder_of_scenarios(shop: Path) -> None:
    assert list(scenarios(shop)) == list(scenarios(shop / "calm_traffic"))


def test_root_cause_finds_faulty_nodes_and_counts_a_case_without_symptom_as_a_miss(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "found.json"
    dataset.main("root_cause", root_cause.measure, ["--data", str(shop), "--json", str(file)])
    found = json.loads(file.read_text())
    assert (found["cases"], found["pooled"]) == (4, {"top1": 0.75, "top3": 0.75})
    assert found["specificity"] == {"latency": 1.0, "availability": 1.0}
    assert set(found["baselines"]) == {"ranked_correlation", "max_robust_z"}
    assert str(shop) not in file.read_text()
    assert Result.model_validate(found).goals
    assert "nothing named" in capsys.readouterr().out


def incident(folder: Path, culprit: str) -> None:
    """Write an incident after the removal of a guard, beside a harmless change."""
    context = folder / "data" / "context"
    context.mkdir(parents=True)

    def at(minute: int) -> str:
        return f"2026-01-01T10:{minute:02}:00Z"

    files: dict[str, Any] = {
        "data/alert.json": {
            "service": "shop",
            "metric": "errors",
            "threshold": 0.1,
            "observed": 0.5,
            "fired_at": at(42),
        },
        "data/traces.json": [],
        "data/context/commits.json": [
            {
                "sha": "bad",
                "timestamp": at(30),
                "message": "Tidy",
                "files_changed": ["a.py"],
                "diff": "-    if basket is None:\n-        return\n     basket.pay()",
            },
            {
                "sha": "good",
                "timestamp": at(31),
                "message": "Say",
                "files_changed": ["README.md"],
                "diff": "+more",
            },
        ],
        "data/context/deploys.json": [
            {"timestamp": at(39), "service": "shop", "commit_sha": "bad", "version": "7"},
            {"timestamp": at(39), "service": "shop", "commit_sha": "good", "version": "8"},
        ],
        "ground_truth.json": {"root_cause_commit": culprit, "decoy_deploy_commits": ["good"]},
    }
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content))
    lines = [
        {"timestamp": at(m), "service": "shop", "severity_text": "INFO", "msg": "served a page"}
        for m in range(40)
    ]
    lines += [
        {
            "timestamp": at(m),
            "service": "shop",
            "severity_text": "ERROR",
            "msg": "AttributeError: basket is None",
        }
        for m in (40, 41, 42)
    ]
    (folder / "data/logs.ndjson").write_text("\n".join(map(json.dumps, lines)))
    rows = [f"{at(m)},shop,errors,{0.5 if m >= 40 else 0.01}" for m in range(45)]
    (folder / "data/metrics.csv").write_text("\n".join(["timestamp,service,metric,value", *rows]))


def test_change_blames_the_removed_guard_and_counts_a_wrong_answer(tmp_path: Path) -> None:
    incident(tmp_path / "one", "bad")
    incident(tmp_path / "two", "none")
    measured, figures = change.measure(tmp_path)
    assert (figures["cases"], figures["correct"], figures["decoys"]) == (2, 1, 0)
    assert figures["by_case"]["one"]["answer"] == figures["by_case"]["two"]["answer"] == "bad"
    assert figures["by_case"]["two"]["lacked"]
    assert [goal.met for goal in measured.goals] == [False, True]


def test_evidence_does_not_depend_on_the_answer(tmp_path: Path) -> None:
    incident(tmp_path / "one", "bad")
    before = next(incidents(tmp_path)).bundle
    (tmp_path / "one/ground_truth.json").write_text(
        json.dumps({"root_cause_commit": "good", "decoy_deploy_commits": []})
    )
    assert next(incidents(tmp_path)).bundle == before

"""Scenarios, each played once by the command line, and the files that they write."""

import json
import subprocess
import sys
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from local.emulator_install import STATE
from quorum.domain.evidence import Bundle, Candidate
from tests.seat_table import counted, votes

SEEDS = (7, 11, 23)
RUN_SECONDS = 1500
CURABLE = ("bad-release", "throttled-function", "bad-parameter")
Result = dict[str, Any]


def cases(names: tuple[str, ...], fast: set[tuple[str, int]]) -> list[Any]:
    """Return a test case per scenario and seed, marked `fast` if CI runs it."""
    return [
        pytest.param(name, seed, marks=[pytest.mark.fast] if (name, seed) in fast else [])
        for name in names
        for seed in SEEDS
    ]


@cache
def run(scenario: str, seed: int, *options: str) -> Result:
    """Play a scenario; return its result. Fails unless the exit status is 0."""
    file = STATE / f"e2e-{scenario}-{seed}{''.join(options)}.json"
    STATE.mkdir(exist_ok=True)
    file.unlink(missing_ok=True)
    command = ["demo", "--scenario", scenario, "--seed", str(seed), "--json", str(file), *options]
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "local", *command],
        capture_output=True,
        text=True,
        timeout=RUN_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    found: Result = json.loads(file.read_text())
    return found


def bundle(result: Result) -> Bundle:
    """Return the evidence bundle of the run; its digest must be the logged one."""
    body = (STATE / f"evidence-{result['incident'][:8]}.json").read_bytes()
    assert sha256(body).hexdigest() == result["evidence"]
    return Bundle.model_validate_json(body)


def exported(result: Result) -> Path:
    """Return the file with the run's exported incident."""
    return STATE / f"incident-{result['incident'][:8]}.zip"


def report(result: Result) -> str:
    """Return the run's post-mortem."""
    return (STATE / f"post-mortem-{result['incident'][:8]}.md").read_text()


def on(result: Result, resource: str) -> Candidate:
    """Return the candidate action that cites a change of the resource."""
    evidence = bundle(result)
    changes = {change.id for change in evidence.changes}
    own = [c for c in evidence.candidates if c.resource == resource]
    (found,) = [candidate for candidate in own if changes & set(candidate.cites)]
    return found


def score(evidence: Bundle, action: str) -> float:
    """Return the action's score by the votes of the ten seats on this evidence."""
    return float(dict(counted(votes(evidence)).ranking).get(action, 0))


def without_changes(evidence: Bundle, resource: str) -> Bundle:
    """Return the evidence without the changes of the resource."""
    kept = tuple(c for c in evidence.changes if c.resource != resource)
    assert kept != evidence.changes
    return evidence.model_copy(update={"changes": kept})

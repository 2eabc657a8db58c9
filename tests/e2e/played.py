"""Scenarios as a newcomer plays them, each once, and what they left behind."""

import json
import subprocess
import sys
from functools import cache
from hashlib import sha256
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
    """Return a case per scenario and seed; CI does the fast ones."""
    return [
        pytest.param(name, seed, marks=[pytest.mark.fast] if (name, seed) in fast else [])
        for name in names
        for seed in SEEDS
    ]


@cache
def run(scenario: str, seed: int, *options: str) -> Result:
    """Play a scenario and return what it wrote; its exit status must say that it went well."""
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
    """Return the evidence that the run froze; it must be what the log says it is."""
    body = (STATE / f"evidence-{result['incident'][:8]}.json").read_bytes()
    assert sha256(body).hexdigest() == result["evidence"]
    return Bundle.model_validate_json(body)


def report(result: Result) -> str:
    """Return the post-mortem that the run kept."""
    return (STATE / f"post-mortem-{result['incident'][:8]}.md").read_text()


def on(result: Result, resource: str) -> Candidate:
    """Return the candidate that undoes what was changed there; others follow from a setting."""
    evidence = bundle(result)
    changes = {change.id for change in evidence.changes}
    own = [c for c in evidence.candidates if c.resource == resource]
    (found,) = [candidate for candidate in own if changes & set(candidate.cites)]
    return found


def score(evidence: Bundle, action: str) -> float:
    """Return what the ten seats, asked once more about this evidence, give the action."""
    return float(dict(counted(votes(evidence)).ranking).get(action, 0))


def without_changes(evidence: Bundle, resource: str) -> Bundle:
    """Return the evidence without what changed on the resource."""
    kept = tuple(c for c in evidence.changes if c.resource != resource)
    assert kept != evidence.changes
    return evidence.model_copy(update={"changes": kept})

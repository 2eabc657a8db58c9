"""What is asked of every method: the issues, and cuts through the normal period."""

import time
from collections.abc import Iterator
from typing import Final, NamedTuple

from benchmarks.petshop import Rows, Scenario, bundle, cut, length, resource
from functions.diagnosis.excess import quantity
from functions.diagnosis.root_cause import OwnExcess, own_excess
from quorum.domain.evidence import Bundle

ROWS: Final = 5


class Asked(NamedTuple):
    """What a method is given."""

    target: str
    metric: str
    normal: Rows
    abnormal: Rows


class Question(NamedTuple):
    """One question, read once: its evidence, and what all settings of our method share."""

    key: tuple[str, str, str]
    """Scenario, split, metric."""
    true: str | None
    """The resource at fault; None where nothing is."""
    asked: Asked
    evidence: Bundle
    spread: OwnExcess
    seconds: float
    """That reading took, the loading of files apart."""


def cases(scenario: Scenario) -> Iterator[Question]:
    """Yield the scenario's issues."""
    for issue in scenario.issues:
        asked = Asked(issue.target, issue.metric, scenario.normal, issue.rows)
        yield _question(scenario, issue.split, resource(issue.root), asked)


def cuts(scenario: Scenario) -> Iterator[Question]:
    """Yield the normal period cut at N/2, N/2 + N/10, ...: what follows is called abnormal."""
    rows = length(scenario.normal)
    for target, metric in sorted({(i.target, i.metric) for i in scenario.issues}):
        for at in range(rows // 2, rows, max(1, rows // 10)):
            halves = cut(scenario.normal, 0, at), cut(scenario.normal, at, rows)
            yield _question(scenario, "", None, Asked(target, metric, *halves))


def windows(scenario: Scenario) -> Iterator[Question]:
    """Yield five rows, as an issue has, of every ten of the second half of the normal period."""
    half = length(scenario.normal) // 2
    for target, metric in sorted({(i.target, i.metric) for i in scenario.issues}):
        for at in range(half, 2 * half - ROWS, 2 * ROWS):
            halves = cut(scenario.normal, 0, half), cut(scenario.normal, at, at + ROWS)
            yield _question(scenario, "", None, Asked(target, metric, *halves))


def _question(scenario: Scenario, split: str, true: str | None, asked: Asked) -> Question:
    evidence = bundle(scenario.edges, *asked)
    began = time.perf_counter()
    found = own_excess(evidence, quantity(evidence))
    took = time.perf_counter() - began
    return Question((scenario.name, split, asked.metric), true, asked, evidence, found, took)

"""Cases for every method: the issues, and cuts through the normal period."""

import time
from collections.abc import Iterator
from typing import Final, NamedTuple

from benchmarks.petshop import PetshopScenario, Rows, bundle, cut, length, resource
from functions.diagnosis.excess import quantity
from functions.diagnosis.root_cause import OwnExcess, own_excess
from quorum.domain.evidence import Bundle

ROWS: Final = 5


class CaseInput(NamedTuple):
    """The input of a method."""

    target: str
    metric: str
    normal: Rows
    abnormal: Rows


class Case(NamedTuple):
    """One case with its evidence, and the intermediate results that all settings share."""

    key: tuple[str, str, str]
    """Scenario, split, metric."""
    true: str | None
    """The faulty resource; None if there is none."""
    given: CaseInput
    evidence: Bundle
    spread: OwnExcess
    seconds: float
    """Time for the intermediate results, without loading files."""


def issues(scenario: PetshopScenario) -> Iterator[Case]:
    """Yield the scenario's issues."""
    for issue in scenario.issues:
        given = CaseInput(issue.target, issue.metric, scenario.normal, issue.rows)
        yield _case(scenario, issue.split, resource(issue.root), given)


def cuts(scenario: PetshopScenario) -> Iterator[Case]:
    """Yield the normal period cut at N/2, N/2 + N/10, ...; the second part passes as abnormal."""
    rows = length(scenario.normal)
    for target, metric in sorted({(i.target, i.metric) for i in scenario.issues}):
        for at in range(rows // 2, rows, max(1, rows // 10)):
            halves = cut(scenario.normal, 0, at), cut(scenario.normal, at, rows)
            yield _case(scenario, "", None, CaseInput(target, metric, *halves))


def windows(scenario: PetshopScenario) -> Iterator[Case]:
    """Yield five rows, the length of an issue, of every ten in the normal period's second half."""
    half = length(scenario.normal) // 2
    for target, metric in sorted({(i.target, i.metric) for i in scenario.issues}):
        for at in range(half, 2 * half - ROWS, 2 * ROWS):
            halves = cut(scenario.normal, 0, half), cut(scenario.normal, at, at + ROWS)
            yield _case(scenario, "", None, CaseInput(target, metric, *halves))


def _case(scenario: PetshopScenario, split: str, true: str | None, given: CaseInput) -> Case:
    evidence = bundle(scenario.edges, *given)
    began = time.perf_counter()
    found = own_excess(evidence, quantity(evidence))
    took = time.perf_counter() - began
    return Case((scenario.name, split, given.metric), true, given, evidence, found, took)

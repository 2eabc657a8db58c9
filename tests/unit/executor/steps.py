"""Steps that several tests take: an action refused, an action taken that then failed."""

from typing import Any

from quorum.domain.events import ActionRefused
from quorum.domain.incident_records import Verdict
from tests.builders.executor import Case


def refusal(case: Case, approval: str | None = None, **changed: Any) -> tuple[str, str]:
    """Return (guard, reason) of an action that must be refused."""
    assert case.run(approval=approval, **changed) == "refused"
    assert case.actuator.writes == []
    fact = case.facts(ActionRefused)[-1]
    assert not fact.person_may
    return fact.guard, fact.reason


def acted(verdict: Verdict | None = "failed") -> Case:
    case = Case()
    assert case.run() == "acted"
    if verdict:
        case.verify(verdict)
    return case

"""Intake's record of the opening: without it nothing acts autonomously."""

import pytest

from functions.executor.authority import authorise
from functions.executor.guard_context import GuardContext
from functions.executor.guards import GUARDS, check_guards
from functions.executor.refusal import RefusalError
from quorum.domain.commands import Execute
from tests.builders.alarms import alarm
from tests.builders.events import INCIDENT
from tests.builders.executor import Case
from tests.unit.executor.steps import refusal


@pytest.mark.parametrize("name", ["flapping", "storm"])
def test_incident_without_a_stored_opening_is_refused_by_each_guard(name: str) -> None:
    case = Case()
    case.openings._openings.clear()
    fields = {"operation": "act", "incident_id": INCIDENT, "round": 1}
    warrant = authorise(case.deps(), case.incident, Execute.model_validate(fields))
    (guard,) = (guard for guard in GUARDS if guard.name == name)

    with pytest.raises(RefusalError, match="no record of how the incident opened"):
        check_guards(GuardContext(case.deps(), case.incident, warrant), [guard])


def test_evidence_of_another_accounts_alarm_is_refused_whatever_the_opening() -> None:
    case = Case(bundled={"alarms": (alarm(account="999999999999"),)})

    assert refusal(case)[0] == "target"

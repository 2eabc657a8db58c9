"""The log's events of an action against the ledger."""

from dataclasses import replace

import pytest

from functions.executor.ledger import check_log_agrees, record_captured
from functions.executor.ledger import fenced_action as fenced
from functions.executor.refusal import RefusalError
from quorum.domain.events import InverseCaptured
from quorum.domain.executions import Execution
from quorum.domain.incident import replay
from tests.builders.events import INCIDENT
from tests.builders.executor import Case
from tests.unit.executor.steps import acted


def fence(case: Case) -> Execution:
    found = case.ledger.find(INCIDENT, "act")
    assert found is not None
    return found


def test_log_with_the_ledgers_events_agrees() -> None:
    case = acted()

    check_log_agrees(case.incident, fence(case))
    assert fenced(fence(case)) == (case.candidate, fence(case).captured)


@pytest.mark.parametrize("lost", ["ActionTaken", "InverseCaptured"])
def test_log_without_an_event_disagrees(lost: str) -> None:
    case = acted()
    whole = list(case.store.load(INCIDENT))
    logged = replay(whole[: next(n for n, event in enumerate(whole) if event.type == lost)])

    with pytest.raises(
        RefusalError, match="the event log and the execution ledger disagree"
    ) as refused:
        check_log_agrees(logged, fence(case))
    assert refused.value.guard == "undo"


def test_log_without_the_captured_inverse_disagrees() -> None:
    case = acted()

    with pytest.raises(RefusalError, match="disagree"):
        check_log_agrees(replace(case.incident, captured=None), fence(case))


def test_captured_inverse_is_recorded_once_until_it_changes() -> None:
    case = acted()
    assert len(case.facts(InverseCaptured)) == 1

    record_captured(case.deps(), fence(case))
    assert len(case.facts(InverseCaptured)) == 1

    record_captured(case.deps(), fence(case).model_copy(update={"approval_id": "f" * 32}))
    assert [event.approval_id for event in case.facts(InverseCaptured)] == [None, "f" * 32]


def test_fence_of_an_earlier_version_is_not_undone() -> None:
    case = acted()

    with pytest.raises(RefusalError, match="an earlier version of Quorum") as refused:
        fenced(fence(case).model_copy(update={"candidate": None}))
    assert refused.value.guard == "fence"

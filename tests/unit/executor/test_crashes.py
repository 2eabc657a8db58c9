"""A crash between any two steps, then a retry: at most one effect, no event lost, undoable."""

from collections.abc import Iterator
from itertools import count

import pytest

from functions.executor.outcome import EFFECT_SECONDS
from quorum.domain.events import (
    ActionRefused,
    ActionTaken,
    ActionUndone,
    InverseCaptured,
    UndoRefused,
)
from quorum.ports.telemetry import AlarmStatus
from tests.builders.candidates import PARAMETERS, candidate
from tests.builders.events import INCIDENT
from tests.builders.executor import Case
from tests.fakes import START
from tests.unit.executor.dying import run_and_die

LEAST_STEPS = 20


def deaths(operation: str, *, after: bool) -> Iterator[Case]:
    """Yield one incident per step at which the operation can die; each has just died there."""
    for at in count(1):
        case = prepared(operation)
        if not run_and_die(case, operation, at, after=after):
            assert at > LEAST_STEPS / 2, "the operation makes fewer calls than it must"
            return
        yield case


def prepared(operation: str) -> Case:
    case = Case()
    if operation == "undo":
        assert case.run() == "acted"
        case.verify("failed")
    return case


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("recovered", [False, True], ids=["still-in-alarm", "recovered"])
@pytest.mark.parametrize("pause", [0, EFFECT_SECONDS + 1], ids=["at-once", "later"])
def test_crash_at_any_step_of_an_action_executes_it_at_most_once(
    *, after: bool, recovered: bool, pause: int
) -> None:
    ended = set()
    for case in deaths("act", after=after):
        if recovered:
            case.alarms.put(AlarmStatus("shop-checkout-errors", "OK", START))
        case.clock.advance(pause)

        result = case.run()

        assert len(case.actuator.writes) <= 1
        assert len(case.facts(ActionTaken)) == len(case.actuator.writes)
        assert result == ("acted" if case.actuator.writes else "refused")
        assert case.run() == result
        if case.actuator.writes:
            assert case.facts(InverseCaptured), "an effect without a captured inverse"
            assert case.order().index("InverseCaptured") < case.order().index("ActionTaken")
            undo_restores(case)
        else:
            assert case.facts(ActionRefused)
        ended.add(result)
    assert ended == {"acted", "refused"}


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("pause", [0, EFFECT_SECONDS + 1], ids=["at-once", "later"])
def test_crash_at_any_step_of_a_second_action_executes_it_at_most_once(
    *, after: bool, pause: int
) -> None:
    ended = set()
    for at in count(1):
        case, approval = second_action()
        before = len(case.actuator.writes)
        if not run_and_die(case, "act", at, after=after, approval=approval):
            break
        case.clock.advance(pause)

        result = case.run(approval=approval)

        made = case.actuator.writes[before:]
        assert len(made) <= 1
        assert result == ("acted" if made else "refused")
        assert case.run(approval=approval) == result
        first, *second = case.ledger.actions(INCIDENT)
        assert first.is_undone
        assert [pair.act.round for pair in second if pair.act.state == "done"] == [2] * len(made)
        ended.add(result)
    assert ended == {"acted", "refused"}


def second_action() -> tuple[Case, str]:
    """Return an incident whose first action was undone, and the approval of another one."""
    case = prepared("undo")
    assert case.run("undo") == "undone"
    case.clock.advance(1)
    case.next_round(chosen=candidate(parameters={**PARAMETERS, "to_version": "2"}))
    return case, case.approve()


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("pause", [0, EFFECT_SECONDS + 1], ids=["at-once", "later"])
def test_crash_at_any_step_of_an_undo_applies_it_at_most_once(*, after: bool, pause: int) -> None:
    ended = set()
    for case in deaths("undo", after=after):
        case.clock.advance(pause)

        result = case.run("undo")

        undos = case.actuator.writes[1:]
        assert len(undos) <= 1
        assert len(case.facts(ActionUndone)) == len(undos)
        assert result == ("undone" if undos else "refused")
        assert len(case.facts(UndoRefused)) == (0 if undos else 1)
        assert case.run("undo") == result
        ended.add(result)
    assert ended == {"undone", "refused"}


def test_two_crashes_execute_an_action_at_most_once() -> None:
    for first in count(1):
        case = Case()
        if not run_and_die(case, "act", first, after=True):
            break
        for second in (1, 2, 3, 5, 8):
            case.clock.advance(EFFECT_SECONDS + 1)
            run_and_die(case, "act", second, after=False)
        result = case.run()

        assert len(case.facts(ActionTaken)) == len(case.actuator.writes) <= 1
        assert result == ("acted" if case.actuator.writes else "refused")


def test_crash_leaves_no_lease_past_its_expiry() -> None:
    for case in deaths("act", after=True):
        case.clock.advance(3601)
        assert case.ledger.lease(case.candidate.resource, "ef" * 16, case.clock.now) == "ef" * 16


def undo_restores(case: Case) -> None:
    case.verify("failed")
    assert case.run("undo") == "undone"
    assert case.actuator.world["alias_version"] == "4"

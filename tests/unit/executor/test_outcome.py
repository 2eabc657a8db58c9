"""An effect whose outcome is unknown: found out at the resource, and never repeated."""

from typing import Any

import pytest

from functions.executor.outcome import EFFECT_SECONDS
from quorum.domain.errors import (
    SourceUnavailableError,
)
from quorum.domain.events import (
    ActionRefused,
    ActionTaken,
    InverseCaptured,
)
from quorum.domain.executions import Execution
from quorum.ports.execution import Effect
from tests.builders.actuators import put
from tests.builders.candidates import candidate
from tests.builders.events import INCIDENT, add
from tests.builders.executor import Case
from tests.unit.executor.dying import leave_a_fence


def test_effect_with_a_lost_response_is_detected_by_reading() -> None:
    case = Case()
    case.actuator.error, case.actuator.lose_response = SourceUnavailableError("lost"), True

    assert case.run() == "acted"
    assert len(case.actuator.writes) == 1
    assert case.facts(ActionTaken)[0].written["revision"] == 2


def test_effect_with_an_unknown_outcome_is_never_repeated() -> None:
    case = Case()
    case.actuator.error = SourceUnavailableError("timeout")

    assert case.run() == "refused"
    assert case.run() == "refused"

    assert case.actuator.calls.count("apply") == 1
    refused = case.facts(ActionRefused)
    assert [event.guard for event in refused] == ["fence"]
    assert "is unchanged" in refused[0].reason


def test_refused_action_stays_refused_when_another_caller_makes_the_change() -> None:
    case = Case()
    case.actuator.error = SourceUnavailableError("timeout")
    assert case.run() == "refused"
    case.actuator.world["alias_version"] = "3"

    assert case.run() == "refused"
    assert case.facts(ActionTaken) == []


def test_fence_of_an_earlier_version_without_its_action_is_refused() -> None:
    case = Case()
    leave_a_fence(case)
    fence = case.ledger.find(INCIDENT, "act")
    assert fence is not None
    case.ledger.finish(fence.model_copy(update={"candidate": None}))
    case.clock.advance(EFFECT_SECONDS)

    assert case.run() == "refused"
    assert "an earlier version" in case.facts(ActionRefused)[0].reason
    assert case.actuator.writes == []


def test_action_event_without_a_fence_is_ignored() -> None:
    case = Case()
    leave_a_fence(case)
    forged = {"alias_version": "1", "revision": 9}
    add(
        case.recorder,
        INCIDENT,
        ActionTaken,
        action=case.candidate.id,
        written=forged,
        request_id="forged",
    )
    case.clock.advance(EFFECT_SECONDS)

    assert case.run() == "refused"
    fence = case.ledger.find(INCIDENT, "act")
    assert fence is not None
    assert (fence.state, fence.written) == ("failed", {})


def test_repeat_after_the_effect_keeps_the_captured_inverse() -> None:
    case = Case(chosen=candidate(observed={}))

    class Dead(BaseException):
        pass

    apply = case.actuator.apply

    def die(*args: Any) -> Effect:
        apply(*args)
        raise Dead

    put(case.actuator, "apply", die)
    with pytest.raises(Dead):
        case.run()
    case.clock.advance(EFFECT_SECONDS)

    assert case.run() == "acted"
    assert [event.captured["alias_version"] for event in case.facts(InverseCaptured)] == ["4"]


def test_resource_changed_by_another_caller_is_distinguished() -> None:
    case = Case()
    leave_a_fence(case)
    case.actuator.world["alias_version"] = "7"
    case.clock.advance(EFFECT_SECONDS)

    assert case.run() == "refused"
    assert "changed by something else" in case.facts(ActionRefused)[0].reason


def test_fence_of_a_possibly_live_attempt_is_waited_for() -> None:
    case = Case()
    leave_a_fence(case)
    began = case.clock.now

    def sleep(seconds: float) -> None:
        case.clock.advance(seconds)
        if (case.clock.now - began).total_seconds() == 3:  # the other attempt ends
            other = case.ledger.find(INCIDENT, "act")
            assert other is not None
            effect = case.actuator.apply(case.candidate, {"revision": 1})
            done = {"state": "done", "written": effect.written, "request_id": "other"}
            case.ledger.finish(other.model_copy(update=done))

    assert case.run(sleep=sleep) == "acted"
    assert len(case.actuator.writes) == 1
    assert (case.clock.now - began).total_seconds() == 3


def test_fence_repeated_by_the_client_after_a_lost_response_is_own() -> None:
    case = Case()
    fence = case.ledger.fence

    def lost(execution: Execution) -> Execution | None:
        fence(execution)  # the client repeats a put whose answer was lost
        return fence(execution)

    put(case.ledger, "fence", lost)

    assert case.run() == "acted"

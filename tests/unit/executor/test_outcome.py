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
from tests.fakes.recording import add
from tests.unit.executor.cases import Case
from tests.unit.executor.dying import leave_a_fence
from tests.unit.executor.evidence import INCIDENT, candidate
from tests.unit.executor.world import put


def test_a_lost_answer_of_an_effect_that_happened_is_found_out_and_goes_on() -> None:
    case = Case()
    case.actuator.error, case.actuator.lose_response = SourceUnavailableError("lost"), True

    assert case.run() == "acted"
    assert len(case.actuator.writes) == 1
    assert case.facts(ActionTaken)[0].written["revision"] == 2


def test_an_effect_whose_outcome_is_unknown_and_that_did_not_show_is_never_repeated() -> None:
    case = Case()
    case.actuator.error = SourceUnavailableError("timeout")

    assert case.run() == "refused"
    assert case.run() == "refused"

    assert case.actuator.calls.count("apply") == 1
    refused = case.facts(ActionRefused)
    assert [fact.guard for fact in refused] == ["fence"]
    assert "is unchanged" in refused[0].reason


def test_an_action_refused_for_good_stays_refused_when_somebody_else_does_the_same() -> None:
    case = Case()
    case.actuator.error = SourceUnavailableError("timeout")
    assert case.run() == "refused"
    case.actuator.world["alias_version"] = "3"

    assert case.run() == "refused"
    assert case.facts(ActionTaken) == []


def test_a_fence_of_before_the_ledger_held_what_is_done_is_a_persons() -> None:
    case = Case()
    leave_a_fence(case)
    fence = case.ledger.find(INCIDENT, "act")
    assert fence is not None
    case.ledger.finish(fence.model_copy(update={"candidate": None}))
    case.clock.advance(EFFECT_SECONDS)

    assert case.run() == "refused"
    assert "an earlier version" in case.facts(ActionRefused)[0].reason
    assert case.actuator.writes == []


def test_a_log_that_says_it_was_done_does_not_make_it_so() -> None:
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


def test_a_repeat_after_the_effect_never_captures_the_effect_as_the_state_before() -> None:
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
    assert [fact.captured["alias_version"] for fact in case.facts(InverseCaptured)] == ["4"]


def test_a_resource_that_somebody_else_changed_meanwhile_is_told_apart() -> None:
    case = Case()
    leave_a_fence(case)
    case.actuator.world["alias_version"] = "7"
    case.clock.advance(EFFECT_SECONDS)

    assert case.run() == "refused"
    assert "changed by something else" in case.facts(ActionRefused)[0].reason


def test_a_fence_of_an_attempt_that_may_be_alive_is_waited_for() -> None:
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


def test_a_fence_without_an_answer_of_the_store_is_ours_when_it_says_so() -> None:
    case = Case()
    fence = case.ledger.fence

    def lost(execution: Execution) -> Execution | None:
        fence(execution)  # the client repeats a put whose answer was lost
        return fence(execution)

    put(case.ledger, "fence", lost)

    assert case.run() == "acted"

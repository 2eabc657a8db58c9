"""Acting: what is recorded in which order, and what a repeat answers."""

from typing import Any

import pytest

from functions.executor.outcome import EFFECT_SECONDS
from functions.executor.refusal import RefusalError, record
from functions.shared.domain.errors import (
    InvalidHistoryError,
    RefusedError,
    SourceUnavailableError,
    StoreUnavailableError,
    WorldMovedError,
)
from functions.shared.domain.events import (
    ActionRefused,
    ActionTaken,
    IncidentClosed,
    InverseCaptured,
)
from functions.shared.ports import Effect, Execution
from tests.unit.executor.cases import (
    ACCOUNT,
    INCIDENT,
    OTHER,
    RESOURCE,
    Case,
    GuardedActuator,
    candidate,
    put,
)


def test_a_quorum_on_an_autonomous_resource_acts_once() -> None:
    case = Case()

    assert case.run() == "acted"

    assert case.actuator.writes == [{"alias_version": "3"}]
    assert case.order() == ["InverseCaptured", "ActionTaken"]
    taken = case.facts(ActionTaken)[0]
    assert taken.action == case.candidate.id
    assert taken.written["alias_version"] == "3"
    fence = case.ledger.find(INCIDENT, "act")
    assert fence is not None
    assert (fence.state, fence.written) == ("done", taken.written)


def test_the_inverse_is_on_record_and_the_fence_written_when_the_effect_begins() -> None:
    case = Case()
    seen: list[tuple[bool, str]] = []
    apply = case.actuator.apply

    def watched(*args: object) -> Effect:
        captured, fence = case.incident.captured, case.ledger.find(INCIDENT, "act")
        seen.append((captured is not None, fence.state if fence else ""))
        return apply(*args)  # type: ignore[arg-type]

    put(case.actuator, "apply", watched)

    assert case.run() == "acted"
    assert seen == [(True, "started")]
    captured = case.incident.captured
    assert captured is not None
    assert captured.captured["alias_version"] == "4"


def test_a_repeat_answers_acted_and_does_nothing() -> None:
    case = Case()
    case.run()
    facts = len(case.store.load(INCIDENT))

    assert case.run() == "acted"

    assert len(case.actuator.writes) == 1
    assert len(case.store.load(INCIDENT)) == facts


def test_the_resource_and_the_account_stay_leased_until_settled_and_the_resource_cools() -> None:
    case = Case()
    case.run()
    later = case.clock.now.replace(hour=23)
    assert case.ledger.lease(RESOURCE, OTHER, later) == INCIDENT
    assert case.ledger.lease(f"account:{ACCOUNT}", OTHER, later) == INCIDENT

    assert case.run("settle") == "settled"

    assert case.ledger.lease(f"account:{ACCOUNT}", OTHER, later) == OTHER
    case.clock.advance(299)
    assert case.ledger.lease(RESOURCE, OTHER, later) == INCIDENT
    case.clock.advance(2)
    assert case.ledger.lease(RESOURCE, OTHER, later) == OTHER


@pytest.mark.parametrize("error", [WorldMovedError, RefusedError])
def test_a_precondition_that_fails_is_refused_before_anything_is_recorded_as_captured(
    error: type[Exception],
) -> None:
    case = Case()

    def capture(_: object) -> dict[str, str]:
        raise error("version 3 is gone")

    put(case.actuator, "capture", capture)

    assert case.run() == "refused"
    assert case.order() == ["ActionRefused"]
    assert case.facts(ActionRefused)[0].guard == "precondition"
    assert case.ledger.lease(RESOURCE, OTHER, case.clock.now.replace(hour=23)) == OTHER


def test_a_resource_that_moved_between_capture_and_effect_is_left_alone() -> None:
    case = Case()
    capture = case.actuator.capture

    def moved(*args: object) -> object:
        captured = capture(*args)  # type: ignore[arg-type]
        case.actuator.world["revision"] = 9
        return captured

    put(case.actuator, "capture", moved)

    assert case.run() == "refused"
    assert case.actuator.writes == []
    assert case.facts(ActionRefused)[0].guard == "effect"
    assert case.run() == "refused"
    assert case.actuator.calls.count("apply") == 1


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
    assert "is what it was" in refused[0].reason


def test_an_action_refused_for_good_stays_refused_when_somebody_else_does_the_same() -> None:
    case = Case()
    case.actuator.error = SourceUnavailableError("timeout")
    assert case.run() == "refused"
    case.actuator.world["alias_version"] = "3"

    assert case.run() == "refused"
    assert case.facts(ActionTaken) == []


def test_an_attempt_that_was_refused_stays_refused_when_the_reason_is_gone() -> None:
    case = Case()
    case.operations.set_stopped("drill", "ann")
    assert case.run() == "refused"
    case.operations.set_stopped(None, "ann")

    assert case.run() == "refused"
    assert case.actuator.writes == []


def test_a_fence_of_an_action_without_a_captured_inverse_contradicts_itself() -> None:
    case = Case()
    _fence(case)
    fence = case.ledger.find(INCIDENT, "act")
    assert fence is not None
    other = fence.model_copy(update={"action": "lambda.rollback_alias:000000000000"})
    case.ledger.finish(other)
    case.clock.advance(EFFECT_SECONDS)

    with pytest.raises(InvalidHistoryError):
        case.run()


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
    _fence(case)
    case.actuator.world["alias_version"] = "7"
    case.clock.advance(EFFECT_SECONDS)

    assert case.run() == "refused"
    assert "changed by somebody else" in case.facts(ActionRefused)[0].reason


def test_a_fence_of_an_attempt_that_may_be_alive_is_waited_for() -> None:
    case = Case()
    _fence(case)
    began = case.clock.now

    def sleep(seconds: float) -> None:
        case.clock.advance(seconds)
        if (case.clock.now - began).total_seconds() == 3:  # the other attempt ends
            other = case.ledger.find(INCIDENT, "act")
            assert other is not None
            effect = case.actuator.apply(case.candidate, {"revision": 1})
            case.recorder.record_once(
                INCIDENT,
                ActionTaken,
                action=case.candidate.id,
                written=effect.written,
                request_id="other",
            )
            case.ledger.finish(other.model_copy(update={"state": "done"}))

    assert case.run(sleep=sleep) == "acted"
    assert len(case.actuator.writes) == 1
    assert (case.clock.now - began).total_seconds() == 3


def test_of_two_attempts_at_once_the_second_finds_the_firsts_fence() -> None:
    case = Case()
    fence = case.ledger.fence
    results: list[str] = []

    def slower(execution: Execution) -> Execution | None:
        if not results:
            results.append("")
            results[0] = case.run()
        return fence(execution)

    put(case.ledger, "fence", slower)

    assert case.run() == "acted"
    assert results == ["acted"]
    assert len(case.actuator.writes) == 1
    assert len(case.facts(ActionTaken)) == 1


def test_an_attempt_that_is_refused_after_a_faster_one_acted_says_what_happened() -> None:
    case = Case()
    states = case.alarms.states
    results: list[str] = []

    def slower(names: list[str]) -> object:
        if not results:
            results.append("")
            results[0] = case.run()
            del case.alarms.alarms["checkout-errors"]
        return states(names)

    put(case.alarms, "states", slower)

    assert case.run() == "acted"
    assert results == ["acted"]
    assert case.facts(ActionRefused) == []


def test_an_attempt_that_was_given_up_while_it_was_prepared_does_nothing() -> None:
    case = Case()
    fence = case.ledger.fence

    def closing(execution: Execution) -> Execution | None:
        case.recorder.record_once(INCIDENT, IncidentClosed, outcome="escalated", reason="pipeline")
        return fence(execution)

    put(case.ledger, "fence", closing)

    assert case.run() == "refused"
    assert case.actuator.writes == []


def test_an_attempt_that_another_refused_while_it_was_prepared_does_nothing() -> None:
    case = Case()
    fence = case.ledger.fence

    def refusing(execution: Execution) -> Execution | None:
        record(case.tools(), INCIDENT, RefusalError("stop_switch", "drill"), None)
        return fence(execution)

    put(case.ledger, "fence", refusing)

    assert case.run() == "refused"
    assert case.actuator.writes == []


def test_a_repeated_question_to_a_person_leaves_the_action_to_be_done_when_granted() -> None:
    case = Case()
    later = case.clock.now.replace(hour=23)
    case.ledger.lease(f"account:{ACCOUNT}", OTHER, later)
    assert case.run() == "ask"
    case.ledger.release(f"account:{ACCOUNT}", OTHER, case.clock.now)

    assert case.run() == "ask"
    assert case.run(approval=case.approve()) == "acted"


def test_a_store_that_fails_before_the_fence_leaves_no_lease_behind() -> None:
    case = Case()

    def capture(_: object) -> dict[str, str]:
        raise SourceUnavailableError("no answer")

    works = case.actuator.capture

    put(case.actuator, "capture", capture)
    with pytest.raises(SourceUnavailableError):
        case.run()
    assert case.ledger.lease(RESOURCE, OTHER, case.clock.now) == OTHER
    assert case.facts(ActionRefused) == []

    put(case.actuator, "capture", works)
    assert case.run() == "acted"


def test_nothing_is_refused_where_nothing_is_decided() -> None:
    case = Case()
    history = [f for f in case.store.load(INCIDENT) if f.type != "DecisionMade"]
    case.store._rows[INCIDENT].pop(len(history) + 1)

    with pytest.raises(RefusedError):
        case.run()
    assert case.actuator.writes == []


def test_a_closed_incident_is_not_acted_on() -> None:
    case = Case()
    case.recorder.record_once(INCIDENT, IncidentClosed, outcome="escalated", reason="watchdog")

    assert case.run() == "refused"
    assert case.facts(ActionRefused)[0].reason == "the incident is closed"


def test_a_fence_without_an_answer_of_the_store_is_ours_when_it_says_so() -> None:
    case = Case()
    fence = case.ledger.fence

    def lost(execution: Execution) -> Execution | None:
        fence(execution)  # the client repeats a put whose answer was lost
        return fence(execution)

    put(case.ledger, "fence", lost)

    assert case.run() == "acted"


def test_an_unreachable_ledger_is_not_a_licence() -> None:
    case = Case()

    def broken(*_: object) -> None:
        raise StoreUnavailableError("no answer")

    put(case.ledger, "fence", broken)
    with pytest.raises(StoreUnavailableError):
        case.run()
    assert case.actuator.writes == []


def _fence(case: Case) -> None:
    """Leave behind what an attempt leaves that died between its fence and its effect."""

    class Dead(BaseException):
        pass

    def die(*_: object) -> Effect:
        raise Dead

    put(case.actuator, "apply", die)
    with pytest.raises(Dead):
        case.run()
    put(case.actuator, "apply", GuardedActuator.apply.__get__(case.actuator))

"""Several attempts at one action, at once or after each other."""

from datetime import timedelta

import pytest

from functions.executor.leases import COOLDOWN_SECONDS
from functions.executor.outcome import EFFECT_SECONDS, START_DEADLINE_SECONDS
from functions.executor.refusal import RefusalError, record
from functions.executor.session import EFFECT_CONFIG, READ_CONFIG
from quorum.domain.errors import (
    SourceUnavailableError,
    StoreUnavailableError,
    WorldMovedError,
)
from quorum.domain.events import (
    ActionRefused,
    ActionTaken,
)
from quorum.domain.executions import Execution
from tests.fakes import START
from tests.unit.executor.cases import Case
from tests.unit.executor.evidence import ACCOUNT, INCIDENT, OTHER, RESOURCE
from tests.unit.executor.world import put


def test_an_attempt_that_was_refused_stays_refused_when_the_reason_is_gone() -> None:
    case = Case()
    case.stop.throw("drill", "ann", START)
    assert case.run() == "refused"
    case.stop.lift("over", "ann", START)

    assert case.run() == "refused"
    assert case.actuator.writes == []


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
        case.close()
        return fence(execution)

    put(case.ledger, "fence", closing)

    assert case.run() == "refused"
    assert case.actuator.writes == []


def test_an_attempt_that_another_refused_while_it_was_prepared_does_nothing() -> None:
    case = Case()
    fence = case.ledger.fence

    def refusing(execution: Execution) -> Execution | None:
        record(case.deps(), INCIDENT, RefusalError("stop_switch", "drill"), None)
        return fence(execution)

    put(case.ledger, "fence", refusing)

    assert case.run() == "refused"
    assert case.actuator.writes == []


def test_an_attempt_that_is_late_to_begin_does_nothing_as_others_may_take_it_for_dead() -> None:
    case = Case()
    fence = case.ledger.fence

    def slow(execution: Execution) -> Execution | None:
        found = fence(execution)
        case.clock.advance(START_DEADLINE_SECONDS + 1)
        return found

    put(case.ledger, "fence", slow)

    assert case.run() == "refused"
    assert case.actuator.writes == []


def test_the_clients_give_up_before_others_take_an_attempt_for_dead() -> None:
    read, write = READ_CONFIG, EFFECT_CONFIG
    backoff, role_and_three_pages = 1, 4
    once = read.connect_timeout + read.read_timeout  # type: ignore[attr-defined]
    reads = role_and_three_pages * (read.retries["total_max_attempts"] * once + backoff)  # type: ignore[attr-defined]
    effect = write.connect_timeout + write.read_timeout  # type: ignore[attr-defined]

    assert write.retries["total_max_attempts"] == 1  # type: ignore[attr-defined]
    assert START_DEADLINE_SECONDS + reads + effect < EFFECT_SECONDS


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


def test_an_unreachable_ledger_is_not_a_licence() -> None:
    case = Case()

    def broken(*_: object) -> None:
        raise StoreUnavailableError("no answer")

    put(case.ledger, "fence", broken)
    with pytest.raises(StoreUnavailableError):
        case.run()
    assert case.actuator.writes == []


def test_an_attempt_that_a_faster_one_overtook_at_a_guard_records_no_refusal() -> None:
    case = Case()
    thrown, raced = case.stop.thrown, list[str]()

    def slower() -> str | None:
        if not raced:
            raced.append("")
            raced[0] = case.run()
            case.stop.throw("drill", "ann", START)
        return thrown()

    put(case.stop, "thrown", slower)

    assert case.run() == "acted"
    assert raced == ["acted"]
    assert case.facts(ActionRefused) == []


def test_a_fence_has_an_id_by_which_the_call_is_found_again() -> None:
    case = Case()
    case.run()

    fence = case.ledger.find(INCIDENT, "act")
    assert fence is not None
    assert fence.request_id


def test_a_failed_attempt_gives_its_lease_back_though_the_decision_can_no_longer_be_read() -> None:
    case = Case()
    put(case.actuator, "apply", refusing)
    assert case.run() == "refused"
    held = case.clock.now + timedelta(hours=2)
    assert case.ledger.lease(RESOURCE, INCIDENT, held) == INCIDENT
    put(case.decisions, "find", lambda *_: None)

    assert case.run() == "refused"

    case.clock.advance(COOLDOWN_SECONDS)
    assert case.ledger.lease(RESOURCE, OTHER, held) == OTHER


def refusing(*_: object) -> None:
    raise WorldMovedError("somebody changed it")

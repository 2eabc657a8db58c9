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
from tests.builders.actuators import put
from tests.builders.alarms import ACCOUNT
from tests.builders.candidates import RESOURCE
from tests.builders.events import INCIDENT, OTHER
from tests.builders.executor import Case
from tests.fakes import START


def test_refused_attempt_stays_refused_when_the_reason_is_gone() -> None:
    case = Case()
    case.stop.throw("drill", "ann", START)
    assert case.run() == "refused"
    case.stop.lift("over", "ann", START)

    assert case.run() == "refused"
    assert case.actuator.writes == []


def test_second_of_two_concurrent_attempts_finds_the_firsts_fence() -> None:
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


def test_attempt_refused_after_a_faster_one_acted_returns_its_outcome() -> None:
    case = Case()
    states = case.alarms.states
    results: list[str] = []

    def slower(names: list[str]) -> object:
        if not results:
            results.append("")
            results[0] = case.run()
            del case.alarms.alarms["shop-checkout-errors"]
        return states(names)

    put(case.alarms, "states", slower)

    assert case.run() == "acted"
    assert results == ["acted"]
    assert case.facts(ActionRefused) == []


def test_attempt_abandoned_during_preparation_has_no_effect() -> None:
    case = Case()
    fence = case.ledger.fence

    def closing(execution: Execution) -> Execution | None:
        case.put_ending()
        return fence(execution)

    put(case.ledger, "fence", closing)

    assert case.run() == "refused"
    assert case.actuator.writes == []


def test_attempt_refused_by_another_during_preparation_has_no_effect() -> None:
    case = Case()
    fence = case.ledger.fence

    def refusing(execution: Execution) -> Execution | None:
        record(case.deps(), INCIDENT, RefusalError("stop_switch", "drill"), None)
        return fence(execution)

    put(case.ledger, "fence", refusing)

    assert case.run() == "refused"
    assert case.actuator.writes == []


def test_attempt_past_its_start_deadline_has_no_effect() -> None:
    case = Case()
    fence = case.ledger.fence

    def slow(execution: Execution) -> Execution | None:
        found = fence(execution)
        case.clock.advance(START_DEADLINE_SECONDS + 1)
        return found

    put(case.ledger, "fence", slow)

    assert case.run() == "refused"
    assert case.actuator.writes == []


def test_client_timeouts_end_before_an_attempt_counts_as_dead() -> None:
    read, write = READ_CONFIG, EFFECT_CONFIG
    backoff, role_and_three_pages = 1, 4
    once = read.connect_timeout + read.read_timeout  # type: ignore[attr-defined]
    reads = role_and_three_pages * (read.retries["total_max_attempts"] * once + backoff)  # type: ignore[attr-defined]
    effect = write.connect_timeout + write.read_timeout  # type: ignore[attr-defined]

    assert write.retries["total_max_attempts"] == 1  # type: ignore[attr-defined]
    assert START_DEADLINE_SECONDS + reads + effect < EFFECT_SECONDS


def test_repeated_approval_request_leaves_the_action_executable_when_granted() -> None:
    case = Case()
    later = case.clock.now.replace(hour=23)
    case.ledger.lease(f"account:{ACCOUNT}", OTHER, later)
    assert case.run() == "ask"
    case.ledger.release(f"account:{ACCOUNT}", OTHER, case.clock.now)

    assert case.run() == "ask"
    assert case.run(approval=case.approve()) == "acted"


def test_store_failure_before_the_fence_leaves_no_lease() -> None:
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


def test_unreachable_ledger_prevents_the_effect() -> None:
    case = Case()

    def broken(*_: object) -> None:
        raise StoreUnavailableError("no answer")

    put(case.ledger, "fence", broken)
    with pytest.raises(StoreUnavailableError):
        case.run()
    assert case.actuator.writes == []


def test_attempt_overtaken_at_a_guard_records_no_refusal() -> None:
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


def test_fence_has_a_request_id() -> None:
    case = Case()
    case.run()

    fence = case.ledger.find(INCIDENT, "act")
    assert fence is not None
    assert fence.request_id


def test_failed_attempt_releases_its_lease_when_the_decision_is_unreadable() -> None:
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
    raise WorldMovedError("another caller changed it")

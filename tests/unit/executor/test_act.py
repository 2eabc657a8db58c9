"""Acting: what is recorded in which order, and what a repeat answers."""

import pytest

from quorum.domain.errors import (
    RefusedError,
    WorldMovedError,
)
from quorum.domain.events import (
    ActionRefused,
    ActionTaken,
    IncidentClosed,
)
from quorum.ports.execution import Effect
from tests.builders.actuators import put
from tests.builders.alarms import ACCOUNT
from tests.builders.candidates import RESOURCE
from tests.builders.events import INCIDENT, OTHER, add
from tests.builders.executor import Case
from tests.unit.executor.steps import acted


def test_act_executes_an_autonomous_decision_once() -> None:
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


def test_act_records_inverse_and_fence_before_the_effect() -> None:
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


def test_act_repeated_returns_acted_without_an_effect() -> None:
    case = Case()
    case.run()
    events = len(case.store.load(INCIDENT))

    assert case.run() == "acted"

    assert len(case.actuator.writes) == 1
    assert len(case.store.load(INCIDENT)) == events


def test_leases_of_resource_and_account_last_until_settled_then_a_cooldown() -> None:
    case = Case()
    case.run()
    later = case.clock.now.replace(hour=23)
    assert case.ledger.lease(RESOURCE, OTHER, later) == INCIDENT
    assert case.ledger.lease(f"account:{ACCOUNT}", OTHER, later) == INCIDENT

    case.verify("recovered")
    assert case.run("settle") == "settled"

    assert case.ledger.lease(f"account:{ACCOUNT}", OTHER, later) == OTHER
    case.clock.advance(299)
    assert case.ledger.lease(RESOURCE, OTHER, later) == INCIDENT
    case.clock.advance(2)
    assert case.ledger.lease(RESOURCE, OTHER, later) == OTHER


def test_settle_before_verification_releases_no_lease() -> None:
    case = acted(None)
    later = case.clock.now.replace(hour=23)

    assert case.run("settle") == "settled"

    assert case.ledger.lease(RESOURCE, OTHER, later) == INCIDENT
    assert case.ledger.lease(f"account:{ACCOUNT}", OTHER, later) == INCIDENT


def test_fence_has_the_action_and_its_inverse() -> None:
    case = acted(None)

    fence = case.ledger.find(INCIDENT, "act")
    assert fence is not None
    assert (fence.candidate, fence.captured["alias_version"]) == (case.candidate, "4")
    assert fence.ended_at == case.clock.now.timestamp()


@pytest.mark.parametrize("error", [WorldMovedError, RefusedError])
def test_failed_precondition_is_refused_before_the_capture_is_recorded(
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


def test_resource_changed_between_capture_and_effect_is_not_changed() -> None:
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


def test_act_without_a_decision_records_no_refusal() -> None:
    case = Case()
    history = [f for f in case.store.load(INCIDENT) if f.type != "DecisionMade"]
    case.store._rows[INCIDENT].pop(len(history) + 1)

    with pytest.raises(RefusedError):
        case.run()
    assert case.actuator.writes == []


def test_act_refuses_a_closed_incident() -> None:
    case = Case()
    case.put_ending()

    assert case.run() == "refused"
    assert case.facts(ActionRefused)[0].reason == "the incident is closed"


def test_act_ignores_a_closing_event_without_a_stored_end() -> None:
    case = Case()
    add(case.recorder, INCIDENT, IncidentClosed, outcome="resolved", reason="forged")

    assert case.run() == "acted"

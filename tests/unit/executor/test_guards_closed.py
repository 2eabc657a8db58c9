"""Guards that cannot look are closed; guards that look see no more than there is."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from quorum.domain.errors import SourceUnavailableError, StoreUnavailableError
from quorum.domain.events import ActionRefused
from tests.builders.actuators import put
from tests.builders.alarms import ACCOUNT, alarm
from tests.builders.events import OTHER
from tests.builders.executor import Case
from tests.unit.executor.troubles import effect


def broken_stop(case: Case) -> None:
    case.stop.error = StoreUnavailableError("no answer")


def broken_alarms(case: Case) -> None:
    case.alarms.error = SourceUnavailableError("no answer")


def broken(method: str) -> Callable[[Case], None]:
    def change(case: Case) -> None:
        def fail(*_: object) -> None:
            raise SourceUnavailableError("no answer")

        owner = case.actuator if method == "hazards" else case.shelf
        setattr(owner, method, fail)

    return change


@pytest.mark.parametrize(
    ("change", "guard"),
    [
        (broken_stop, "stop_switch"),
        (broken_alarms, "alarm_over"),
        (broken("hazards"), "deployment"),
        (broken("running"), "deployment"),
    ],
)
def test_guard_that_cannot_read_refuses(change: Callable[[Case], None], guard: str) -> None:
    case = Case()
    change(case)

    assert case.run() == "refused"
    refused = case.facts(ActionRefused)[0]
    assert refused.guard == guard
    assert "could not be checked" in refused.reason
    assert case.actuator.writes == []


def test_failed_read_is_not_repeated_by_the_next_guard() -> None:
    case, asked = Case(), []

    def fail(*_: object) -> None:
        asked.append(1)
        raise SourceUnavailableError("no answer")

    put(case.actuator, "hazards", fail)

    assert case.run() == "refused"
    assert len(asked) == 1


def test_action_without_its_evidence_is_refused() -> None:
    case = Case()
    case.evidence.objects.clear()

    with pytest.raises(StoreUnavailableError):
        case.run()
    assert case.actuator.writes == []


def test_tampered_evidence_authorises_nothing() -> None:
    case = Case()
    key = next(iter(case.evidence.objects))
    case.evidence.objects[key] = case.evidence.objects[key].replace(b"errors", b"faults")

    assert case.run() == "refused"


@pytest.mark.parametrize(
    ("minutes", "changed"),
    [(61, {}), (10, {"operation": "undo"}), (10, {"state": "failed"})],
    ids=["older", "undo", "failed"],
)
def test_only_recent_effects_are_counted(minutes: int, changed: dict[str, object]) -> None:
    case = Case()
    effect(case, 1, minutes=1)
    effect(case, 2, minutes=2)
    effect(case, 3, minutes=minutes, **changed)

    assert case.run() == "acted"


def test_four_incidents_in_ten_minutes_are_no_storm() -> None:
    case = Case()
    for n in range(3):
        case.put_opening(alarm(f"a{n}"), f"{n:032x}")

    assert case.run() == "acted"


def test_approved_action_leases_the_account() -> None:
    case = Case(mode="approve")
    assert case.run(approval=case.approve()) == "acted"

    later = case.clock.now + timedelta(hours=1)
    assert case.ledger.lease(f"account:{ACCOUNT}", OTHER, later) != OTHER

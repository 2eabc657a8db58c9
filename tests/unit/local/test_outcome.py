"""The outcome of a run, from a stored log and a stage in memory."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import cast

import pytest

from local.outcome import Outcome, Played, outcome
from local.scenarios import load
from local.shop.faults import InjectedChange
from local.stage import LocalStage
from quorum.domain.base import OutsiderText
from quorum.domain.events import ApprovalAnswered, IncidentEvent, IncidentOpened
from tests.builders.incident_logs import Log
from tests.unit.local.test_view import LOGS

CHANGE = InjectedChange("lambda:checkout", "alias moved", "3", "4")


class FakeQuorum:
    """The part of a deployed Quorum that an outcome is read from."""

    def __init__(self, log: Sequence[IncidentEvent]) -> None:
        self._log = log

    def events(self, _incident_id: str) -> Sequence[IncidentEvent]:
        return self._log

    def transitions(self, _opened: IncidentOpened) -> int:
        return 42

    def alarm_states(self, _prefix: str) -> Mapping[str, str]:
        return {"shop-checkout-errors": "OK"}

    def settings(self, resource: str) -> Mapping[str, str]:
        return {"of": resource}


class FakeStage:
    """A stage whose load was served without errors."""

    seed = 7

    def __init__(self, log: Sequence[IncidentEvent]) -> None:
        self.quorum, self.load = FakeQuorum(log), self

    def counts(self, seconds: float) -> tuple[int, int]:
        return round(seconds), 0


def of(name: str, *, fault: bool = True) -> Outcome:
    """Return the outcome of the stored incident, ten seconds after its fault."""
    log = LOGS[name]
    (opened,) = (event for event in log if isinstance(event, IncidentOpened))
    began = opened.alarm.fired_at - timedelta(seconds=10)
    stage = cast("LocalStage", FakeStage(log))
    return outcome(stage, Played(load("bad-parameter"), fault, began, [CHANGE]), opened.incident_id)


def test_outcome_of_an_approved_action_that_helped() -> None:
    found = of("shop")

    assert (found.outcome, found.as_expected, found.reason) == ("resolved", True, "recovered")
    assert found.action is not None
    assert found.action["verb"] == "ssm.restore_parameter"
    assert (found.autonomous, found.approved_by) == (False, "operator")
    assert found.score == 0.7491
    assert found.seconds["fault_to_alarm"] == 10.0
    assert found.seconds["open_to_recovered"] is not None
    assert (found.transitions, found.changes[0]["resource"]) == (42, "lambda:checkout")
    assert found.post_mortem is not None
    assert found.world["shop_answers"] is True
    assert len(found.world["resources"]) == len({c["resource"] for c in found.candidates})


def test_outcome_of_an_autonomous_action() -> None:
    found = of("resolved")

    assert (found.autonomous, found.approved_by) == (True, None)


def test_votes_name_the_resource_of_their_action() -> None:
    voted = {vote["seat"]: vote for vote in of("shop").votes}

    assert voted["diagnosis-change"]["resource"] == "ssm:shop-pricing-shelves"
    assert voted["diagnosis-change"]["verb"] == "ssm.restore_parameter"


def test_outcome_of_a_refused_action_has_no_action() -> None:
    found = of("annex")

    assert (found.outcome, found.as_expected) == ("escalated", False)
    assert (found.action, found.autonomous) == (None, False)
    assert found.seconds["open_to_recovered"] is None


def test_a_denied_action_is_approved_by_no_one(monkeypatch: pytest.MonkeyPatch) -> None:
    log = Log().open().freeze().decide(route="approve").ask()
    by = OutsiderText.of("ada")
    log.add(ApprovalAnswered, approval_id="a" * 32, answer="denied", by=by)
    monkeypatch.setitem(LOGS, "denied", log.events)

    found = of("denied")

    assert (found.action, found.autonomous, found.approved_by) == (None, False, None)


def test_outcome_of_an_open_incident() -> None:
    found = of("waiting")

    assert (found.outcome, found.post_mortem, found.cost_dollars) == ("open", None, None)


@pytest.mark.parametrize(("fault", "expected"), [(True, ["resolved"]), (False, ["dismissed"])])
def test_the_twin_is_expected_to_be_dismissed(fault: bool, expected: list[str]) -> None:  # noqa: FBT001
    assert of("resolved", fault=fault).expected == expected

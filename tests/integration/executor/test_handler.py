"""The executor as it is deployed, on moto: from the tables to the alias, and back."""

import importlib
import json

import pytest

from quorum.application.recorder import Recorder
from quorum.domain.events import RecoveryChecked
from quorum.domain.incident_records import Verified
from quorum.runtime.lambda_runtime import new_id, utc_now
from tests.builders.events import INCIDENT, add
from tests.integration.executor.deployed import Deployed, context
from tests.integration.executor.models import Wire
from tests.integration.tables import table_named


@pytest.fixture
def deployed(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> Deployed:
    return Deployed(wire, monkeypatch)


def test_the_alias_is_rolled_back_verified_as_failed_and_pointed_back(
    deployed: Deployed, wire: Wire
) -> None:
    assert deployed.call("act") == {"result": "acted", "then": "end"}
    assert deployed.scene.state() == ("1", {})
    assert deployed.call("act") == {"result": "acted", "then": "end"}
    assert wire.effects() == ["lambda:UpdateAlias"]

    failed = {"verdict": "failed", "alarm_state": "ALARM", "reason": "deadline"}
    numbers = {"requests": 1, "errors": 1, "compared_requests": 1, "seconds": 60}
    recorder = Recorder(deployed.store, now=utc_now, new_id=new_id)
    add(recorder, INCIDENT, RecoveryChecked, **failed, **numbers)
    deployed.handler.deps.verdicts.put(
        Verified(
            incident_id=INCIDENT,
            mode="action",
            action=deployed.scene.candidate().id,
            verdict="failed",
            verified_at=utc_now().timestamp(),
        )
    )

    assert deployed.call("undo") == {"result": "undone", "then": "next_round"}
    assert deployed.scene.state() == ("2", {})
    assert deployed.call("settle") == {"result": "settled", "then": "next_round"}
    assert deployed.facts() == [
        "InverseCaptured",
        "ActionTaken",
        "RecoveryChecked",
        "ActionUndone",
    ]


def test_stop_switch_in_the_table_stops_an_action(deployed: Deployed) -> None:
    table_named("quorum-test-stop").put_item(Item={"id": "stop"})

    assert deployed.call("act") == {"result": "refused", "then": "end"}
    assert deployed.scene.state() == ("2", {})
    assert deployed.facts() == ["ActionRefused"]


def test_action_without_a_rule_stays_in_shadow(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    deployed = Deployed(wire, monkeypatch)
    deps = deployed.handler.ExecutorSettings.model_fields
    assert deps["AUTONOMY"].default == ()
    monkeypatch.delenv("AUTONOMY")
    deployed.handler = importlib.reload(deployed.handler)

    assert deployed.call("act") == {"result": "refused", "then": "end"}
    assert wire.effects() == []


def test_outcomes_are_counted(deployed: Deployed, capsys: pytest.CaptureFixture[str]) -> None:
    deployed.call("act")

    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert any("Act_acted" in line for line in printed)


def test_a_warming_event_does_nothing(deployed: Deployed) -> None:
    assert deployed.handler.lambda_handler({"quorum": "warm"}, context()) == {"warm": True}
    assert deployed.facts() == []

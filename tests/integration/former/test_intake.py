"""An alarm that fires again soon after a former version closed its last incident."""

from datetime import datetime, timedelta

import pytest

from quorum.adapters.dynamodb.items import micros
from quorum.domain.events import IncidentOpened
from tests.builders.alarms import arn
from tests.builders.cloudwatch_events import metric_alarm
from tests.integration.intake.deployed import Deployed
from tests.integration.tables import table_named

NAME = "shop-checkout-errors"


def test_alarm_of_a_former_incident_is_flapping(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    deployed = Deployed(monkeypatch, capsys)
    event = metric_alarm(NAME)
    fired = datetime.fromisoformat(event["detail"]["state"]["timestamp"])
    closed = {"id": f"closed#{arn(NAME)}", "at": micros(fired - timedelta(minutes=10))}
    table_named("quorum-test-operations").put_item(Item={**closed, "expires": 2_000_000_000})

    assert deployed.deliver(event) == []

    (incident_id,) = deployed.executions()
    (opened,) = (f for f in deployed.store.load(incident_id) if isinstance(f, IncidentOpened))
    assert opened.flapping

"""An alarm that fires again soon after a former version closed its last incident."""

from datetime import timedelta

import pytest

from functions.shared.adapters.dynamodb_items import micros
from functions.shared.domain.events import IncidentOpened
from tests.fakes.clock import START
from tests.integration.intake.deployed import Deployed
from tests.integration.tables import table_named
from tests.unit.intake.events import arn, metric_alarm

NAME = "shop-checkout-errors"


@pytest.mark.xfail(strict=True, reason="intake does not read what a former version remembered")
def test_it_is_flapping(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    deployed = Deployed(monkeypatch, capsys)
    closed = {"id": f"closed#{arn(NAME)}", "at": micros(START - timedelta(minutes=10))}
    table_named("quorum-test-operations").put_item(Item={**closed, "expires": 2_000_000_000})

    assert deployed.deliver(metric_alarm(NAME)) == []

    (incident_id,) = deployed.executions()
    (opened,) = (f for f in deployed.store.load(incident_id) if isinstance(f, IncidentOpened))
    assert opened.flapping

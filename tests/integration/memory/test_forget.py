"""`python -m stacks.forget`: one event in the log, once."""

import io

import boto3
import pytest

from quorum.adapters.dynamodb.event_store import DynamoDBEventStore
from quorum.domain.events import IncidentForgotten
from quorum.domain.incident import replay
from stacks import forget
from tests.builders.incident_logs import resolved
from tests.integration.tables import create_table


def test_forgetting_appends_one_event_and_names_what_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log = resolved()
    store = DynamoDBEventStore(create_table("events", "quorum-prod-events"))
    for event in log.events:
        store.append(event)
    monkeypatch.setattr(boto3, "setup_default_session", lambda **_: None)
    words = ["--by", "sam", "--why", "a drill", "--stage", "prod"]

    for _ in range(2):
        out = io.StringIO()
        assert forget.main([log.incident_id, *words], out) == 0
        assert "kept: the event log" in out.getvalue()

    history = store.load(log.incident_id)
    [event] = [one for one in history if isinstance(one, IncidentForgotten)]
    assert (event.by.outsider, event.reason.outsider, event.via) == ("sam", "a drill", "cli")
    assert replay(history).forgotten == event
    assert forget.main(["f" * 32, *words], io.StringIO()) == 1

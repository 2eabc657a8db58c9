"""The contract of the read model."""

import json
from datetime import timedelta
from typing import Any

import pytest

from quorum.adapters.dynamodb.read_model import DynamoDBReadModel
from quorum.domain.incident_view import IncidentView
from quorum.ports.log import ReadModel
from tests.builders.events import INCIDENT, OTHER
from tests.fakes import START, InMemoryReadModel
from tests.integration.tables import create_table

both = pytest.mark.parametrize("kind", ["in_memory", "dynamodb"])


def read_model(kind: str) -> ReadModel:
    """Return the read model."""
    return InMemoryReadModel() if kind == "in_memory" else DynamoDBReadModel(create_table("view"))


def view(incident_id: str = INCIDENT, version: int = 1, **fields: Any) -> IncidentView:
    """Return an incident's view."""
    given = {"status": "open", "opened_at": START, "details": {"score": 0.7, "tags": ["a"]}}
    return IncidentView(incident_id=incident_id, version=version, **{**given, **fields})


@both
def test_newer_view_replaces_an_older_one_and_never_the_reverse(kind: str) -> None:
    model = read_model(kind)
    assert model.get(INCIDENT) is None
    assert model.put(view(version=2, status="deciding"))
    assert not model.put(view(version=2))
    assert not model.put(view(version=1))
    assert model.put(view(version=10, status="closed"))
    assert model.get(INCIDENT) == view(version=10, status="closed")


@both
def test_incidents_are_listed_by_status_newest_first(kind: str) -> None:
    model = read_model(kind)
    for n in range(4):
        model.put(view(f"{n:032x}", opened_at=START + timedelta(minutes=n)))
    model.put(view(OTHER, status="closed"))
    model.put(view(f"{3:032x}", version=2, status="closed", opened_at=START))
    assert [one.incident_id[-1] for one in model.by_status("open", 2)] == ["2", "1"]
    assert [one.incident_id[-1] for one in model.by_status("open", 9)] == ["2", "1", "0"]
    assert len(model.by_status("closed", 9)) == 2
    assert model.by_status("acting", 9) == []


@both
def test_a_view_comes_back_whole(kind: str) -> None:
    model = read_model(kind)
    model.put(view(details={"n": 1.5, "list": [1, {"a": None}], "text": "näh"}))
    stored = model.get(INCIDENT)
    assert stored is not None
    assert json.dumps(stored.details) == json.dumps(
        {"n": 1.5, "list": [1, {"a": None}], "text": "näh"}
    )

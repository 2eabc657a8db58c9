"""`python -m stacks.rebuild memory` against the log in moto; the index of vectors is in memory."""

import io
from typing import Any

import boto3
import pytest

from quorum.adapters.aws.s3_evidence_store import S3EvidenceStore
from quorum.adapters.dynamodb.event_store import DynamoDBEventStore
from quorum.domain.base import OutsiderText
from quorum.domain.events import IncidentForgotten
from stacks import rebuild
from tests.builders.incident_logs import Log
from tests.builders.memory import EMBEDDER
from tests.fakes.vector_memory import InMemoryVectorMemory
from tests.integration.handlers import NO_TEXTS
from tests.integration.tables import create_table, table_named

BUCKET = "quorum-test-evidence"
SETTINGS = {**NO_TEXTS, "EVENTS_TABLE": "quorum-test-events", "EVIDENCE_BUCKET": BUCKET}


def ended(number: int) -> Log:
    """Return the log of an ended incident."""
    return Log(f"{number:032x}").open().freeze().decide().act().check().close()


@pytest.fixture
def log() -> None:
    """Store the logs of an open, two ended and one forgotten incident, and their evidence."""
    events = DynamoDBEventStore(create_table("events"))
    create_table("knowledge")
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    forgotten = ended(3)
    why = OutsiderText.of("a drill")
    forgotten.add(IncidentForgotten, by=OutsiderText.of("sam"), via="cli", reason=why)
    for one in (Log("f" * 32).open(), ended(1), ended(2), forgotten):
        for event in one.events:
            events.append(event)
        for key, body in one.evidence.objects.items():
            s3.put_object(Bucket=BUCKET, Key=key, Body=body)


@pytest.mark.usefixtures("log")
def test_the_memory_has_every_ended_incident_that_is_not_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    memory = InMemoryVectorMemory(EMBEDDER.model)
    monkeypatch.setattr(rebuild, "configured_memory", lambda *_: memory)
    monkeypatch.setattr(rebuild, "configured_embedder", lambda *_: EMBEDDER)
    for _ in range(2):
        assert rebuild.rebuild_memory({**SETTINGS, "MEMORY": "dynamodb"}) == 2
        kinds = [entry.kind for entry in memory.entries()]
        assert (kinds.count("incident"), kinds.count("known_problem")) == (2, 1)
        [problem] = [entry for entry in memory.entries() if entry.record]
        assert problem.record is not None
        assert problem.record.times == 2


@pytest.mark.usefixtures("log")
def test_only_ended_incidents_are_read() -> None:
    evidence = S3EvidenceStore(boto3.client("s3"), BUCKET)
    found = rebuild.ended(table_named(SETTINGS["EVENTS_TABLE"]), evidence)
    assert [one.incident.incident_id for one in found] == [f"{n:032x}" for n in (1, 2, 3)]


def test_a_stage_without_a_memory_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    class Functions:
        def get_function_configuration(self, **request: Any) -> Any:
            assert request == {"FunctionName": "quorum-prod-learning"}
            return {"Environment": {"Variables": SETTINGS}}

    monkeypatch.setattr(boto3, "setup_default_session", lambda **_: None)
    monkeypatch.setattr(boto3, "setup_default_session", lambda **_: None)
    monkeypatch.setattr(boto3, "client", lambda *_, **__: Functions())
    out = io.StringIO()
    assert rebuild.main(["memory", "--stage", "prod"], out) == 0
    assert "off" in out.getvalue()

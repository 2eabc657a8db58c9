"""From the log's rows to the stream, the read model and the memory: the wired functions in moto."""

import json
from types import ModuleType
from typing import Any

import boto3
import pytest

from functions.projection.view import view
from quorum.adapters.aws.s3_evidence_store import S3EvidenceStore
from quorum.adapters.dynamodb.event_store import DynamoDBEventStore
from quorum.adapters.dynamodb.memory import DynamoDBMemory
from quorum.adapters.dynamodb.read_model import DynamoDBReadModel
from quorum.domain.fingerprint import fingerprint
from quorum.narrative import actions
from tests.builders.events import INCIDENT
from tests.builders.incident_logs import Log, resolved
from tests.builders.streams import kinesis, row, rows
from tests.fakes.stream_mapping import StreamMapping
from tests.integration.handlers import CONTEXT, NO_TEXTS, bodies, create_queue, load
from tests.integration.tables import create_table

STREAM = "quorum-test-events"
BUCKET = "quorum-test-evidence"


class Plant:
    """Tables, stream, bucket and the three functions."""

    def __init__(self, patch: pytest.MonkeyPatch, log: Log) -> None:
        self.log = log
        self.store = DynamoDBEventStore(create_table("events"))
        self.model = DynamoDBReadModel(create_table("view"))
        self.memory = DynamoDBMemory(create_table("memory"))
        create_table("controls")
        create_table("operations")
        self.kinesis = boto3.client("kinesis")
        self.kinesis.create_stream(StreamName=STREAM, ShardCount=1)
        boto3.client("s3").create_bucket(Bucket=BUCKET)
        S3EvidenceStore(boto3.client("s3"), BUCKET).put_bundle(self.bundle)
        for fact in log.events:
            self.store.append(fact)
        self.queue, self.outbox = create_queue(), create_queue("quorum-test-outbox")
        environment = {
            "STREAM_NAME": STREAM,
            "EVENTS_TABLE": "quorum-test-events",
            "VIEW_TABLE": "quorum-test-view",
            "MEMORY_TABLE": "quorum-test-memory",
            "CONTROLS_TABLE": "quorum-test-controls",
            "OVERRIDES_TABLE": create_table("overrides").name,
            "SEAT_KEYS": "{}",
            **NO_TEXTS,
            "EVIDENCE_BUCKET": BUCKET,
            "DEAD_LETTER_QUEUE_URL": self.queue,
            "OUTBOX_QUEUE_URL": self.outbox,
            "ROUTES": '{"channels": ["email"]}',
        }
        self.parts: dict[str, ModuleType] = {
            part: load(patch, part, **environment)
            for part in ("publisher", "projection", "learning")
        }

    @property
    def bundle(self) -> Any:
        frozen = self.log.incident.evidence
        assert frozen is not None
        return self.log.evidence.get_bundle(frozen.evidence)

    def deliver(self, part: str, records: list[dict[str, Any]]) -> StreamMapping:
        def invoke(event: dict[str, Any]) -> Any:
            return self.parts[part].lambda_handler(event, CONTEXT)

        mapping = StreamMapping(invoke, batch_size=10)
        mapping.deliver(records)
        return mapping

    def streamed(self) -> list[tuple[str, bytes]]:
        shard = self.kinesis.list_shards(StreamName=STREAM)["Shards"][0]["ShardId"]
        iterator = self.kinesis.get_shard_iterator(
            StreamName=STREAM, ShardId=shard, ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        found = self.kinesis.get_records(ShardIterator=iterator)["Records"]
        return [(record["PartitionKey"], record["Data"]) for record in found]


@pytest.fixture
def plant(monkeypatch: pytest.MonkeyPatch) -> Plant:
    return Plant(monkeypatch, resolved())


def inserted(log: Log) -> list[tuple[str, dict[str, Any]]]:
    return [("INSERT", row(fact)) for fact in log.events]


def test_pipeline_carries_every_row_to_read_model_and_memory(plant: Plant) -> None:
    log = plant.log

    assert plant.deliver("publisher", rows(inserted(log))).discarded == []
    assert [key for key, _ in plant.streamed()] == [INCIDENT] * len(log.events)
    records = kinesis(data for _, data in plant.streamed())
    assert plant.deliver("projection", records).discarded == []
    assert plant.deliver("learning", records).discarded == []

    assert plant.model.get(INCIDENT) == view(log.incident, actions(log.events))
    assert [one.incident_id for one in plant.model.by_status("closed", 10)] == [INCIDENT]
    [past] = plant.memory.similar(fingerprint(plant.bundle), 5)
    assert (past.incident_id, past.verb, past.worked) == (INCIDENT, "lambda.rollback_alias", True)
    assert {one.right for one in past.seats} == {True}


def test_pipeline_needs_the_last_event_alone(plant: Plant) -> None:
    plant.deliver("publisher", rows(inserted(plant.log)[-1:] * 3))
    records = kinesis(data for _, data in plant.streamed())

    plant.deliver("projection", records)
    plant.deliver("learning", records)

    assert len(records) == 3
    assert plant.model.get(INCIDENT) == view(plant.log.incident, actions(plant.log.events))
    assert len(plant.memory.similar(fingerprint(plant.bundle), 5)) == 1


def test_pipeline_discards_a_poison_row_and_reports_tampering(plant: Plant) -> None:
    good = inserted(plant.log)
    touched = [("MODIFY", row(plant.log.events[2])), ("REMOVE", row(plant.log.events[3]))]
    poison = ("INSERT", {"incident_id": INCIDENT, "version": 99, "event": "{"})

    mapping = plant.deliver("publisher", rows([*good[:2], *touched, *good[4:], poison]))

    assert mapping.discarded == [f"{len(good):08d}"]
    untouched = [fact.version for fact in plant.log.events if fact.version not in {3, 4}]
    assert [json.loads(data)["version"] for _, data in plant.streamed()] == untouched
    assert len(bodies(plant.outbox)) == 2
    assert bodies(plant.queue) == []


def test_pipeline_keeps_a_tampering_report_that_cannot_be_queued(
    plant: Plant, capsys: pytest.CaptureFixture[str]
) -> None:
    boto3.client("sqs").delete_queue(QueueUrl=plant.outbox)

    mapping = plant.deliver("publisher", rows([("REMOVE", row(plant.log.events[0]))]))

    assert mapping.discarded == []
    [body] = map(json.loads, bodies(plant.queue))
    assert body["payload"]["notice"]["about"] == "tampered"
    assert '"HistoryTampered"' in capsys.readouterr().out
    assert plant.streamed() == []


def test_pipeline_without_its_stream_fails_the_rows_alone(plant: Plant) -> None:
    plant.kinesis.delete_stream(StreamName=STREAM)

    mapping = plant.deliver("publisher", rows(inserted(plant.log)))

    assert len(mapping.discarded) == len(plant.log.events)
    assert len(plant.store.load(INCIDENT)) == len(plant.log.events)


@pytest.mark.parametrize("part", ["projection", "learning"])
def test_pipeline_discards_a_poison_record_alone(plant: Plant, part: str) -> None:
    plant.deliver("publisher", rows(inserted(plant.log)))
    datas = [data for _, data in plant.streamed()]

    mapping = plant.deliver(part, kinesis([*datas, b"poison"]))

    assert mapping.discarded == [f"{len(datas):08d}"]
    if part == "projection":
        assert plant.model.get(INCIDENT) == view(plant.log.incident, actions(plant.log.events))
    else:
        assert len(plant.memory.similar(fingerprint(plant.bundle), 5)) == 1

"""The wired function, against DynamoDB and S3 in moto: its memories and suspensions."""

import boto3
import pytest

from functions.learning.reputation import MIN_JUDGED
from quorum.adapters.dynamodb.controls import DynamoDBControls
from quorum.adapters.dynamodb.event_store import DynamoDBEventStore
from quorum.adapters.dynamodb.memory import DynamoDBMemory
from quorum.adapters.dynamodb.occurrences import DynamoDBOccurrences
from quorum.application.knowledge import KnowledgeUpdater
from quorum.domain.errors import ModelThrottledError
from quorum.domain.memories import Remembered, SeatOutcome
from quorum.domain.memory_entries import Vector
from tests.builders.candidates import ROLLBACK
from tests.builders.incident_logs import Log, vote
from tests.builders.streams import kinesis, published
from tests.fakes.embedder import HashingEmbedder
from tests.fakes.vector_memory import InMemoryVectorMemory
from tests.integration.handlers import CONTEXT, NO_TEXTS, load
from tests.integration.tables import create_table

SEAT = "diagnosis-change"


def undone() -> Log:
    """Return the log of an incident in which the seat was proved wrong."""
    log = Log().open().freeze().decide(votes=(vote(SEAT, ROLLBACK.id, 9000),))
    return log.act().check("failed", "ALARM").undo().close("undone", "no_recovery")


def stored(log: Log) -> None:
    """Store the incident's log and its evidence."""
    store = DynamoDBEventStore(create_table("events"))
    for event in log.events:
        store.append(event)
    bucket = boto3.client("s3")
    bucket.create_bucket(Bucket="quorum-test-evidence")
    for key, body in log.evidence.objects.items():
        bucket.put_object(Bucket="quorum-test-evidence", Key=key, Body=body)


@pytest.mark.parametrize(("wrong", "out"), [(MIN_JUDGED - 2, set()), (MIN_JUDGED - 1, {SEAT})])
def test_an_end_is_remembered_and_a_bad_record_suspends(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    wrong: int,
    out: set[str],
) -> None:
    log = undone()
    stored(log)
    memory, controls = DynamoDBMemory(create_table("memory")), create_table("controls")
    for at in range(wrong):
        memory.remember(before(at))
    module = load(
        monkeypatch,
        "learning",
        EVENTS_TABLE="quorum-test-events",
        EVIDENCE_BUCKET="quorum-test-evidence",
        MEMORY_TABLE="quorum-test-memory",
        CONTROLS_TABLE="quorum-test-controls",
        OVERRIDES_TABLE=create_table("overrides").name,
        SEAT_KEYS="{}",
        **NO_TEXTS,
    )

    answer = module.lambda_handler({"Records": kinesis(published(log.events)[-1:])}, CONTEXT)

    assert answer == {"batchItemFailures": []}
    assert len(memory.remembered(100)) == wrong + 1
    assert set(DynamoDBControls(controls).suspended()) == out
    assert f'"SeatsSuspended":[{len(out)}.0]' in capsys.readouterr().out


class ThrottledEmbedder(HashingEmbedder):
    """An embedder that is throttled until `ready`."""

    ready = False

    def embed(self, text: str) -> Vector:
        """Return the vector, or raise."""
        if not self.ready:
            raise ModelThrottledError("slow down")
        return super().embed(text)


def test_a_record_that_could_not_be_embedded_is_delivered_again_and_the_rest_is_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log = undone()
    stored(log)
    past = DynamoDBMemory(create_table("memory"))
    create_table("controls")
    module = load(
        monkeypatch,
        "learning",
        EVENTS_TABLE="quorum-test-events",
        EVIDENCE_BUCKET="quorum-test-evidence",
        MEMORY_TABLE="quorum-test-memory",
        CONTROLS_TABLE="quorum-test-controls",
        OVERRIDES_TABLE=create_table("overrides").name,
        SEAT_KEYS="{}",
        **NO_TEXTS,
    )
    embedder = ThrottledEmbedder()
    texts = InMemoryVectorMemory(embedder.model)
    occurrences = DynamoDBOccurrences(create_table("knowledge"))
    monkeypatch.setattr(module, "knowledge", KnowledgeUpdater(texts, embedder, occurrences))
    records = {"Records": kinesis(published(log.events)[-1:])}

    failed = module.lambda_handler(records, CONTEXT)

    assert len(failed["batchItemFailures"]) == 1
    assert len(past.remembered(9)) == 1, "the numbers do not wait for a model"
    assert list(texts.entries()) == []
    embedder.ready = True
    for _ in range(2):
        assert module.lambda_handler(records, CONTEXT) == {"batchItemFailures": []}
    outcomes = {entry.kind: entry.outcome for entry in texts.entries()}
    assert outcomes["incident"] == outcomes["known_problem"] == "failed"


def before(at: int) -> Remembered:
    """Return an earlier incident, in which the seat was wrong."""
    outcome = SeatOutcome(seat=SEAT, tier="t", action=None, conf_bp=0, right=False)
    return Remembered(
        incident_id=f"{at:032x}",
        closed_at=1.0 + at,
        fingerprint={},
        verb=None,
        worked=False,
        seats=(outcome,),
    )

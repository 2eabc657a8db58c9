"""The wired function, against DynamoDB and S3 in moto: its memories and suspensions."""

import boto3
import pytest

from functions.learning.reputation import MIN_JUDGED
from quorum.adapters.dynamodb.controls import DynamoDBControls
from quorum.adapters.dynamodb.event_store import DynamoDBEventStore
from quorum.adapters.dynamodb.memory import DynamoDBMemory
from quorum.domain.memories import Remembered, SeatOutcome
from tests.builders.candidates import ROLLBACK
from tests.builders.incident_logs import Log, vote
from tests.builders.streams import kinesis, published
from tests.integration.handlers import CONTEXT, load
from tests.integration.tables import create_table

SEAT = "diagnosis-change"


def undone() -> Log:
    """Return the log of an incident in which the seat was proved wrong."""
    log = Log().open().freeze().decide(votes=(vote(SEAT, ROLLBACK.id, 9000),))
    return log.act().check("failed", "ALARM").undo().close("undone", "no_recovery")


@pytest.mark.parametrize(("wrong", "out"), [(MIN_JUDGED - 2, set()), (MIN_JUDGED - 1, {SEAT})])
def test_an_end_is_remembered_and_a_bad_record_suspends(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    wrong: int,
    out: set[str],
) -> None:
    log = undone()
    store = DynamoDBEventStore(create_table("events"))
    for event in log.events:
        store.append(event)
    bucket = boto3.client("s3")
    bucket.create_bucket(Bucket="quorum-test-evidence")
    for key, body in log.evidence.objects.items():
        bucket.put_object(Bucket="quorum-test-evidence", Key=key, Body=body)
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
    )

    answer = module.lambda_handler({"Records": kinesis(published(log.events)[-1:])}, CONTEXT)

    assert answer == {"batchItemFailures": []}
    assert len(memory.remembered(100)) == wrong + 1
    assert set(DynamoDBControls(controls).suspended()) == out
    assert f'"SeatsSuspended":[{len(out)}.0]' in capsys.readouterr().out


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

"""The contracts of what may be done once, and of where messages wait for the courier."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import boto3
import pytest
from botocore.stub import Stubber

from quorum.adapters.aws.sqs_outbox import SqsOutbox
from quorum.adapters.dynamodb.claims import DynamoDBClaims
from quorum.domain.errors import StoreUnavailableError
from quorum.domain.messages import Waiting
from quorum.ports.execution import Claims
from quorum.ports.messaging import OutboxQueue
from tests.builders.messaging import notice
from tests.fakes import START
from tests.fakes.channels import InMemoryClaims, InMemoryOutboxQueue
from tests.integration.handlers import bodies, create_queue
from tests.integration.tables import create_table, table_named

LATER = START + timedelta(minutes=10)
WAITS = (
    Waiting(leg="channels", notice=notice("approval_wanted")),
    Waiting(leg="paged", notice=notice("resolved")),
    Waiting(leg="pages", notice=notice("escalated", about="execution_failed")),
)
stores = pytest.mark.parametrize("kind", ["in_memory", "dynamodb"])
queues = pytest.mark.parametrize("kind", ["in_memory", "sqs"])


def claims(kind: str) -> Claims:
    """Return the claims."""
    return InMemoryClaims() if kind == "in_memory" else DynamoDBClaims(create_table("operations"))


def broken_claims(kind: str) -> Claims:
    """Return claims whose store is gone."""
    if kind == "dynamodb":
        return DynamoDBClaims(table_named("nowhere"))
    broken = InMemoryClaims()
    broken.error = StoreUnavailableError("gone")
    return broken


@stores
def test_a_key_is_claimed_once_whatever_time_comes_with_it(kind: str) -> None:
    held = claims(kind)

    assert not held.claimed("press#a")
    assert [held.once("press#a", LATER), held.once("press#b", LATER)] == [True, True]
    assert held.claimed("press#a")
    assert [held.once("press#a", LATER), held.once("press#a", START)] == [False, False]


@stores
def test_one_of_many_concurrent_claims_succeeds(kind: str) -> None:
    held = claims(kind)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: held.once("press#a", LATER), range(8)))

    assert sorted(found) == 7 * [False] + [True]


@stores
def test_without_the_store_nothing_is_claimed(kind: str) -> None:
    with pytest.raises(StoreUnavailableError):
        broken_claims(kind).once("press#a", LATER)
    with pytest.raises(StoreUnavailableError):
        broken_claims(kind).claimed("press#a")


def test_a_claim_is_never_forgotten_early() -> None:
    table = create_table("operations")

    DynamoDBClaims(table).once("press#a", LATER + timedelta(milliseconds=1))

    stored = table.get_item(Key={"id": "press#a"})["Item"]
    assert stored["expires"] >= LATER.timestamp()


def outbox(kind: str) -> tuple[OutboxQueue, InMemoryOutboxQueue, str]:
    """Return the queue, as what it is when it is in memory, and its address when it is not."""
    memory = InMemoryOutboxQueue()
    if kind == "in_memory":
        return memory, memory, ""
    url = create_queue()
    return SqsOutbox(boto3.client("sqs"), url), memory, url


@queues
def test_queued_message_is_complete_when_the_courier_receives_it(kind: str) -> None:
    queue, memory, url = outbox(kind)
    for waiting in WAITS:
        queue.put(waiting)

    found = memory.waiting
    if kind == "sqs":
        found = [Waiting.model_validate_json(body) for body in bodies(url)]

    assert sorted(found, key=lambda one: one.leg) == sorted(WAITS, key=lambda one: one.leg)


@queues
def test_message_that_cannot_be_queued_raises_an_error(kind: str) -> None:
    queue, memory, url = outbox(kind)
    memory.error = StoreUnavailableError("gone")
    if kind == "sqs":
        boto3.client("sqs").delete_queue(QueueUrl=url)

    with pytest.raises(StoreUnavailableError):
        queue.put(WAITS[0])


def test_throttled_queue_raises_store_unavailable() -> None:
    client = boto3.client("sqs")
    with Stubber(client) as stubber:
        stubber.add_client_error("send_message", "RequestThrottled", "no", 403)
        with pytest.raises(StoreUnavailableError, match="RequestThrottled"):
            SqsOutbox(client, "https://sqs.invalid/1/outbox").put(WAITS[0])

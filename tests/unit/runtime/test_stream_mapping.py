"""The model of a stream's event source mapping follows its documentation."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import StreamMapping, sequence_of

Response = Mapping[str, Any] | None


class KilledError(Exception):
    """The environment died."""


def records(count: int) -> list[dict[str, Any]]:
    """Return records of a Kinesis shard, in order."""
    return [{"kinesis": {"sequenceNumber": f"{n:04d}"}} for n in range(count)]


class Handler:
    """Handles records one by one; `poison` is reported as failed, `killers` end the invocation."""

    def __init__(self, poison: set[int] = frozenset(), killers: set[int] = frozenset()) -> None:  # type: ignore[assignment]
        self.poison, self.killers = poison, killers
        self.handled: Counter[int] = Counter()
        self.batches: list[list[int]] = []

    def __call__(self, event: dict[str, Any]) -> Response:
        batch = [int(sequence_of(record)) for record in event["Records"]]
        self.batches.append(batch)
        for n in batch:
            if n in self.killers:
                raise KilledError
            if n not in self.poison:
                self.handled[n] += 1
        failed = [{"itemIdentifier": f"{n:04d}"} for n in batch if n in self.poison]
        return {"batchItemFailures": failed}


def test_batch_is_retried_from_the_lowest_failure() -> None:
    handler = Handler(poison={2, 4})
    mapping = StreamMapping(handler, batch_size=6, retries=2)
    mapping.deliver(records(8))
    assert handler.batches == [[0, 1, 2, 3, 4, 5], [2, 3, 4, 5], [2, 3, 4, 5], [6, 7]]
    assert mapping.discarded == ["0002", "0003", "0004", "0005"]
    assert mapping.invocations == 4


def test_transient_failure_is_retried_and_discards_nothing() -> None:
    handler = Handler(poison={1})

    def healing(event: dict[str, Any]) -> Response:
        response = handler(event)
        handler.poison = set()
        return response

    mapping = StreamMapping(healing)
    mapping.deliver(records(3))
    assert (handler.batches, mapping.discarded) == ([[0, 1, 2], [1, 2]], [])


def test_crashing_batch_is_bisected_down_to_the_crashing_record() -> None:
    handler = Handler(killers={5})
    mapping = StreamMapping(handler, batch_size=8, retries=1)
    mapping.deliver(records(8))
    assert mapping.discarded == ["0005"]
    assert handler.batches == [
        [0, 1, 2, 3, 4, 5, 6, 7],
        [0, 1, 2, 3],
        [4, 5, 6, 7],
        [4, 5],
        [4],
        [5],
        [5],
        [6, 7],
    ]


def test_crashing_record_discards_its_batch_without_bisection() -> None:
    mapping = StreamMapping(Handler(killers={1}), batch_size=4, retries=1, bisect=False)
    mapping.deliver(records(8))
    assert mapping.discarded == ["0000", "0001", "0002", "0003"]


@pytest.mark.parametrize(
    "answer", [None, {}, {"batchItemFailures": []}, {"batchItemFailures": None}]
)
def test_empty_response_is_complete_success(answer: Response) -> None:
    mapping = StreamMapping(lambda _: answer)
    mapping.deliver(records(3))
    assert (mapping.invocations, mapping.discarded) == (1, [])


@pytest.mark.parametrize(
    "failure", [{"itemIdentifier": ""}, {"itemIdentifier": None}, {"sequence": "0001"}]
)
def test_failure_without_an_identifier_is_complete_failure(failure: dict[str, Any]) -> None:
    mapping = StreamMapping(lambda _: {"batchItemFailures": [failure]}, retries=1, bisect=False)
    mapping.deliver(records(2))
    assert mapping.discarded == ["0000", "0001"]


def test_reported_failures_are_ignored_unless_configured() -> None:
    handler = Handler(poison={1})
    mapping = StreamMapping(handler, report_item_failures=False)
    mapping.deliver(records(3))
    assert (mapping.invocations, mapping.discarded) == (1, [])


@given(
    count=st.integers(0, 40),
    poison=st.sets(st.integers(0, 39), max_size=6),
    killers=st.sets(st.integers(0, 39), max_size=4),
    batch_size=st.integers(1, 15),
    retries=st.integers(0, 3),
    bisect=st.booleans(),
)
def test_every_record_is_handled_or_discarded(  # noqa: PLR0913 - the mapping's settings
    count: int, poison: set[int], killers: set[int], batch_size: int, retries: int, *, bisect: bool
) -> None:
    handler = Handler(poison, killers)
    mapping = StreamMapping(handler, batch_size=batch_size, retries=retries, bisect=bisect)
    mapping.deliver(records(count))
    discarded = {int(sequence) for sequence in mapping.discarded}
    assert set(handler.handled) | discarded == set(range(count))
    assert (poison | killers) & set(range(count)) <= discarded
    assert len(mapping.discarded) == len(discarded)
    assert all(batch == sorted(batch) for batch in handler.batches)


def test_handler_that_reports_no_failure_loses_the_record() -> None:
    handler = Handler(poison={1})

    def swallowing(event: dict[str, Any]) -> Response:
        handler(event)
        return {"batchItemFailures": []}

    mapping = StreamMapping(swallowing)
    mapping.deliver(records(3))
    assert set(handler.handled) | set(mapping.discarded) == {0, 2}


def test_sequence_number_of_a_dynamodb_record_has_its_own_key() -> None:
    assert sequence_of({"dynamodb": {"SequenceNumber": "111"}}) == "111"

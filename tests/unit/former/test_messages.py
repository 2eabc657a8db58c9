"""Messages of an earlier version in the queues while the code behind them is replaced."""

import json
from typing import Final

from functions.courier.queued_messages import parse
from tests.former import ANNEX, sample

BODIES: Final[list[str]] = sample("outbox")


def test_queued_messages_of_an_earlier_version_are_readable() -> None:
    """Unreadable messages would become dead letters, and no one would be notified."""
    records = [
        {"messageId": str(n), "body": body, "attributes": {"ApproximateReceiveCount": "1"}}
        for n, body in enumerate(BODIES)
    ]
    batch = parse({"Records": records})

    assert batch.unreadable == []
    assert [one.waiting.leg for one in batch.messages] == ["channels", "paged"]
    for one in batch.messages:
        assert ANNEX in json.dumps(one.waiting.model_dump(mode="json"))

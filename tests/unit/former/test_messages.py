"""What waits in queues while the code behind them is replaced."""

import json
from typing import Final

from functions.courier.batch import letters
from tests.former import ANNEX, sample

BODIES: Final[list[str]] = sample("outbox")


def test_messages_of_then_that_wait_in_the_outbox_are_told() -> None:
    """Unread, they would end among the dead letters: people would never hear of them."""
    records = [
        {"messageId": str(n), "body": body, "attributes": {"ApproximateReceiveCount": "1"}}
        for n, body in enumerate(BODIES)
    ]
    batch = letters({"Records": records})

    assert batch.unreadable == []
    assert [letter.waiting.leg for letter in batch.letters] == ["channels", "paged"]
    for letter in batch.letters:
        assert ANNEX in json.dumps(letter.waiting.model_dump(mode="json"))

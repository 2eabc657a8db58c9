"""A batch of the outbox's queue, as Lambda hands it over."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from functions.courier.letter import Letter
from quorum.domain.messages import Waiting


class Batch(NamedTuple):
    """What can be read, and the ids of what cannot: the queue puts that aside after a while."""

    letters: list[Letter]
    unreadable: list[str]


def letters(event: Mapping[str, Any]) -> Batch:
    """Return the batch's letters."""
    batch = Batch([], [])
    for record in event["Records"]:
        receives = int(record["attributes"]["ApproximateReceiveCount"])
        try:
            waiting = Waiting.model_validate_json(record["body"])
        except ValidationError:
            batch.unreadable.append(record["messageId"])
        else:
            batch.letters.append(Letter(record["messageId"], waiting, receives))
    return batch

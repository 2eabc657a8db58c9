"""A table behind a bad network."""

import random
from typing import Any

from botocore.exceptions import ReadTimeoutError


class Unreliable:
    """A table behind a bad network.

    One response in eight is lost and the SDK repeats the request; one in twelve is lost for good.
    """

    def __init__(self, table: Any, seed: int) -> None:
        self._table, self.name, self.query = table, table.name, table.query
        self._random = random.Random(seed)  # noqa: S311

    def put_item(self, **put: Any) -> Any:
        """Put, and perhaps lose the response."""
        answer = self._table.put_item(**put)
        fate = self._random.random()
        if fate < 1 / 8:
            return self._table.put_item(**put)
        if fate < 1 / 8 + 1 / 12:
            raise ReadTimeoutError(endpoint_url="https://dynamodb")
        return answer

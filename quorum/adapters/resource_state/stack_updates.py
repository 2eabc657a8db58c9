"""CloudFormation stacks that are changing, found by the tags that it gives its resources."""

import time
from collections.abc import Callable, Mapping
from threading import Lock
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

STACK_TAG: Final = "aws:cloudformation:stack-id"
KEPT_SECONDS: Final = 10.0
"""Resources of one stack are read at the same time: one call answers for all of them."""


class StackUpdates:
    """Reads stacks' status; without a client none is changing.

    Best effort: the executor looks again before it acts, and there a failure is a refusal.
    """

    def __init__(
        self,
        client: "CloudFormationClient | None" = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client, self._clock = client, clock
        self._known: dict[str, tuple[float, bool]] = {}
        self._lock = Lock()

    def running(self, tags: Mapping[str, str]) -> bool:
        """Return whether the stack of the resource with these tags is changing."""
        stack = tags.get(STACK_TAG)
        if self._client is None or stack is None:
            return False
        with self._lock:
            at, changing = self._known.get(stack, (float("-inf"), False))
            if self._clock() - at > KEPT_SECONDS:
                changing = self._changing(self._client, stack)
                self._known[stack] = (self._clock(), changing)
        return changing

    @staticmethod
    def _changing(client: "CloudFormationClient", stack: str) -> bool:
        try:
            found = client.describe_stacks(StackName=stack)["Stacks"]
        except (ClientError, BotoCoreError):
            return False
        statuses = (one["StackStatus"] for one in found)
        return any(s.endswith("_IN_PROGRESS") and s != "REVIEW_IN_PROGRESS" for s in statuses)

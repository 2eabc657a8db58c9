"""Everything that goes out, kept in memory. Set `error` to have calls raise it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from quorum.domain.errors import QuorumError, RefusedError
from quorum.domain.messages import Message, Waiting
from quorum.domain.notices import PendingMessage
from quorum.ports.log import Published


class _Channel:
    def __init__(self) -> None:
        self.error: QuorumError | None = None

    def _raise(self) -> None:
        if self.error is not None:
            raise self.error


class InMemoryNotifier(_Channel):
    """A `Notifier`; `sent` holds the messages."""

    def __init__(self, channel: str = "email") -> None:
        super().__init__()
        self.channel = channel
        self.sent: list[Message] = []

    def send(self, message: Message) -> str:
        """Deliver it; return the channel's reference."""
        self._raise()
        self.sent.append(message)
        return f"{self.channel}-{len(self.sent)}"


class InMemoryOutboxQueue(_Channel):
    """An `OutboxQueue`; `waiting` holds its entries, `notices` their messages."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[Waiting] = []

    @property
    def notices(self) -> list[PendingMessage]:
        """Return the queued messages."""
        return [one.notice for one in self.waiting]

    def put(self, waiting: Waiting) -> None:
        """Keep the message until the courier has sent it."""
        self._raise()
        self.waiting.append(waiting)


class InMemoryClaims(_Channel):
    """A `Claims`; nothing is ever forgotten."""

    def __init__(self) -> None:
        super().__init__()
        self.claimed_until: dict[str, datetime] = {}

    def claimed(self, key: str) -> bool:
        """Return whether the key is claimed."""
        self._raise()
        return key in self.claimed_until

    def once(self, key: str, until: datetime) -> bool:
        """Claim the key; return whether this claim is the first."""
        self._raise()
        return key not in self.claimed_until and not self.claimed_until.update({key: until})


class InMemoryDeadLetters(_Channel):
    """A `DeadLetters`; `kept` holds (payload, reason)."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[tuple[dict[str, Any], str]] = []

    def put(self, payload: Mapping[str, Any], reason: str) -> None:
        """Keep the payload with the reason."""
        self._raise()
        self.kept.append((dict(payload), reason))


class InMemoryExecutionStarter(_Channel):
    """An `ExecutionStarter`; `started` holds each incident once."""

    def __init__(self) -> None:
        super().__init__()
        self.started: list[str] = []

    def start(self, incident_id: str) -> None:
        """Start the incident's execution; one that exists is success."""
        self._raise()
        if incident_id not in self.started:
            self.started.append(incident_id)


class InMemoryTaskTokens(_Channel):
    """A `TaskTokens`; a token that is in `expired`, or was used, is refused."""

    def __init__(self) -> None:
        super().__init__()
        self.outputs: dict[str, dict[str, Any]] = {}
        self.expired: set[str] = set()

    def succeed(self, token: str, output: Mapping[str, Any]) -> None:
        """Resume the waiting task with the output."""
        self._raise()
        if token in self.expired or token in self.outputs:
            raise RefusedError("the task waits no more")
        self.outputs[token] = dict(output)


class InMemoryPublisher(_Channel):
    """A `Publisher`; the next records at `refuse` positions are not taken, once."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[Published] = []
        self.refuse: set[int] = set()

    def publish(self, records: Sequence[Published]) -> Sequence[int]:
        """Send the records; return the positions of those that were not taken."""
        self._raise()
        refused = sorted(self.refuse & set(range(len(records))))
        self.refuse = set()
        self.records += [one for at, one in enumerate(records) if at not in refused]
        return refused

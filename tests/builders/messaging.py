"""All channels, the outbox and the courier, in memory, on one clock."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, Final

from functions.courier.courier import Courier, Drained
from functions.courier.queued_messages import MessageReader, QueuedMessage
from functions.courier.sending import LegSender
from quorum.application.circuit_breaker import Breaker
from quorum.domain.errors import ChannelUnavailableError
from quorum.domain.events import (
    EvidenceFrozen,
    MessageKind,
    Outcome,
)
from quorum.domain.incident_records import Notified
from quorum.domain.messages import Message, Waiting
from quorum.domain.notices import About, PendingMessage
from quorum.domain.notification_routes import ChannelName, Routes
from quorum.messaging import Channel, DeliveryLog, Outbox
from quorum.messaging.content import ContextReader, Site
from quorum.ports.execution import BreakerStore, Operations
from tests.builders.alarms import alarm
from tests.builders.candidates import RAISE, ROLLBACK
from tests.builders.incidents import IncidentStores
from tests.fakes import (
    FakeClock,
    InMemoryBreakerStore,
    InMemoryDeadLetters,
    InMemoryNotificationStore,
    InMemoryNotifier,
    InMemoryOperations,
    InMemoryOutboxQueue,
)

BOTH: Final = Routes(channels=("slack", "email"), pages=("pagerduty", "email"))
TIME: Final = timedelta(seconds=75)
"""The longest time that a courier waits for turns."""


def notice(
    kind: MessageKind = "opened", incident: str = "1", about: About = "state"
) -> PendingMessage:
    """Return a pending message about an incident whose id is that digit, 32 times."""
    return PendingMessage(incident_id=incident * 32, kind=kind, about=about)


def message(kind: MessageKind = "opened", incident: str = "1", **more: Any) -> Message:
    """Return a message about an incident whose id is that digit, 32 times."""
    fields = {"subject": f"{kind} {incident}", "text": f"text {incident}", "html": "<p>h</p>"}
    return Message.model_validate({"incident_id": incident * 32, "kind": kind, **fields, **more})


class MessagingWorld(IncidentStores):
    """The outbox and the courier, wired."""

    def __init__(self, routes: Routes = BOTH, clock: FakeClock | None = None) -> None:
        super().__init__(clock=clock)
        self.routes = routes
        names: Iterable[ChannelName] = (*routes.channels, *routes.pages)
        self.notifiers = {name: InMemoryNotifier(name) for name in dict.fromkeys(names)}
        self.operations: Operations = InMemoryOperations(self.clock)
        self.breakers: BreakerStore = InMemoryBreakerStore()
        self.queue, self.dead_letters = InMemoryOutboxQueue(), InMemoryDeadLetters()
        self.notifications = InMemoryNotificationStore()

    @property
    def contexts(self) -> ContextReader:
        """Return the reader of incident contexts."""
        return ContextReader(
            self.recorder.store, self.openings, self.closings, self.approvals, self.notifications
        )

    @property
    def deliveries(self) -> DeliveryLog:
        """Return the record of deliveries."""
        return DeliveryLog(self.recorder, self.notifications, self.clock)

    def channel(self, name: ChannelName) -> Channel:
        """Return one channel, wired as in a function."""
        return Channel(
            self.notifiers[name],
            Breaker(name, self.breakers, now=self.clock),
            self.operations,
            now=self.clock,
            sleep=self.clock.sleep,
        )

    @property
    def outbox(self) -> Outbox:
        """Return the outbox of a function that has the first channel of each leg."""
        firsts = (*self.routes.channels[:1], *self.routes.pages[:1])
        channels = {name: self.channel(name) for name in firsts}
        return Outbox(self.routes, self.queue, self.dead_letters, channels)

    def courier(self) -> Courier:
        """Return a courier."""
        channels = {name: self.channel(name) for name in self.notifiers}
        return Courier(
            MessageReader(self.contexts, self.routes, Site()),
            LegSender(self.routes, channels, self.clock),
            self.deliveries,
            self.dead_letters,
        )

    def drain(self, waiting: Sequence[Waiting] | None = None) -> Drained:
        """Have the courier drain the queue, or these pending messages, as one batch."""
        batch = self.queue.waiting if waiting is None else waiting
        queued = [QueuedMessage(f"m{n}", one) for n, one in enumerate(batch)]
        drained = self.courier().drain(queued, self.clock() + TIME)
        if waiting is None:
            again = set(drained.again)
            self.queue.waiting = [one.waiting for one in queued if one.id in again]
        return drained

    def break_down(self, *names: ChannelName) -> None:
        """Make the channels unavailable."""
        for name in names:
            self.notifiers[name].error = ChannelUnavailableError(f"{name} is down")

    def sent(self, name: ChannelName) -> list[str]:
        """Return the subjects of the messages that the channel took."""
        return [one.subject for one in self.notifiers[name].sent]

    def kinds(self, name: ChannelName) -> list[tuple[str, str]]:
        """Return the kind and the incident's first digit of each message that the channel took."""
        return [(one.kind, one.incident_id[0]) for one in self.notifiers[name].sent]

    def notified(self, digit: str) -> list[tuple[str, str, str]]:
        """Return the recorded notifications: kind, channel, reference."""
        found = self.notifications.of(digit * 32)
        return [(one.message, one.channel, one.reference) for one in found]

    def remember(self, kind: MessageKind, channel: str, reference: str, digit: str = "1") -> None:
        """Record a notification."""
        self.notifications.put(
            Notified(
                incident_id=digit * 32,
                message=kind,
                channel=channel,
                reference=reference,
                at=self.clock().timestamp(),
            )
        )


def open_incidents(world: MessagingWorld, *digits: str, kept: bool = True) -> None:
    """Open incidents with an approval request; `kept` records their openings as well."""
    for digit in digits:
        incident = digit * 32
        world.write_opening(alarm(f"shop-{digit}"), incident, stored=kept)
        world.add(
            EvidenceFrozen,
            incident_id=incident,
            round=1,
            evidence="e" * 64,
            key="bundles/1",
            sources=(),
            candidates=(ROLLBACK, RAISE),
        )
        world.write_decision(incident, ranking=((ROLLBACK.id, 6600),))
        ask(world, digit)


def ask(world: MessagingWorld, digit: str, action: str = ROLLBACK.id) -> None:
    """Request approval as the approval function does; its id is the digit, 32 times."""
    world.write_approval_request(digit * 32, action, digit * 32)


def end(world: MessagingWorld, digit: str, outcome: Outcome = "escalated") -> None:
    """End an incident, as the closing function does."""
    world.put_ending(digit * 32, outcome)

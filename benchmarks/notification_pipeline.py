"""Quorum's notification pipeline on a virtual clock: outbox, queue, couriers and channel rates.

The logic is the deployed code. The stores are in memory, and so are the services behind the
channels, which take time to respond and can be down.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from benchmarks.virtual_time import VirtualTime
from functions.communication.notify import IncidentNotifier
from functions.courier.courier import Courier
from functions.courier.queued_messages import MessageReader, QueuedMessage
from functions.courier.sending import LegSender
from quorum.application.circuit_breaker import Breaker
from quorum.application.recorder import Recorder
from quorum.domain.errors import ChannelUnavailableError
from quorum.domain.messages import Message, Waiting
from quorum.domain.notification_routes import ChannelName, Routes
from quorum.messaging import Channel, DeliveryLog, Outbox
from quorum.messaging.content import ContextReader, Site
from stacks.constructs.notifications import BATCH, COURIERS
from stacks.constructs.queues import OUTBOX_SPARE_SECONDS
from stacks.rows.action import COURIER_SECONDS
from tests.fakes import (
    CountingIds,
    InMemoryApprovalStore,
    InMemoryBreakerStore,
    InMemoryClosingStore,
    InMemoryDeadLetters,
    InMemoryEventStore,
    InMemoryNotificationStore,
    InMemoryOpeningStore,
    InMemoryOperations,
    InMemoryOutboxQueue,
)

SEND_SECONDS: Final = 0.3
"""Response time of a service, also for a rejection."""
WINDOW_SECONDS: Final = 1.0
LAST_CALLS_SECONDS: Final = 45
ROUTES: Final = Routes(channels=("slack", "email"), pages=("pagerduty", "email"))


class PipelineService:
    """A `Notifier` that records the messages it accepts and the times of all requests."""

    def __init__(self, channel: ChannelName, time: VirtualTime, *, down: bool) -> None:
        self.channel: str = channel
        self._time, self._down = time, down
        self.requests: list[datetime] = []
        self.sent: list[Message] = []

    def send(self, message: Message) -> str:
        """Accept the message and return its id. Raises ChannelUnavailableError when down."""
        self.requests.append(self._time())
        self._time.sleep(SEND_SECONDS)
        if self._down:
            raise ChannelUnavailableError(f"{self.channel} is down")
        self.sent.append(message)
        return f"{self.channel}-{len(self.sent)}"


class NotificationPipeline:
    """The notification pipeline with services of which some are down."""

    def __init__(self, time: VirtualTime, down: Iterable[ChannelName]) -> None:
        self.time, broken = time, set(down)
        names: list[ChannelName] = list(dict.fromkeys((*ROUTES.channels, *ROUTES.pages)))
        self.services = {name: PipelineService(name, time, down=name in broken) for name in names}
        self.store, self.queue = InMemoryEventStore(), InMemoryOutboxQueue()
        self.dead_letters = InMemoryDeadLetters()
        self.openings, self.closings = InMemoryOpeningStore(), InMemoryClosingStore()
        self.approvals, self.notifications = InMemoryApprovalStore(), InMemoryNotificationStore()
        self.recorder = Recorder(
            self.store,
            now=time,
            new_id=CountingIds("storm"),
            jitter=lambda cap: cap / 2,
            sleep=time.sleep,
        )
        operations, breakers = InMemoryOperations(time), InMemoryBreakerStore()
        self._channels = {
            name: Channel(
                service,
                Breaker(name, breakers, now=time),
                operations,
                now=time,
                sleep=time.sleep,
            )
            for name, service in self.services.items()
        }
        self._files = ContextReader(
            self.store, self.openings, self.closings, self.approvals, self.notifications
        )
        self._ledger = DeliveryLog(self.recorder, self.notifications, time)
        outbox = Outbox(ROUTES, self.queue, self.dead_letters, self._channels)
        self.notifier = IncidentNotifier(self._files, self._ledger, outbox, Site())
        self._receives = Counter[int]()
        self.pending = 0
        """Messages that are not queued yet."""

    def start_couriers(self) -> None:
        """Start as many couriers as on AWS, with the same batch size."""
        for _ in range(COURIERS):
            self.time.start(self._courier)

    def _courier(self) -> None:
        courier = Courier(
            MessageReader(self._files, ROUTES, Site()),
            LegSender(ROUTES, self._channels, self.time),
            self._ledger,
            self.dead_letters,
        )
        limit = timedelta(seconds=COURIER_SECONDS - LAST_CALLS_SECONDS)
        while self.pending or self.queue.waiting:
            self.time.sleep(WINDOW_SECONDS)
            batch, self.queue.waiting = self.queue.waiting[:BATCH], self.queue.waiting[BATCH:]
            drained = courier.drain(self._letters(batch), self.time() + limit)
            for found in drained.again:
                self._later(batch[int(found)])

    def _later(self, waiting: Waiting) -> None:
        """Queue the message again after the visibility timeout."""
        self.pending += 1

        def put() -> None:
            self.queue.put(waiting)
            self.pending -= 1

        self.time.start(put, COURIER_SECONDS + OUTBOX_SPARE_SECONDS)

    def _letters(self, batch: list[Waiting]) -> list[QueuedMessage]:
        self._receives.update(map(id, batch))
        return [
            QueuedMessage(str(place), one, self._receives[id(one)])
            for place, one in enumerate(batch)
        ]

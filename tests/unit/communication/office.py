"""Every channel, the outbox and the courier, in memory, on one clock."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, Final

from functions.courier.courier import Courier, Drained, Letter
from functions.shared.delivery import Channel, Outbox
from functions.shared.domain.errors import ChannelUnavailableError
from functions.shared.domain.events import MessageKind
from functions.shared.domain.routes import ChannelName, Routes
from functions.shared.ports import BreakerStore, Message, Operations, Waiting
from functions.shared.recording import Recorder
from functions.shared.resilience import Breaker
from tests.fakes.breaker_store import InMemoryBreakerStore
from tests.fakes.channels import InMemoryDeadLetters, InMemoryNotifier, InMemoryOutboxQueue
from tests.fakes.clock import CountingIds, FakeClock
from tests.fakes.event_store import InMemoryEventStore
from tests.fakes.operations import InMemoryOperations

BOTH: Final = Routes(channels=("slack", "email"), pages=("pagerduty", "email"))
TIME: Final = timedelta(seconds=75)
"""What a courier may wait for turns."""


def message(kind: MessageKind = "opened", incident: str = "1", **more: Any) -> Message:
    """Return a message about an incident whose id is that digit, 32 times."""
    fields = {"subject": f"{kind} {incident}", "text": f"text {incident}", "html": "<p>h</p>"}
    return Message.model_validate({"incident_id": incident * 32, "kind": kind, **fields, **more})


class Office:
    """A way out, wired."""

    def __init__(self, routes: Routes = BOTH, clock: FakeClock | None = None) -> None:
        self.routes, self.clock = routes, clock or FakeClock()
        names: Iterable[ChannelName] = (*routes.channels, *routes.pages)
        self.notifiers = {name: InMemoryNotifier(name) for name in dict.fromkeys(names)}
        self.operations: Operations = InMemoryOperations(self.clock)
        self.breakers: BreakerStore = InMemoryBreakerStore()
        self.queue, self.letters = InMemoryOutboxQueue(), InMemoryDeadLetters()
        self.store = InMemoryEventStore()
        self.recorder = Recorder(self.store, now=self.clock, new_id=CountingIds("told"))

    def channel(self, name: ChannelName) -> Channel:
        """Return one channel as a function wires it."""
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
        return Outbox(self.routes, self.queue, self.letters, channels)

    def courier(self) -> Courier:
        """Return a courier."""
        channels = {name: self.channel(name) for name in self.notifiers}
        return Courier(self.recorder, self.routes, channels, self.letters, self.clock)

    def drain(self, waiting: Sequence[Waiting] | None = None) -> Drained:
        """Have the courier take what waits, or this, as one batch."""
        batch = self.queue.waiting if waiting is None else waiting
        letters = [Letter(f"m{n}", one) for n, one in enumerate(batch)]
        drained = self.courier().drain(letters, self.clock() + TIME)
        if waiting is None:
            again = set(drained.again)
            self.queue.waiting = [x.waiting for x in letters if x.id in again]
        return drained

    def break_down(self, *names: ChannelName) -> None:
        """Have the channels take nothing."""
        for name in names:
            self.notifiers[name].error = ChannelUnavailableError(f"{name} is down")

    def sent(self, name: ChannelName) -> list[str]:
        """Return the subjects that the channel took."""
        return [one.subject for one in self.notifiers[name].sent]

"""A message is sent, queued, or kept with the reason; never dropped, never over a rate."""

from datetime import timedelta

import pytest

from quorum.domain.breaker_state import BreakerState
from quorum.domain.constants import (
    BREAKER_COOLDOWN_SECONDS,
    BREAKER_FAILURES,
    CHANNEL_RATES,
)
from quorum.domain.errors import (
    BreakerOpenError,
    ChannelUnavailableError,
    InvalidInputError,
    StoreUnavailableError,
)
from quorum.domain.events import MessageKind
from quorum.domain.notification_routes import ChannelName, Routes
from quorum.messaging import KEPT, MAX_TURN_WAIT, NO_CHANNEL, QUEUED, DeliveryResult
from tests.builders.messaging import MessagingWorld, message, notice
from tests.fakes.operations import InMemoryOperations

SLACK = Routes(channels=("slack", "email"))


def deliver(world: MessagingWorld, kind: MessageKind = "opened") -> list[DeliveryResult]:
    return world.outbox.deliver(notice(kind), message(kind))


@pytest.fixture
def world() -> MessagingWorld:
    return MessagingWorld(SLACK)


def test_deliver_sends_by_the_first_channel_and_returns_its_reference(
    world: MessagingWorld,
) -> None:
    assert deliver(world) == [DeliveryResult("slack", "slack-1")]
    assert world.sent("slack") == ["opened 1"]
    assert not world.queue.waiting
    assert not world.dead_letters.kept


def test_deliver_queues_a_message_that_the_channel_refuses(world: MessagingWorld) -> None:
    world.break_down("slack")

    (sent,) = deliver(world)

    assert (sent.reference, sent.queued) == (None, True)
    assert sent.reason == f"slack is down; {QUEUED}"
    assert [(one.leg, one.notice) for one in world.queue.waiting] == [("channels", notice())]


def test_deliver_queues_a_message_over_the_rate_without_calling_the_channel(
    world: MessagingWorld,
) -> None:
    sent = [deliver(world) for _ in range(2)]

    assert sent[1][0].reason == f"slack: over 1 sends in 1 s; {QUEUED}"
    assert len(world.sent("slack")) == 1


@pytest.mark.parametrize("name", ["slack", "pagerduty", "email"])
def test_channel_sends_at_its_rate(name: ChannelName) -> None:
    world, started = MessagingWorld(Routes(channels=(name,))), MessagingWorld().clock()
    rate, channel = CHANNEL_RATES[name], world.channel(name)

    for _ in range(rate.sends + 1):
        channel.send(message(), world.clock() + timedelta(minutes=1))

    assert (world.clock() - started).total_seconds() >= rate.per_seconds * (1 - 1e-9)
    assert len(world.sent(name)) == rate.sends + 1


def test_channel_waits_for_a_turn_no_longer_than_allowed(world: MessagingWorld) -> None:
    world.channel("slack").send(message())
    started = world.clock()

    with pytest.raises(ChannelUnavailableError, match="over 1 sends"):
        world.channel("slack").send(message())

    assert world.clock() == started


def test_channel_that_keeps_failing_is_not_called_until_its_cooldown(world: MessagingWorld) -> None:
    world.break_down("slack")
    for _ in range(BREAKER_FAILURES):
        deliver(world)
        world.clock.advance(1)
    world.notifiers["slack"].error = None
    before = world.clock()

    with pytest.raises(BreakerOpenError):
        world.channel("slack").send(message(), before + MAX_TURN_WAIT)

    assert world.clock() == before
    world.clock.advance(BREAKER_COOLDOWN_SECONDS)
    assert deliver(world)[0].reference == "slack-1"


def test_rate_limit_does_not_open_the_breaker(world: MessagingWorld) -> None:
    for _ in range(3 * BREAKER_FAILURES):
        deliver(world)

    world.clock.advance(1)
    assert deliver(world)[0].reference == "slack-2"


class _NoBreakers:
    def read(self, name: str) -> BreakerState:
        raise StoreUnavailableError(f"{name} cannot be read")

    def swap(self, name: str, state: BreakerState) -> bool:
        raise StoreUnavailableError(f"{name} cannot be written as {state.phase}")


def test_channel_sends_when_the_breaker_cannot_be_read(world: MessagingWorld) -> None:
    world.breakers = _NoBreakers()

    assert deliver(world)[0].reference == "slack-1"
    assert deliver(world)[0].queued, "the rate holds all the same"


def test_channel_sends_when_the_rate_cannot_be_counted(world: MessagingWorld) -> None:
    operations = InMemoryOperations(world.clock)
    operations.error = StoreUnavailableError("no table")
    world.operations = operations

    assert deliver(world)[0].reference == "slack-1"


def test_deliver_without_a_channel_sends_and_keeps_nothing() -> None:
    world = MessagingWorld(Routes())

    assert deliver(world) == [DeliveryResult("none", None, NO_CHANNEL)]
    assert not world.queue.waiting
    assert not world.dead_letters.kept


def test_deliver_keeps_a_message_that_cannot_be_queued(world: MessagingWorld) -> None:
    world.break_down("slack")
    world.queue.error = StoreUnavailableError("no queue")

    (sent,) = deliver(world)

    assert (sent.queued, sent.lost) == (False, False)
    assert all(part in (sent.reason or "") for part in ("slack is down", "no queue", KEPT))
    ((payload, _),) = world.dead_letters.kept
    assert payload == {
        "leg": "channels",
        "notice": {"incident_id": "1" * 32, "kind": "opened", "about": "state", "version": 0},
    }


def test_deliver_reports_a_lost_message(world: MessagingWorld) -> None:
    world.break_down("slack")
    world.queue.error = world.dead_letters.error = StoreUnavailableError("no queue")

    (sent,) = deliver(world)

    assert sent.lost
    assert sent.reason.endswith("could not be kept as a dead letter: no queue")


def test_deliver_raises_an_error_that_is_not_the_channels(world: MessagingWorld) -> None:
    world.notifiers["slack"].error = InvalidInputError("a bug in the letter")

    with pytest.raises(InvalidInputError):
        deliver(world)


def test_deliver_also_pages_a_message_that_needs_a_person() -> None:
    world = MessagingWorld()

    assert [t.channel for t in deliver(world, "opened")] == ["slack"]
    world.clock.advance(1)
    sent = deliver(world, "approval_wanted")

    assert [(t.channel, t.reference) for t in sent] == [
        ("slack", "slack-2"),
        ("pagerduty", "pagerduty-1"),
    ]

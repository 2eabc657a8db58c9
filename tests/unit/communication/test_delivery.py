"""A message is told, or kept with the reason; never dropped, and never over the channel's rate."""

import pytest

from functions.shared.delivery import KEPT, NO_CHANNEL, TURN_SECONDS, Outbox
from functions.shared.domain.constants import (
    BREAKER_COOLDOWN_SECONDS,
    BREAKER_FAILURES,
    CHANNEL_RATES,
)
from functions.shared.domain.errors import (
    ChannelUnavailableError,
    InvalidInputError,
    StoreUnavailableError,
)
from functions.shared.ports import BreakerState, BreakerStore, Message
from functions.shared.resilience import Breaker
from tests.fakes.breaker_store import InMemoryBreakerStore
from tests.fakes.channels import InMemoryDeadLetters, InMemoryNotifier
from tests.fakes.clock import FakeClock
from tests.fakes.operations import InMemoryOperations

MESSAGE = Message(incident_id="1" * 32, kind="opened", subject="s", text="t", html="<p>h</p>")


class Setup:
    """An outbox with everything around it in memory."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.notifier = InMemoryNotifier()
        self.operations = InMemoryOperations(self.clock)
        self.letters = InMemoryDeadLetters()
        self.breakers: BreakerStore = InMemoryBreakerStore()
        self.outbox = self.wired(self.notifier)

    def wired(self, notifier: InMemoryNotifier | None) -> Outbox:
        return Outbox(
            notifier,
            Breaker("email", self.breakers, now=self.clock),
            self.operations,
            self.letters,
            now=self.clock,
            sleep=self.clock.sleep,
        )


@pytest.fixture
def setup() -> Setup:
    return Setup()


def test_a_message_is_told_with_the_channels_reference(setup: Setup) -> None:
    assert setup.outbox.deliver(MESSAGE).reference == "email-1"
    assert setup.notifier.sent == [MESSAGE]
    assert setup.letters.kept == []


def test_what_the_channel_does_not_take_is_kept_rendered(setup: Setup) -> None:
    error = setup.notifier.error = ChannelUnavailableError("down")

    told = setup.outbox.deliver(MESSAGE)

    assert told.reference is None
    assert told.reason == f"{error}; the message is kept in the dead-letter queue"
    assert setup.letters.kept == [
        ({"channel": "email", "message": MESSAGE.model_dump(mode="json")}, str(error))
    ]


def test_a_channel_that_keeps_failing_is_not_asked_for_a_while(setup: Setup) -> None:
    setup.notifier.error = ChannelUnavailableError("down")
    for _ in range(BREAKER_FAILURES):
        setup.outbox.deliver(MESSAGE)
    setup.notifier.error = None

    told = setup.outbox.deliver(MESSAGE)

    assert told.reason == "the breaker before email is open; " + KEPT
    assert setup.notifier.sent == []
    assert len(setup.letters.kept) == BREAKER_FAILURES + 1
    setup.clock.advance(BREAKER_COOLDOWN_SECONDS)
    assert setup.outbox.deliver(MESSAGE).reference == "email-1"


class _NoBreakers:
    def read(self, name: str) -> BreakerState:
        raise StoreUnavailableError(f"{name} cannot be read")

    def swap(self, name: str, state: BreakerState) -> bool:
        raise StoreUnavailableError(f"{name} cannot be written as {state.phase}")


def test_people_are_told_even_when_the_breaker_cannot_be_read(setup: Setup) -> None:
    setup.breakers = _NoBreakers()

    assert setup.wired(setup.notifier).deliver(MESSAGE).reference == "email-1"


def test_a_message_waits_for_its_turn_and_no_two_go_faster_than_the_rate(setup: Setup) -> None:
    started = setup.clock()
    rate = CHANNEL_RATES["email"]

    told = [setup.outbox.deliver(MESSAGE) for _ in range(rate.sends + 1)]

    assert all(one.reference for one in told)
    assert (setup.clock() - started).total_seconds() >= rate.per_seconds


class _Full(InMemoryOperations):
    def admit(self, *_: object) -> bool:
        return False


def test_a_message_that_gets_no_turn_in_time_is_kept(setup: Setup) -> None:
    setup.operations = _Full(setup.clock)
    started = setup.clock()

    told = setup.wired(setup.notifier).deliver(MESSAGE)

    waited = (setup.clock() - started).total_seconds()
    assert TURN_SECONDS <= waited <= TURN_SECONDS + 0.2
    assert told.reason.startswith("over 10 sends in 1 s; the message is kept")
    assert setup.notifier.sent == []
    assert len(setup.letters.kept) == 1


def test_people_are_told_even_when_the_rate_cannot_be_counted(setup: Setup) -> None:
    setup.operations.error = StoreUnavailableError("no table")

    assert setup.outbox.deliver(MESSAGE).reference == "email-1"


def test_without_a_channel_nothing_is_sent_and_nothing_is_kept(setup: Setup) -> None:
    told = setup.wired(None).deliver(MESSAGE)

    assert (told.reference, told.reason, told.lost) == (None, NO_CHANNEL, False)
    assert setup.letters.kept == []


def test_a_message_that_can_be_neither_told_nor_kept_says_both(setup: Setup) -> None:
    setup.notifier.error = ChannelUnavailableError("down")
    setup.letters.error = StoreUnavailableError("no queue")

    told = setup.outbox.deliver(MESSAGE)

    assert told.lost
    assert told.reason == "down; it could not be kept either: no queue"


def test_an_error_that_is_not_the_channels_is_not_hidden(setup: Setup) -> None:
    setup.notifier.error = InvalidInputError("a bug in the letter")

    with pytest.raises(InvalidInputError):
        setup.outbox.deliver(MESSAGE)

"""A message is told, or waits, or is kept with the reason; never dropped, never over a rate."""

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
from quorum.messaging import KEPT, NO_CHANNEL, PATIENCE, WAITS, Told
from tests.fakes.operations import InMemoryOperations
from tests.unit.communication.office import Office, message, notice

SLACK = Routes(channels=("slack", "email"))


def deliver(office: Office, kind: MessageKind = "opened") -> list[Told]:
    return office.outbox.deliver(notice(kind), message(kind))


@pytest.fixture
def office() -> Office:
    return Office(SLACK)


def test_a_message_is_told_by_the_first_channel_with_its_reference(office: Office) -> None:
    assert deliver(office) == [Told("slack", "slack-1")]
    assert office.sent("slack") == ["opened 1"]
    assert not office.queue.waiting
    assert not office.letters.kept


def test_what_the_channel_does_not_take_waits_for_the_courier(office: Office) -> None:
    office.break_down("slack")

    (told,) = deliver(office)

    assert (told.reference, told.waits) == (None, True)
    assert told.reason == f"slack is down; {WAITS}"
    assert [(one.leg, one.notice) for one in office.queue.waiting] == [("channels", notice())]


def test_over_the_rate_a_message_waits_and_the_channel_is_not_asked(office: Office) -> None:
    told = [deliver(office) for _ in range(2)]

    assert told[1][0].reason == f"slack: over 1 sends in 1 s; {WAITS}"
    assert len(office.sent("slack")) == 1


@pytest.mark.parametrize("name", ["slack", "pagerduty", "email"])
def test_a_channel_that_is_waited_for_goes_at_its_rate(name: ChannelName) -> None:
    office, started = Office(Routes(channels=(name,))), Office().clock()
    rate, channel = CHANNEL_RATES[name], office.channel(name)

    for _ in range(rate.sends + 1):
        channel.send(message(), office.clock() + timedelta(minutes=1))

    assert (office.clock() - started).total_seconds() >= rate.per_seconds * (1 - 1e-9)
    assert len(office.sent(name)) == rate.sends + 1


def test_a_turn_is_not_waited_for_longer_than_allowed(office: Office) -> None:
    office.channel("slack").send(message())
    started = office.clock()

    with pytest.raises(ChannelUnavailableError, match="over 1 sends"):
        office.channel("slack").send(message())

    assert office.clock() == started


def test_a_channel_that_keeps_failing_is_not_asked_and_not_waited_for(office: Office) -> None:
    office.break_down("slack")
    for _ in range(BREAKER_FAILURES):
        deliver(office)
        office.clock.advance(1)
    office.notifiers["slack"].error = None
    before = office.clock()

    with pytest.raises(BreakerOpenError):
        office.channel("slack").send(message(), before + PATIENCE)

    assert office.clock() == before
    office.clock.advance(BREAKER_COOLDOWN_SECONDS)
    assert deliver(office)[0].reference == "slack-1"


def test_being_over_its_rate_says_nothing_against_a_channel(office: Office) -> None:
    for _ in range(3 * BREAKER_FAILURES):
        deliver(office)

    office.clock.advance(1)
    assert deliver(office)[0].reference == "slack-2"


class _NoBreakers:
    def read(self, name: str) -> BreakerState:
        raise StoreUnavailableError(f"{name} cannot be read")

    def swap(self, name: str, state: BreakerState) -> bool:
        raise StoreUnavailableError(f"{name} cannot be written as {state.phase}")


def test_people_are_told_even_when_the_breaker_cannot_be_read(office: Office) -> None:
    office.breakers = _NoBreakers()

    assert deliver(office)[0].reference == "slack-1"
    assert deliver(office)[0].waits, "the rate holds all the same"


def test_people_are_told_even_when_the_rate_cannot_be_counted(office: Office) -> None:
    operations = InMemoryOperations(office.clock)
    operations.error = StoreUnavailableError("no table")
    office.operations = operations

    assert deliver(office)[0].reference == "slack-1"


def test_without_a_channel_nothing_is_sent_and_nothing_is_kept() -> None:
    office = Office(Routes())

    assert deliver(office) == [Told("none", None, NO_CHANNEL)]
    assert not office.queue.waiting
    assert not office.letters.kept


def test_a_message_that_cannot_wait_is_kept(office: Office) -> None:
    office.break_down("slack")
    office.queue.error = StoreUnavailableError("no queue")

    (told,) = deliver(office)

    assert (told.waits, told.lost) == (False, False)
    assert told.reason == f"slack is down; it could not wait either: no queue; {KEPT}"
    ((payload, _),) = office.letters.kept
    assert payload == {
        "leg": "channels",
        "notice": {"incident_id": "1" * 32, "kind": "opened", "about": "state", "version": 0},
    }


def test_a_message_that_can_be_neither_told_nor_kept_says_so(office: Office) -> None:
    office.break_down("slack")
    office.queue.error = office.letters.error = StoreUnavailableError("no queue")

    (told,) = deliver(office)

    assert told.lost
    assert told.reason.endswith("it could not be kept either: no queue")


def test_an_error_that_is_not_the_channels_is_not_hidden(office: Office) -> None:
    office.notifiers["slack"].error = InvalidInputError("a bug in the letter")

    with pytest.raises(InvalidInputError):
        deliver(office)


def test_what_needs_a_person_is_also_paged() -> None:
    office = Office()

    assert [t.channel for t in deliver(office, "opened")] == ["slack"]
    office.clock.advance(1)
    told = deliver(office, "approval_wanted")

    assert [(t.channel, t.reference) for t in told] == [
        ("slack", "slack-2"),
        ("pagerduty", "pagerduty-1"),
    ]

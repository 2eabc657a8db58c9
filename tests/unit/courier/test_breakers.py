"""Pages are sent past open breakers; undeliverable and refused messages raise alarms."""

import pytest

from quorum.domain.breaker_state import BreakerState
from quorum.domain.notification_routes import CHANNELS
from stacks.own_alarms import OWN_ALARMS
from tests.builders.messaging import MessagingWorld, end, notice, open_incidents
from tests.unit.courier.test_courier import waiting


@pytest.fixture
def world() -> MessagingWorld:
    """Return a world with every breaker just opened."""
    world = MessagingWorld()
    open_incidents(world, "1")
    shut = BreakerState(phase="open", opened_at=world.clock().timestamp(), revision=1)
    for name in CHANNELS:
        assert world.breakers.swap(name, shut)
    return world


def test_page_is_sent_past_open_breakers(world: MessagingWorld) -> None:
    end(world, "1")

    drained = world.drain([waiting(notice("escalated")), waiting(notice("escalated"), "pages")])

    assert (world.kinds("slack"), world.kinds("pagerduty")) == 2 * ([("escalated", "1")],)
    assert (drained.delivered, drained.undeliverable) == (2, 0)
    assert ("escalated", "pagerduty", "pagerduty-1") in world.notified("1")


def test_page_past_open_breakers_falls_back_to_the_next_channel(world: MessagingWorld) -> None:
    world.break_down("pagerduty")

    drained = world.drain([waiting(notice("approval_wanted"), "pages")])

    assert world.kinds("email") == [("approval_wanted", "1")]
    assert drained.delivered == 1


def test_message_that_needs_no_person_is_not_sent_past_a_breaker(world: MessagingWorld) -> None:
    drained = world.drain([waiting(notice("decision"))])

    assert world.sent("slack") == []
    assert drained.undeliverable == 1


def test_undeliverable_page_is_kept_and_raises_an_alarm(world: MessagingWorld) -> None:
    world.break_down("slack", "pagerduty", "email")

    drained = world.drain([waiting(notice("approval_wanted"), "pages")])

    assert drained.undeliverable == 1
    [(payload, reason)] = world.dead_letters.kept
    assert payload["notice"]["kind"] == "approval_wanted"
    assert "past the breaker: pagerduty is down; past the breaker: email is down" in reason
    [alarm] = [row for row in OWN_ALARMS if row.metric == "MessagesUndeliverable"]
    assert (alarm.name, alarm.namespace, alarm.of, alarm.threshold) == (
        "notifications-undeliverable",
        "Quorum",
        "courier",
        1,
    )


def test_refused_message_raises_an_alarm() -> None:
    [alarm] = [row for row in OWN_ALARMS if row.metric == "MessagesRefused"]
    assert (alarm.namespace, alarm.of, alarm.threshold) == ("Quorum", "courier", 1)

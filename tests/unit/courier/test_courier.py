"""The courier coalesces queued messages, falls back between channels and records deliveries."""

from datetime import timedelta
from typing import Any

import pytest

from functions.courier.queued_messages import QueuedMessage, parse
from quorum.domain.constants import BREAKER_FAILURES
from quorum.domain.errors import StoreUnavailableError
from quorum.domain.events import MessageFailed, MessageSent
from quorum.domain.messages import Waiting
from quorum.domain.notices import PendingMessage
from quorum.domain.notification_routes import LegName, Routes
from quorum.messaging import MAX_TURN_WAIT
from tests.builders.messaging import MessagingWorld, end, message, notice, open_incidents
from tests.fakes.event_store import InMemoryEventStore


def waiting(queued: PendingMessage, leg: LegName = "channels") -> Waiting:
    return Waiting(leg=leg, notice=queued)


def deliveries(world: MessagingWorld, digit: str) -> list[tuple[str, str, str]]:
    """Return the incident's logged deliveries: kind, channel, reference or reason."""
    found: list[tuple[str, str, str]] = []
    for event in world.store.load(digit * 32):
        if isinstance(event, MessageSent):
            found.append((event.message, event.channel, event.reference))
        if isinstance(event, MessageFailed):
            found.append((event.message, event.channel, event.reason))
    return found


@pytest.fixture
def world() -> MessagingWorld:
    world = MessagingWorld()
    open_incidents(world, "1", "2", "3")
    return world


def test_courier_sends_a_single_message_in_its_thread(world: MessagingWorld) -> None:
    world.remember("opened", "slack", "C1/1.0")

    drained = world.drain([waiting(notice("decision"))])

    (sent,) = world.notifiers["slack"].sent
    assert (sent.kind, sent.thread) == ("decision", "C1/1.0")
    assert (drained.delivered, drained.again) == (1, [])
    assert deliveries(world, "1")[-1] == ("decision", "slack", "slack-1")
    assert world.notified("1")[-1] == ("decision", "slack", "slack-1")


def test_courier_coalesces_several_incidents_and_records_each(world: MessagingWorld) -> None:
    batch = [waiting(notice("opened", digit)) for digit in "123"]

    drained = world.drain(batch)

    (sent,) = world.notifiers["slack"].sent
    assert sent.subject == "[Quorum] 3 updates: 3 opened"
    assert all(f"“shop-{digit}” (incident {digit * 32})" in sent.text for digit in "123")
    assert (drained.sends, drained.delivered) == (1, 3)
    assert [deliveries(world, d) for d in "123"] == 3 * [[("opened", "slack", "several:slack-1")]]
    assert [world.notified(d) for d in "123"] == 3 * [[("opened", "slack", "several:slack-1")]]


def test_courier_sends_each_incidents_latest_state_and_records_all(world: MessagingWorld) -> None:
    end(world, "1")
    batch = [notice("decision"), notice("escalated"), notice("opened"), notice("opened", "2")]

    world.drain([waiting(one) for one in batch])

    (sent,) = world.notifiers["slack"].sent
    assert sent.incidents == ("1" * 32, "2" * 32)
    assert "[Quorum] Decision" not in sent.text
    assert sent.text.startswith("- [Quorum] Escalated: “shop-1”"), "a person's stands first"
    assert {kind for kind, _, _ in deliveries(world, "1")} == {"opened", "decision", "escalated"}


def test_courier_does_not_repeat_a_delivered_or_superseded_message(world: MessagingWorld) -> None:
    world.drain([waiting(notice("approval_wanted"))])

    drained = world.drain([waiting(notice("approval_wanted")), waiting(notice("decision"))])

    assert drained.superseded == 2
    assert len(world.notifiers["slack"].sent) == 1
    assert deliveries(world, "1")[-1] == ("decision", "slack", "slack-1")


def test_courier_falls_back_from_a_channel_that_is_down(world: MessagingWorld) -> None:
    world.break_down("slack")

    world.drain([waiting(notice("opened", digit)) for digit in "12"])

    assert world.sent("email") == ["[Quorum] 2 updates: 2 opened"]
    assert deliveries(world, "1") == [
        ("opened", "slack", "slack is down"),
        ("opened", "email", "several:email-1"),
    ]
    assert world.notified("1") == [("opened", "email", "several:email-1")]


def test_courier_falls_back_from_a_channel_over_its_rate() -> None:
    world = MessagingWorld(Routes(channels=("pagerduty", "email")))
    open_incidents(world, "1")
    world.channel("pagerduty").send(message())
    before = world.clock()

    world.drain([waiting(notice())])

    assert world.kinds("email") == [("opened", "1")]
    assert world.clock() == before + MAX_TURN_WAIT


def test_courier_does_not_wait_for_an_open_breaker(world: MessagingWorld) -> None:
    world.break_down("slack")
    for _ in range(BREAKER_FAILURES):
        world.drain([waiting(notice("escalated", about="undecided"))])
        world.notifications = MessagingWorld().notifications
    before = world.clock()

    world.drain([waiting(notice("opened", "2"))])

    assert "open" in deliveries(world, "2")[0][2]
    assert world.clock() - before < timedelta(seconds=1)


def test_courier_keeps_counts_and_records_an_undeliverable_message(world: MessagingWorld) -> None:
    world.break_down("slack", "email")

    drained = world.drain([waiting(notice("opened", digit)) for digit in "12"])

    assert (drained.undeliverable, drained.delivered, drained.again) == (2, 0, [])
    kept = [payload["notice"]["incident_id"] for payload, _ in world.dead_letters.kept]
    assert kept == ["1" * 32, "2" * 32]
    assert world.dead_letters.kept[0][1] == "slack is down; email is down"
    assert [channel for _, channel, _ in deliveries(world, "1")] == ["slack", "email"]
    assert world.notified("1") == []


def test_courier_leaves_a_message_that_cannot_be_kept_to_the_queue(world: MessagingWorld) -> None:
    world.break_down("slack", "email")
    world.dead_letters.error = StoreUnavailableError("no queue")

    drained = world.drain([waiting(notice("opened", digit)) for digit in "12"])

    assert drained.again == ["m0", "m1"]


def test_courier_sends_pages_on_their_own_leg(world: MessagingWorld) -> None:
    end(world, "1")
    both = [waiting(notice("escalated")), waiting(notice("escalated"), "pages")]

    world.drain(both)

    assert (world.kinds("slack"), world.kinds("pagerduty")) == 2 * ([("escalated", "1")],)


def test_courier_does_not_mail_a_page_twice(world: MessagingWorld) -> None:
    end(world, "1")
    world.break_down("slack", "pagerduty")

    world.drain([waiting(notice("escalated")), waiting(notice("escalated"), "pages")])

    assert world.kinds("email") == [("escalated", "1")]


def test_courier_retries_the_end_of_a_page_until_the_last_receive(world: MessagingWorld) -> None:
    end(world, "1", "resolved")
    queued = notice("resolved")
    world.break_down("pagerduty")

    assert world.drain([waiting(queued, "paged")]).again == ["m0"]
    assert world.dead_letters.kept == []
    last = [QueuedMessage("m0", waiting(queued, "paged"), receives=5)]
    drained = world.courier().drain(last, world.clock() + timedelta(seconds=40))
    assert (drained.again, drained.undeliverable) == ([], 1)


def test_courier_sends_a_watchdog_alert_once_and_logs_no_event(world: MessagingWorld) -> None:
    end(world, "1")
    alert = waiting(notice("escalated", about="execution_failed"))

    world.drain([alert, waiting(notice("escalated"))])
    again = world.drain([alert])

    (sent,) = world.notifiers["slack"].sent
    assert "the workflow execution failed" in sent.text
    assert "[Quorum] Escalated" in sent.text, "an alert and the incident's own end are two things"
    assert again.superseded == 1
    assert len(deliveries(world, "1")) == 1


class Unreadable(InMemoryEventStore):
    def load(self, incident_id: str) -> Any:
        raise StoreUnavailableError(incident_id)


def test_courier_sends_bare_ids_when_the_records_cannot_be_read(
    world: MessagingWorld,
) -> None:
    world.recorder.store = Unreadable()

    drained = world.drain([waiting(notice("approval_wanted")), waiting(notice("decision", "2"))])

    assert world.sent("slack") == [f"[Quorum] Incident {'1' * 32}: approval requested"]
    assert sorted(drained.again) == ["m0", "m1"], "it is sent with its words when it can be read"


def test_courier_sends_when_earlier_notifications_cannot_be_read(world: MessagingWorld) -> None:
    world.notifications.error = StoreUnavailableError("no table")

    drained = world.drain([waiting(notice("approval_wanted"))])

    assert world.kinds("slack") == [("approval_wanted", "1")]
    assert drained.again == ["m0"]


def record(body: str, receives: int = 1) -> dict[str, Any]:
    """Return an event of the queue with one message."""
    attributes = {"ApproximateReceiveCount": str(receives)}
    return {"Records": [{"messageId": "m0", "body": body, "attributes": attributes}]}


def test_parse_reads_a_batch_with_its_receive_counts() -> None:
    queued = waiting(notice("escalated"), "pages")

    assert parse(record(queued.model_dump_json(), receives=5)) == (
        [QueuedMessage("m0", queued, 5)],
        [],
    )


@pytest.mark.parametrize("body", ["{", "{}", '{"leg": "fax", "notice": {}}', "[]", '"x"'])
def test_parse_leaves_unreadable_messages_to_the_queue(body: str) -> None:
    assert parse(record(body)) == ([], ["m0"])

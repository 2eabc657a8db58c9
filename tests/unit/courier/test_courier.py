"""What waits is told together, by the first channel that takes it, and the records say by which."""

from datetime import timedelta
from typing import Any

import pytest

from functions.courier.batch import letters
from functions.courier.letter import Letter
from quorum.domain.constants import BREAKER_FAILURES
from quorum.domain.errors import StoreUnavailableError
from quorum.domain.events import MessageFailed, MessageSent
from quorum.domain.messages import Waiting
from quorum.domain.notices import Notice
from quorum.domain.notification_routes import LegName, Routes
from quorum.messaging import PATIENCE
from tests.fakes.event_store import InMemoryEventStore
from tests.unit.communication.office import Office, end, message, notice, open_incidents


def waiting(told: Notice, leg: LegName = "channels") -> Waiting:
    return Waiting(leg=leg, notice=told)


def facts(office: Office, digit: str) -> list[tuple[str, str, str]]:
    """Return what the incident's log says of messages: kind, channel, reference or reason."""
    found: list[tuple[str, str, str]] = []
    for fact in office.store.load(digit * 32):
        if isinstance(fact, MessageSent):
            found.append((fact.message, fact.channel, fact.reference))
        if isinstance(fact, MessageFailed):
            found.append((fact.message, fact.channel, fact.reason))
    return found


@pytest.fixture
def office() -> Office:
    office = Office()
    open_incidents(office, "1", "2", "3")
    return office


def test_one_message_is_told_as_it_is_in_its_thread(office: Office) -> None:
    office.remember("opened", "slack", "C1/1.0")

    drained = office.drain([waiting(notice("decision"))])

    (sent,) = office.notifiers["slack"].sent
    assert (sent.kind, sent.thread) == ("decision", "C1/1.0")
    assert (drained.told, drained.again) == (1, [])
    assert facts(office, "1")[-1] == ("decision", "slack", "slack-1")
    assert office.told("1")[-1] == ("decision", "slack", "slack-1")


def test_several_incidents_are_one_message_and_each_record_says_so(office: Office) -> None:
    batch = [waiting(notice("opened", digit)) for digit in "123"]

    drained = office.drain(batch)

    (sent,) = office.notifiers["slack"].sent
    assert sent.subject == "[Quorum] 3 messages: 3 opened"
    assert all(f"“shop-{digit}” (incident {digit * 32})" in sent.text for digit in "123")
    assert (drained.sends, drained.told) == (1, 3)
    assert [facts(office, d) for d in "123"] == 3 * [[("opened", "slack", "several:slack-1")]]
    assert [office.told(d) for d in "123"] == 3 * [[("opened", "slack", "several:slack-1")]]


def test_of_each_incident_the_latest_state_is_told_and_all_are_recorded(office: Office) -> None:
    end(office, "1")
    batch = [notice("decision"), notice("escalated"), notice("opened"), notice("opened", "2")]

    office.drain([waiting(one) for one in batch])

    (sent,) = office.notifiers["slack"].sent
    assert sent.incidents == ("1" * 32, "2" * 32)
    assert "[Quorum] Decision" not in sent.text
    assert sent.text.startswith("- [Quorum] Escalated: “shop-1”"), "a person's stands first"
    assert {kind for kind, _, _ in facts(office, "1")} == {"opened", "decision", "escalated"}


def test_what_was_told_or_overtaken_is_not_told_again(office: Office) -> None:
    office.drain([waiting(notice("approval_wanted"))])

    drained = office.drain([waiting(notice("approval_wanted")), waiting(notice("decision"))])

    assert drained.overtaken == 2
    assert len(office.notifiers["slack"].sent) == 1
    assert facts(office, "1")[-1] == ("decision", "slack", "slack-1")


def test_a_channel_that_is_down_is_followed_by_the_next(office: Office) -> None:
    office.break_down("slack")

    office.drain([waiting(notice("opened", digit)) for digit in "12"])

    assert office.sent("email") == ["[Quorum] 2 messages: 2 opened"]
    assert facts(office, "1") == [
        ("opened", "slack", "slack is down"),
        ("opened", "email", "several:email-1"),
    ]
    assert office.told("1") == [("opened", "email", "several:email-1")]


def test_a_channel_that_is_over_its_rate_for_too_long_is_followed_by_the_next() -> None:
    office = Office(Routes(channels=("pagerduty", "email")))
    open_incidents(office, "1")
    office.channel("pagerduty").send(message())
    before = office.clock()

    office.drain([waiting(notice())])

    assert office.kinds("email") == [("opened", "1")]
    assert office.clock() == before + PATIENCE


def test_an_open_breaker_is_not_waited_for(office: Office) -> None:
    office.break_down("slack")
    for _ in range(BREAKER_FAILURES):
        office.drain([waiting(notice("escalated", about="undecided"))])
        office.notifications = Office().notifications
    before = office.clock()

    office.drain([waiting(notice("opened", "2"))])

    assert "open" in facts(office, "2")[0][2]
    assert office.clock() - before < timedelta(seconds=1)


def test_what_no_channel_takes_is_kept_and_counted_and_recorded(office: Office) -> None:
    office.break_down("slack", "email")

    drained = office.drain([waiting(notice("opened", digit)) for digit in "12"])

    assert (drained.undeliverable, drained.told, drained.again) == (2, 0, [])
    kept = [payload["notice"]["incident_id"] for payload, _ in office.letters.kept]
    assert kept == ["1" * 32, "2" * 32]
    assert office.letters.kept[0][1] == "slack is down; email is down"
    assert [channel for _, channel, _ in facts(office, "1")] == ["slack", "email"]
    assert office.told("1") == []


def test_what_can_not_even_be_kept_is_delivered_again(office: Office) -> None:
    office.break_down("slack", "email")
    office.letters.error = StoreUnavailableError("no queue")

    drained = office.drain([waiting(notice("opened", digit)) for digit in "12"])

    assert drained.again == ["m0", "m1"]


def test_pages_have_a_leg_of_their_own(office: Office) -> None:
    end(office, "1")
    both = [waiting(notice("escalated")), waiting(notice("escalated"), "pages")]

    office.drain(both)

    assert (office.kinds("slack"), office.kinds("pagerduty")) == 2 * ([("escalated", "1")],)


def test_a_page_that_mail_told_already_is_not_told_by_mail_again(office: Office) -> None:
    end(office, "1")
    office.break_down("slack", "pagerduty")

    office.drain([waiting(notice("escalated")), waiting(notice("escalated"), "pages")])

    assert office.kinds("email") == [("escalated", "1")]


def test_the_end_of_a_page_is_tried_again_until_the_last_delivery(office: Office) -> None:
    end(office, "1", "resolved")
    told = notice("resolved")
    office.break_down("pagerduty")

    assert office.drain([waiting(told, "paged")]).again == ["m0"]
    assert office.letters.kept == []
    last = [Letter("m0", waiting(told, "paged"), receives=5)]
    drained = office.courier().drain(last, office.clock() + timedelta(seconds=40))
    assert (drained.again, drained.undeliverable) == ([], 1)


def test_what_stands_beside_the_log_is_told_once_and_leaves_no_fact(office: Office) -> None:
    end(office, "1")
    bark = waiting(notice("escalated", about="execution_failed"))

    office.drain([bark, waiting(notice("escalated"))])
    again = office.drain([bark])

    (sent,) = office.notifiers["slack"].sent
    assert "its pipeline failed" in sent.text
    assert "[Quorum] Escalated" in sent.text, "a bark and the incident's own end are two things"
    assert again.overtaken == 1
    assert len(facts(office, "1")) == 1


class Unreadable(InMemoryEventStore):
    def load(self, incident_id: str) -> Any:
        raise StoreUnavailableError(incident_id)


def test_when_nothing_can_be_read_a_person_who_is_needed_is_told_all_the_same(
    office: Office,
) -> None:
    office.recorder.store = Unreadable()

    drained = office.drain([waiting(notice("approval_wanted")), waiting(notice("decision", "2"))])

    assert office.sent("slack") == [
        f"[Quorum] Incident {'1' * 32}: a person is asked to approve an action"
    ]
    assert sorted(drained.again) == ["m0", "m1"], "with its words it is told when it can be read"


def test_when_nobody_knows_what_was_told_it_is_told(office: Office) -> None:
    office.notifications.error = StoreUnavailableError("no table")

    drained = office.drain([waiting(notice("approval_wanted"))])

    assert office.kinds("slack") == [("approval_wanted", "1")]
    assert drained.again == ["m0"]


def record(body: str, receives: int = 1) -> dict[str, Any]:
    """Return an event of the queue with one message."""
    attributes = {"ApproximateReceiveCount": str(receives)}
    return {"Records": [{"messageId": "m0", "body": body, "attributes": attributes}]}


def test_a_batch_is_read_with_how_often_each_was_delivered() -> None:
    told = waiting(notice("escalated"), "pages")

    assert letters(record(told.model_dump_json(), receives=5)) == ([Letter("m0", told, 5)], [])


@pytest.mark.parametrize("body", ["{", "{}", '{"leg": "fax", "notice": {}}', "[]", '"x"'])
def test_what_cannot_be_read_is_left_to_the_queue(body: str) -> None:
    assert letters(record(body)) == ([], ["m0"])

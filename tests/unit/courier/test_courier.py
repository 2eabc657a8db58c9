"""What waits is told together, by the first channel that takes it, and the log says by which."""

from datetime import timedelta
from typing import Any

import pytest

from functions.courier.batch import letters
from functions.shared.delivery import PATIENCE
from functions.shared.domain.constants import BREAKER_FAILURES
from functions.shared.domain.errors import StoreUnavailableError
from functions.shared.domain.events import IncidentOpened, MessageFailed, MessageSent
from functions.shared.domain.routes import LegName, Routes
from functions.shared.ports import Message, Waiting
from tests.fakes.event_store import InMemoryEventStore
from tests.unit.communication.office import Office, message
from tests.unit.narrative.stories import alarm


def waiting(told: Message, leg: LegName = "channels") -> Waiting:
    return Waiting(leg=leg, message=told)


def open_incidents(office: Office, *digits: str) -> None:
    for digit in digits:
        office.recorder.record_once(digit * 32, IncidentOpened, alarm=alarm(), flapping=False)


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
    office.recorder.add(
        "1" * 32, MessageSent, message="opened", channel="slack", reference="C1/1.0"
    )

    drained = office.drain([waiting(message("decision"))])

    assert office.notifiers["slack"].sent == [message("decision", thread="C1/1.0")]
    assert (drained.told, drained.again) == (1, [])
    assert facts(office, "1")[-1] == ("decision", "slack", "slack-1")


def test_several_incidents_are_one_message_and_each_log_says_so(office: Office) -> None:
    batch = [waiting(message("opened", digit)) for digit in "123"]

    drained = office.drain(batch)

    (sent,) = office.notifiers["slack"].sent
    assert sent.subject == "[Quorum] 3 messages: 3 opened"
    assert all(f"opened {digit} (incident {digit * 32})" in sent.text for digit in "123")
    assert (drained.sends, drained.told) == (1, 3)
    assert [facts(office, d) for d in "123"] == 3 * [[("opened", "slack", "several:slack-1")]]


def test_of_each_incident_the_latest_state_is_told_and_all_are_recorded(office: Office) -> None:
    batch = [message("decision"), message("escalated"), message("opened"), message("opened", "2")]

    office.drain([waiting(one) for one in batch])

    (sent,) = office.notifiers["slack"].sent
    assert sent.incidents == ("1" * 32, "2" * 32)
    assert "decision 1" not in sent.text
    assert sent.text.startswith("- escalated 1"), "what needs a person stands first"
    assert {kind for kind, _, _ in facts(office, "1")} == {"opened", "decision", "escalated"}


def test_what_was_told_or_overtaken_is_not_told_again(office: Office) -> None:
    office.drain([waiting(message("approval_wanted"))])

    drained = office.drain([waiting(message("approval_wanted")), waiting(message("decision"))])

    assert drained.overtaken == 2
    assert len(office.notifiers["slack"].sent) == 1
    assert facts(office, "1")[-1] == ("decision", "slack", "slack-1")


def test_a_channel_that_is_down_is_followed_by_the_next(office: Office) -> None:
    office.break_down("slack")

    office.drain([waiting(message("opened", digit)) for digit in "12"])

    assert office.sent("email") == ["[Quorum] 2 messages: 2 opened"]
    assert facts(office, "1") == [
        ("opened", "slack", "slack is down"),
        ("opened", "email", "several:email-1"),
    ]


def test_a_channel_that_is_over_its_rate_for_too_long_is_followed_by_the_next() -> None:
    office = Office(Routes(channels=("pagerduty", "email")))
    open_incidents(office, "1")
    office.channel("pagerduty").send(message())
    before = office.clock()

    office.drain([waiting(message())])

    assert office.sent("email") == ["opened 1"]
    assert office.clock() == before + PATIENCE


def test_an_open_breaker_is_not_waited_for(office: Office) -> None:
    office.break_down("slack")
    for _ in range(BREAKER_FAILURES):
        office.drain([waiting(message(recorded=False))])
    before = office.clock()

    office.drain([waiting(message("opened", "2"))])

    assert "open" in facts(office, "2")[0][2]
    assert office.clock() - before < timedelta(seconds=1)


def test_what_no_channel_takes_is_kept_and_counted_and_recorded(office: Office) -> None:
    office.break_down("slack", "email")

    drained = office.drain([waiting(message("opened", digit)) for digit in "12"])

    assert (drained.undeliverable, drained.told, drained.again) == (2, 0, [])
    kept = [payload["message"]["incident_id"] for payload, _ in office.letters.kept]
    assert kept == ["1" * 32, "2" * 32]
    assert office.letters.kept[0][1] == "slack is down; email is down"
    assert [channel for _, channel, _ in facts(office, "1")] == ["slack", "email"]


def test_what_can_not_even_be_kept_is_delivered_again(office: Office) -> None:
    office.break_down("slack", "email")
    office.letters.error = StoreUnavailableError("no queue")

    drained = office.drain([waiting(message("opened", digit)) for digit in "12"])

    assert drained.again == ["m0", "m1"]


def test_pages_have_a_leg_of_their_own(office: Office) -> None:
    both = [waiting(message("escalated")), waiting(message("escalated"), "pages")]

    office.drain(both)

    assert (office.sent("slack"), office.sent("pagerduty")) == 2 * (["escalated 1"],)


def test_a_page_that_mail_told_already_is_not_told_by_mail_again(office: Office) -> None:
    office.break_down("slack", "pagerduty")

    office.drain([waiting(message("escalated")), waiting(message("escalated"), "pages")])

    assert office.sent("email") == ["escalated 1"]


def test_the_end_of_a_page_is_tried_again_until_the_last_delivery(office: Office) -> None:
    end = message("resolved")
    office.break_down("pagerduty")

    assert office.drain([waiting(end, "paged")]).again == ["m0"]
    assert office.letters.kept == []
    last = letters(record(end, leg="paged", receives=5)).letters
    drained = office.courier().drain(last, office.clock() + timedelta(seconds=40))
    assert (drained.again, drained.undeliverable) == ([], 1)


def test_what_stands_beside_the_log_is_told_and_leaves_no_fact(office: Office) -> None:
    bark = message("escalated", recorded=False)

    office.drain([waiting(bark), waiting(message("escalated"))])

    (sent,) = office.notifiers["slack"].sent
    assert sent.text.count("text 1") == 2, "a bark and the incident's own end are two things"
    assert len(facts(office, "1")) == 1


class Unreadable(InMemoryEventStore):
    def load(self, incident_id: str) -> Any:
        raise StoreUnavailableError(incident_id)


def test_people_are_told_even_when_the_log_cannot_be_read(office: Office) -> None:
    office.recorder.store = Unreadable()

    drained = office.drain([waiting(message())])

    assert office.sent("slack") == ["opened 1"]
    assert drained.again == ["m0"], "what is not recorded is told again rather than never"


def record(
    told: Message, leg: LegName = "channels", receives: int = 1, body: str | None = None
) -> dict[str, Any]:
    """Return an event of the queue with one message."""
    return {
        "Records": [
            {
                "messageId": "m0",
                "body": body or waiting(told, leg).model_dump_json(),
                "attributes": {"ApproximateReceiveCount": str(receives)},
            }
        ]
    }


@pytest.mark.parametrize("body", ["{", "{}", '{"leg": "fax", "message": {}}'])
def test_what_cannot_be_read_is_left_to_the_queue(body: str) -> None:
    assert letters(record(message(), body=body)) == ([], ["m0"])

"""People are told once per kind, and the log says truthfully whether they were."""

import pytest

from functions.communication.tell import tell
from functions.shared.delivery import Outbox
from functions.shared.domain.errors import (
    ChannelUnavailableError,
    InvalidInputError,
    StoreUnavailableError,
)
from functions.shared.domain.events import IncidentEvent, MessageFailed, MessageSent
from functions.shared.ports import Message
from functions.shared.recording import Recorder
from functions.shared.resilience import Breaker
from tests.fakes.breaker_store import InMemoryBreakerStore
from tests.fakes.channels import InMemoryDeadLetters, InMemoryNotifier
from tests.fakes.clock import CountingIds
from tests.fakes.event_store import LostResponses
from tests.fakes.operations import InMemoryOperations
from tests.unit.narrative.stories import INCIDENT, Log, dismissed, escalated, resolved, undone


class Unwritable(LostResponses):
    """A store that can be read only."""

    def append(self, event: IncidentEvent) -> None:
        raise StoreUnavailableError(f"{event.incident_id} cannot be written")


class Desk:
    """Communication around one incident's log."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.notifier = InMemoryNotifier()
        self.letters = InMemoryDeadLetters()
        self.outbox = self.wired(self.notifier)

    def wired(self, notifier: InMemoryNotifier | None) -> Outbox:
        clock = self.log.clock
        breaker = Breaker("email", InMemoryBreakerStore(), now=clock)
        operations = InMemoryOperations(clock)
        return Outbox(notifier, breaker, operations, self.letters, now=clock, sleep=clock.sleep)

    def tell(self, kind: str) -> bool:
        request = {"incident_id": self.log.incident_id, "kind": kind}
        return tell(request, self.log.recorder, self.outbox).sent


def test_a_message_is_sent_and_recorded_with_its_reference() -> None:
    desk = Desk(Log().open())

    assert desk.tell("opened")
    assert [m.kind for m in desk.notifier.sent] == ["opened"]
    sent = desk.log.facts(MessageSent)
    assert [(s.message, s.channel, s.reference) for s in sent] == [("opened", "email", "email-1")]


def test_a_retried_call_does_not_tell_twice() -> None:
    desk = Desk(Log().open())

    assert [desk.tell("opened"), desk.tell("opened")] == [True, True]
    assert len(desk.notifier.sent) == 1
    assert len(desk.log.facts(MessageSent)) == 1


def test_each_kind_is_told_by_itself() -> None:
    desk = Desk(Log().open().freeze().decide().ask())

    assert all(desk.tell(kind) for kind in ("opened", "decision", "approval_wanted"))
    assert [m.kind for m in desk.notifier.sent] == ["opened", "decision", "approval_wanted"]


def test_a_crash_between_sending_and_recording_tells_again() -> None:
    desk = Desk(Log().open())
    recorder = Recorder(Unwritable(desk.log.store), now=desk.log.clock, new_id=CountingIds("x"))

    with pytest.raises(StoreUnavailableError):
        tell({"incident_id": INCIDENT, "kind": "opened"}, recorder, desk.outbox)

    assert desk.tell("opened")
    assert len(desk.notifier.sent) == 2
    assert len(desk.log.facts(MessageSent)) == 1


def test_two_calls_at_once_are_one_fact() -> None:
    desk = Desk(Log().open())

    class Slow(InMemoryNotifier):
        def send(self, message: Message) -> str:
            assert desk.tell("opened")  # the other call sends and records meanwhile
            return super().send(message)

    request = {"incident_id": INCIDENT, "kind": "opened"}

    assert tell(request, desk.log.recorder, desk.wired(Slow())).sent
    assert len(desk.log.facts(MessageSent)) == 1


def test_a_lost_response_of_the_log_is_no_second_fact() -> None:
    desk = Desk(Log().open())
    store = LostResponses(desk.log.store)
    recorder = Recorder(store, now=desk.log.clock, new_id=CountingIds("x"))

    with pytest.raises(StoreUnavailableError):
        tell({"incident_id": INCIDENT, "kind": "opened"}, recorder, desk.outbox)

    assert desk.tell("opened")
    assert len(desk.notifier.sent) == 1
    assert len(desk.log.facts(MessageSent)) == 1


def test_a_channel_that_is_down_is_an_answer_and_a_fact_and_a_dead_letter() -> None:
    desk = Desk(Log().open())
    desk.notifier.error = ChannelUnavailableError("SES is down")

    assert not desk.tell("opened")
    assert not desk.tell("opened")

    failed = desk.log.facts(MessageFailed)
    assert [f.reason for f in failed] == [
        "SES is down; the message is kept in the dead-letter queue"
    ]
    assert len(desk.letters.kept) == 2
    assert desk.letters.kept[0][0]["message"]["kind"] == "opened"


def test_once_the_channel_is_back_a_later_call_tells() -> None:
    desk = Desk(Log().open())
    desk.notifier.error = ChannelUnavailableError("SES is down")
    desk.tell("opened")
    desk.notifier.error = None

    assert desk.tell("opened")
    assert len(desk.log.facts(MessageSent)) == 1


def test_no_channel_is_said_as_it_is() -> None:
    desk = Desk(Log().open())
    desk.outbox = desk.wired(None)

    assert not desk.tell("opened")
    assert [f.reason for f in desk.log.facts(MessageFailed)] == ["no channel configured"]
    assert desk.letters.kept == []


def test_what_can_be_neither_told_nor_kept_is_recorded_and_retried() -> None:
    desk = Desk(Log().open())
    desk.notifier.error = ChannelUnavailableError("SES is down")
    desk.letters.error = StoreUnavailableError("no queue")

    with pytest.raises(StoreUnavailableError, match="SES is down"):
        desk.tell("opened")

    assert "could not be kept either" in desk.log.facts(MessageFailed)[0].reason


@pytest.mark.parametrize(
    ("log", "kind"),
    [(resolved(), "resolved"), (dismissed(), "dismissed"), (escalated(), "escalated"),
     (undone(), "escalated")],
)  # fmt: skip
@pytest.mark.parametrize("asked", ["resolved", "dismissed", "escalated"])
def test_how_it_ended_is_told_as_the_log_says_whatever_was_asked(
    log: Log, kind: str, asked: str
) -> None:
    desk = Desk(Log())
    for fact in log.events:
        desk.log.store.append(fact)

    assert desk.tell(asked)
    assert [m.kind for m in desk.notifier.sent] == [kind]


@pytest.mark.parametrize("kind", ["resolved", "dismissed", "decision", "approval_wanted"])
def test_nothing_is_told_that_did_not_happen(kind: str) -> None:
    desk = Desk(Log().open())

    with pytest.raises(InvalidInputError, match="kind"):
        desk.tell(kind)

    assert desk.notifier.sent == []


def test_an_open_incident_can_be_handed_to_a_person() -> None:
    desk = Desk(Log().open())

    assert desk.tell("escalated")


def test_an_unknown_incident_is_refused_by_the_fields_name() -> None:
    with pytest.raises(InvalidInputError, match="incident_id"):
        Desk(Log()).tell("opened")


@pytest.mark.parametrize(
    ("event", "field"),
    [({"incident_id": "x", "kind": "opened"}, "incident_id"),
     ({"incident_id": INCIDENT, "kind": "gossip"}, "kind"),
     ({"incident_id": INCIDENT, "kind": "opened", "to": "x"}, "to")],
)  # fmt: skip
def test_a_wrong_request_names_the_field(event: dict[str, str], field: str) -> None:
    desk = Desk(Log().open())

    with pytest.raises(InvalidInputError, match=field):
        tell(event, desk.log.recorder, desk.outbox)

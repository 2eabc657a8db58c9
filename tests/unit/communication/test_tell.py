"""People are told once per kind, and the log says truthfully whether they were."""

import pytest

from functions.communication.tell import Desk as Telling
from quorum.application.recorder import Recorder
from quorum.domain.approvals import Approval
from quorum.domain.base import OutsiderText
from quorum.domain.constants import ESCALATION_LEVEL
from quorum.domain.errors import (
    InvalidInputError,
    StoreUnavailableError,
)
from quorum.domain.events import (
    ApprovalAnswered,
    ApprovalRequested,
    IncidentClosed,
    IncidentEvent,
    MessageFailed,
    MessageSent,
)
from quorum.domain.incident_records import Ending, Notified
from quorum.domain.messages import Message
from quorum.domain.notification_routes import Routes
from quorum.messaging import Ledger
from tests.fakes.channels import InMemoryNotifier
from tests.fakes.clock import CountingIds
from tests.fakes.event_store import LostResponses
from tests.fakes.notification_book import InMemoryNotificationBook
from tests.unit.communication.office import BOTH, Office
from tests.unit.narrative.stories import INCIDENT, Log, dismissed, escalated, resolved, undone

BY_MAIL = Routes(channels=("email",))


class Unwritable(LostResponses):
    """A store that can be read only."""

    def append(self, event: IncidentEvent) -> None:
        raise StoreUnavailableError(f"{event.incident_id} cannot be written")


class Unwritten(InMemoryNotificationBook):
    """A book that can be read only."""

    def put(self, told: Notified) -> None:
        raise StoreUnavailableError(f"{told.incident_id} cannot be written")


class Desk:
    """Communication around one incident's log, whose questions and end are what really was."""

    def __init__(self, log: Log, routes: Routes = BY_MAIL) -> None:
        self.log, self.office = log, Office(routes, log.clock)
        self.office.store = log.store
        self.office.recorder = log.recorder
        self.outbox = self.office.outbox
        self.settle()

    def settle(self) -> None:
        """Have the approval function and the closing function written what the log tells."""
        for asked in self.log.facts(ApprovalRequested):
            self.office.approvals.ask(
                Approval(
                    approval_id=asked.approval_id,
                    incident_id=self.log.incident_id,
                    action=asked.action,
                    task_token="",
                    expires_at=asked.expires_at.timestamp(),
                )
            )
        for answer in self.log.facts(ApprovalAnswered):
            self.office.approvals.answer(answer.approval_id, answer.answer, "ada")
        for closed in self.log.facts(IncidentClosed):
            at = closed.occurred_at.timestamp()
            self.office.closings.put(
                Ending(incident_id=self.log.incident_id, outcome=closed.outcome, ended_at=at)
            )

    @property
    def sent(self) -> list[str]:
        """Return the kinds that went by mail."""
        return [one.kind for one in self.office.notifiers["email"].sent]

    def tell(self, kind: str, recorder: Recorder | None = None) -> bool:
        self.log.clock.advance(1)  # the channel has a turn for everybody who comes alone
        return self.ask({"incident_id": self.log.incident_id, "kind": kind}, recorder)

    def ask(self, request: dict[str, str], recorder: Recorder | None = None) -> bool:
        ledger = Ledger(recorder or self.log.recorder, self.office.notifications, self.log.clock)
        return Telling(self.office.files, ledger, self.outbox).tell(request).sent


def test_a_message_is_sent_and_recorded_with_its_reference() -> None:
    desk = Desk(Log().open())

    assert desk.tell("opened")
    assert desk.sent == ["opened"]
    sent = desk.log.facts(MessageSent)
    assert [(s.message, s.channel, s.reference) for s in sent] == [("opened", "email", "email-1")]


def test_a_retried_call_does_not_tell_twice() -> None:
    desk = Desk(Log().open())

    assert [desk.tell("opened"), desk.tell("opened")] == [True, True]
    assert len(desk.sent) == 1
    assert len(desk.log.facts(MessageSent)) == 1


def test_each_kind_is_told_by_itself() -> None:
    desk = Desk(Log().open().freeze().decide().ask())

    assert all(desk.tell(kind) for kind in ("opened", "decision", "approval_wanted"))
    assert desk.sent == ["opened", "decision", "approval_wanted"]


def test_a_crash_between_sending_and_recording_tells_again() -> None:
    desk = Desk(Log().open())
    notes, desk.office.notifications = desk.office.notifications, Unwritten()

    with pytest.raises(StoreUnavailableError):
        desk.tell("opened")

    desk.office.notifications = notes
    assert desk.tell("opened")
    assert len(desk.sent) == 2
    assert len(desk.log.facts(MessageSent)) == 1


def test_a_log_that_cannot_be_written_says_it_later_and_nobody_is_told_twice() -> None:
    desk = Desk(Log().open())
    recorder = Recorder(Unwritable(desk.log.store), now=desk.log.clock, new_id=CountingIds("x"))

    with pytest.raises(StoreUnavailableError):
        desk.tell("opened", recorder)
    assert desk.log.facts(MessageSent) == []

    assert desk.tell("opened")
    assert len(desk.sent) == 1
    assert [fact.reference for fact in desk.log.facts(MessageSent)] == ["email-1"]


def test_two_calls_at_once_are_one_fact() -> None:
    desk = Desk(Log().open())

    class Slow(InMemoryNotifier):
        def send(self, message: Message) -> str:
            if not self.sent:
                self.sent.append(message)
                assert desk.tell("opened")  # the other call sends and records meanwhile
            return super().send(message)

    desk.office.notifiers["email"] = Slow("email")
    desk.outbox = desk.office.outbox

    assert desk.tell("opened")
    assert len(desk.log.facts(MessageSent)) == 1


def test_a_lost_response_of_the_log_is_no_second_fact() -> None:
    desk = Desk(Log().open())
    store = LostResponses(desk.log.store)
    recorder = Recorder(store, now=desk.log.clock, new_id=CountingIds("x"))

    with pytest.raises(StoreUnavailableError):
        desk.tell("opened", recorder)

    assert desk.tell("opened")
    assert len(desk.sent) == 1
    assert len(desk.log.facts(MessageSent)) == 1


def test_a_message_that_waits_is_on_its_way_and_no_fact_yet() -> None:
    desk = Desk(Log().open())
    desk.office.break_down("email")

    assert desk.tell("opened")
    assert [one.kind for one in desk.office.queue.notices] == ["opened"]
    assert not desk.log.facts(MessageSent)
    assert not desk.log.facts(MessageFailed)


def test_a_message_that_can_only_be_kept_is_an_answer_and_a_fact_and_a_dead_letter() -> None:
    desk = Desk(Log().open())
    desk.office.break_down("email")
    desk.office.queue.error = StoreUnavailableError("no queue")

    assert not desk.tell("opened")
    assert not desk.tell("opened")

    [failed] = desk.log.facts(MessageFailed)
    assert failed.reason.startswith("email is down; it could not wait either: no queue")
    assert len(desk.office.letters.kept) == 2
    assert desk.office.letters.kept[0][0]["notice"]["kind"] == "opened"


def test_once_the_channel_is_back_a_later_call_tells() -> None:
    desk = Desk(Log().open())
    desk.office.break_down("email")
    desk.office.queue.error = StoreUnavailableError("no queue")
    desk.tell("opened")
    desk.office.notifiers["email"].error = None

    assert desk.tell("opened")
    assert len(desk.log.facts(MessageSent)) == 1


def test_no_channel_is_said_as_it_is() -> None:
    desk = Desk(Log().open(), Routes())

    assert not desk.tell("opened")
    assert [f.reason for f in desk.log.facts(MessageFailed)] == ["no channel configured"]
    assert desk.office.letters.kept == []


def test_what_can_be_neither_told_nor_kept_is_recorded_and_retried() -> None:
    desk = Desk(Log().open())
    desk.office.break_down("email")
    desk.office.queue.error = desk.office.letters.error = StoreUnavailableError("no queue")

    with pytest.raises(StoreUnavailableError, match="email is down"):
        desk.tell("opened")

    assert "could not be kept either" in desk.log.facts(MessageFailed)[0].reason


def asked() -> Log:
    return Log().open().freeze().decide(route="approve", level=ESCALATION_LEVEL).ask()


def test_a_question_goes_with_its_buttons_and_its_links_on_both_legs() -> None:
    desk = Desk(asked(), BOTH)

    assert desk.tell("approval_wanted")

    [posted], [paged] = (desk.office.notifiers[n].sent for n in ("slack", "pagerduty"))
    assert [q.approval_id for q in posted.questions] == [desk.log.incident.approval.approval_id]  # type: ignore[union-attr]
    assert [link.text for link in paged.links] == ["Alarm"]
    assert {f.channel for f in desk.log.facts(MessageSent)} == {"slack", "pagerduty"}


def test_an_answer_takes_the_place_of_its_question_and_answers_the_page() -> None:
    desk = Desk(asked(), BOTH)
    for kind in ("opened", "approval_wanted"):
        desk.log.clock.advance(30)
        desk.tell(kind)
    desk.log.add(
        ApprovalAnswered,
        approval_id=desk.log.incident.approval.approval_id,  # type: ignore[union-attr]
        answer="granted",
        by=OutsiderText.of("ada"),
    )
    desk.settle()
    desk.log.clock.advance(30)

    assert desk.tell("answered")

    slack, pagerduty = (desk.office.notifiers[n].sent[-1] for n in ("slack", "pagerduty"))
    assert (slack.kind, slack.thread, slack.questions) == ("answered", "slack-2", ())
    assert pagerduty.kind == "answered"


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
    desk.settle()

    assert desk.tell(asked)
    assert desk.sent == [kind]


@pytest.mark.parametrize(
    "kind", ["resolved", "dismissed", "escalated", "decision", "approval_wanted", "answered"]
)
def test_nothing_is_told_that_did_not_happen(kind: str) -> None:
    desk = Desk(Log().open())

    with pytest.raises(InvalidInputError, match="kind"):
        desk.tell(kind)

    assert desk.sent == []


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
        desk.ask(event)

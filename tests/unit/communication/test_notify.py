"""Each kind of message is sent once, and the log records the result."""

import pytest

from functions.communication.notify import IncidentNotifier
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
from quorum.domain.evidence import Vanished
from quorum.domain.incident_records import Ending, Notified
from quorum.domain.messages import Message
from quorum.domain.notification_routes import Routes
from quorum.messaging import DeliveryLog
from quorum.messaging.content import Site
from tests.builders.candidates import RAISE, ROLLBACK
from tests.builders.events import INCIDENT
from tests.builders.incident_logs import Log, dismissed, escalated, resolved, undone
from tests.builders.messaging import BOTH, MessagingWorld
from tests.fakes.channels import InMemoryNotifier
from tests.fakes.clock import CountingIds
from tests.fakes.event_store import LostResponses
from tests.fakes.notification_store import InMemoryNotificationStore

BY_MAIL = Routes(channels=("email",))


class Unwritable(LostResponses):
    """A store that can be read only."""

    def append(self, event: IncidentEvent) -> None:
        raise StoreUnavailableError(f"{event.incident_id} cannot be written")


class Unwritten(InMemoryNotificationStore):
    """A book that can be read only."""

    def put(self, delivery: Notified) -> None:
        raise StoreUnavailableError(f"{delivery.incident_id} cannot be written")


class Notifications:
    """The notifier around one incident's log, whose approval requests and end are recorded."""

    def __init__(self, log: Log, routes: Routes = BY_MAIL) -> None:
        self.log, self.messaging = log, MessagingWorld(routes, log.clock)
        self.messaging.store = log.store
        self.messaging.recorder = log.recorder
        self.outbox = self.messaging.outbox
        self.settle()

    def settle(self) -> None:
        """Record approval requests and the end as their functions do, from the log."""
        for asked in self.log.facts(ApprovalRequested):
            self.messaging.approvals.ask(
                Approval(
                    approval_id=asked.approval_id,
                    incident_id=self.log.incident_id,
                    action=asked.action,
                    task_token="",
                    expires_at=asked.expires_at.timestamp(),
                )
            )
        for answer in self.log.facts(ApprovalAnswered):
            self.messaging.approvals.answer(answer.approval_id, answer.answer, "ada")
        for closed in self.log.facts(IncidentClosed):
            at = closed.occurred_at.timestamp()
            self.messaging.closings.put(
                Ending(incident_id=self.log.incident_id, outcome=closed.outcome, ended_at=at)
            )

    @property
    def sent(self) -> list[str]:
        """Return the kinds that were sent by e-mail."""
        return [one.kind for one in self.messaging.notifiers["email"].sent]

    def notify(self, kind: str, recorder: Recorder | None = None) -> bool:
        self.log.clock.advance(1)  # so that the channel has a turn
        return self.ask({"incident_id": self.log.incident_id, "kind": kind}, recorder)

    def ask(self, request: dict[str, str], recorder: Recorder | None = None) -> bool:
        deliveries = DeliveryLog(
            recorder or self.log.recorder, self.messaging.notifications, self.log.clock
        )
        notifier = IncidentNotifier(self.messaging.contexts, deliveries, self.outbox, Site())
        return notifier.notify(request).sent


def test_notify_sends_and_records_the_reference() -> None:
    made = Notifications(Log().open())

    assert made.notify("opened")
    assert made.sent == ["opened"]
    sent = made.log.facts(MessageSent)
    assert [(s.message, s.channel, s.reference) for s in sent] == [("opened", "email", "email-1")]


def test_notify_retried_sends_once() -> None:
    made = Notifications(Log().open())

    assert [made.notify("opened"), made.notify("opened")] == [True, True]
    assert len(made.sent) == 1
    assert len(made.log.facts(MessageSent)) == 1


def test_notify_sends_each_kind() -> None:
    made = Notifications(Log().open().freeze().decide().ask())

    assert all(made.notify(kind) for kind in ("opened", "decision", "approval_wanted"))
    assert made.sent == ["opened", "decision", "approval_wanted"]


def test_notify_after_a_crash_before_recording_sends_again() -> None:
    made = Notifications(Log().open())
    notes, made.messaging.notifications = made.messaging.notifications, Unwritten()

    with pytest.raises(StoreUnavailableError):
        made.notify("opened")

    made.messaging.notifications = notes
    assert made.notify("opened")
    assert len(made.sent) == 2
    assert len(made.log.facts(MessageSent)) == 1


def test_notify_records_a_refused_event_later_and_sends_once() -> None:
    made = Notifications(Log().open())
    recorder = Recorder(Unwritable(made.log.store), now=made.log.clock, new_id=CountingIds("x"))

    with pytest.raises(StoreUnavailableError):
        made.notify("opened", recorder)
    assert made.log.facts(MessageSent) == []

    assert made.notify("opened")
    assert len(made.sent) == 1
    assert [fact.reference for fact in made.log.facts(MessageSent)] == ["email-1"]


def test_concurrent_notify_calls_leave_one_event() -> None:
    made = Notifications(Log().open())

    class Slow(InMemoryNotifier):
        def send(self, message: Message) -> str:
            if not self.sent:
                self.sent.append(message)
                assert made.notify("opened")  # the other call sends and records meanwhile
            return super().send(message)

    made.messaging.notifiers["email"] = Slow("email")
    made.outbox = made.messaging.outbox

    assert made.notify("opened")
    assert len(made.log.facts(MessageSent)) == 1


def test_notify_after_a_lost_response_of_the_log_leaves_one_event() -> None:
    made = Notifications(Log().open())
    store = LostResponses(made.log.store)
    recorder = Recorder(store, now=made.log.clock, new_id=CountingIds("x"))

    with pytest.raises(StoreUnavailableError):
        made.notify("opened", recorder)

    assert made.notify("opened")
    assert len(made.sent) == 1
    assert len(made.log.facts(MessageSent)) == 1


def test_notify_of_a_queued_message_is_sent_and_leaves_no_event_yet() -> None:
    made = Notifications(Log().open())
    made.messaging.break_down("email")

    assert made.notify("opened")
    assert [one.kind for one in made.messaging.queue.notices] == ["opened"]
    assert not made.log.facts(MessageSent)
    assert not made.log.facts(MessageFailed)


def test_notify_that_can_only_keep_the_message_returns_and_records_the_failure() -> None:
    made = Notifications(Log().open())
    made.messaging.break_down("email")
    made.messaging.queue.error = StoreUnavailableError("no queue")

    assert not made.notify("opened")
    assert not made.notify("opened")

    [failed] = made.log.facts(MessageFailed)
    assert failed.reason.startswith("email is down; could not be queued: no queue")
    assert len(made.messaging.dead_letters.kept) == 2
    assert made.messaging.dead_letters.kept[0][0]["notice"]["kind"] == "opened"


def test_notify_sends_once_the_channel_is_back() -> None:
    made = Notifications(Log().open())
    made.messaging.break_down("email")
    made.messaging.queue.error = StoreUnavailableError("no queue")
    made.notify("opened")
    made.messaging.notifiers["email"].error = None

    assert made.notify("opened")
    assert len(made.log.facts(MessageSent)) == 1


def test_notify_without_a_channel_records_that() -> None:
    made = Notifications(Log().open(), Routes())

    assert not made.notify("opened")
    assert [f.reason for f in made.log.facts(MessageFailed)] == ["no channel configured"]
    assert made.messaging.dead_letters.kept == []


def test_notify_records_and_raises_for_a_lost_message() -> None:
    made = Notifications(Log().open())
    made.messaging.break_down("email")
    made.messaging.queue.error = made.messaging.dead_letters.error = StoreUnavailableError(
        "no queue"
    )

    with pytest.raises(StoreUnavailableError, match="email is down"):
        made.notify("opened")

    assert "could not be kept" in made.log.facts(MessageFailed)[0].reason


def asked() -> Log:
    return Log().open().freeze().decide(route="approve", level=ESCALATION_LEVEL).ask()


def test_approval_request_has_buttons_and_links_on_both_legs() -> None:
    made = Notifications(asked(), BOTH)

    assert made.notify("approval_wanted")

    [posted], [paged] = (made.messaging.notifiers[n].sent for n in ("slack", "pagerduty"))
    assert [q.approval_id for q in posted.questions] == [made.log.incident.approval.approval_id]  # type: ignore[union-attr]
    assert [link.text for link in paged.links] == ["Alarm"]
    assert {f.channel for f in made.log.facts(MessageSent)} == {"slack", "pagerduty"}


def test_decision_without_a_proposal_has_the_ranking_and_the_vanished_resources() -> None:
    gone = Vanished(resource="ssm:/shop/limit", last_seen=1_795_435_200)
    ranking = ((RAISE.id, 800), (ROLLBACK.id, 700))
    log = Log().open().freeze(vanished=(gone,))
    made = Notifications(
        log.decide(route="escalate", action=None, score_bp=0, ranking=ranking), BOTH
    )

    assert made.notify("decision")

    [posted] = made.messaging.notifiers["slack"].sent
    assert posted.questions == ()
    assert "no proposal stands out" in posted.text
    assert "Score 0.08: Raise the reserved concurrency" in posted.text
    assert "Score 0.07: Roll back" in posted.text
    assert "Missing: ssm:/shop/limit does not exist any more" in posted.text


def test_answer_replaces_the_approval_request_and_acknowledges_the_page() -> None:
    made = Notifications(asked(), BOTH)
    for kind in ("opened", "approval_wanted"):
        made.log.clock.advance(30)
        made.notify(kind)
    made.log.add(
        ApprovalAnswered,
        approval_id=made.log.incident.approval.approval_id,  # type: ignore[union-attr]
        answer="granted",
        by=OutsiderText.of("ada"),
    )
    made.settle()
    made.log.clock.advance(30)

    assert made.notify("answered")

    slack, pagerduty = (made.messaging.notifiers[n].sent[-1] for n in ("slack", "pagerduty"))
    assert (slack.kind, slack.thread, slack.questions) == ("answered", "slack-2", ())
    assert pagerduty.kind == "answered"


@pytest.mark.parametrize(
    ("log", "kind"),
    [(resolved(), "resolved"), (dismissed(), "dismissed"), (escalated(), "escalated"),
     (undone(), "escalated")],
)  # fmt: skip
@pytest.mark.parametrize("asked", ["resolved", "dismissed", "escalated"])
def test_notify_of_an_end_sends_the_recorded_outcome(log: Log, kind: str, asked: str) -> None:
    made = Notifications(Log())
    for fact in log.events:
        made.log.store.append(fact)
    made.settle()

    assert made.notify(asked)
    assert made.sent == [kind]


@pytest.mark.parametrize(
    "kind", ["resolved", "dismissed", "escalated", "decision", "approval_wanted", "answered"]
)
def test_notify_refuses_a_message_without_its_event(kind: str) -> None:
    made = Notifications(Log().open())

    with pytest.raises(InvalidInputError, match="kind"):
        made.notify(kind)

    assert made.sent == []


def test_notify_of_an_unknown_incident_names_the_field() -> None:
    with pytest.raises(InvalidInputError, match="incident_id"):
        Notifications(Log()).notify("opened")


@pytest.mark.parametrize(
    ("event", "field"),
    [({"incident_id": "x", "kind": "opened"}, "incident_id"),
     ({"incident_id": INCIDENT, "kind": "gossip"}, "kind"),
     ({"incident_id": INCIDENT, "kind": "opened", "to": "x"}, "to")],
)  # fmt: skip
def test_notify_names_a_wrong_field(event: dict[str, str], field: str) -> None:
    made = Notifications(Log().open())

    with pytest.raises(InvalidInputError, match=field):
        made.ask(event)

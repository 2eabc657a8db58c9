"""Questions in an incident's thread: answered for people of the configuration, and inert."""

import json
from datetime import timedelta
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.projection.project import slack_thread
from functions.projection.view import view
from functions.slack.mentions import LONGEST, MOST_PER_HOUR, MentionHandler, shown
from functions.slack.queued_interaction import QueuedMention
from functions.slack.webhook import SlackWebhook
from quorum.answers import EXAMPLES, answer, read_record
from quorum.domain.errors import InvalidInputError
from quorum.domain.events import MessageSent
from quorum.domain.incident import replay
from quorum.domain.people import People
from quorum.domain.slack_interactions import SlackApp
from quorum.domain.slack_mentions import Challenge, Mention, mention_problem, parse_event
from quorum.domain.slack_signature import sign
from quorum.narrative import actions
from tests.builders.candidates import RESOURCE
from tests.builders.evidence import template
from tests.builders.incident_logs import Log
from tests.builders.slack import SECRET
from tests.fakes.channels import InMemoryClaims

TEAM, APP, CHANNEL, THREAD = "T9TK3CUKW", "AABA1ABCD", "C0QUORUM", "1699999999.000100"
PEOPLE: Final = People.model_validate(
    [{"id": "eve", "name": "Eve", "slack": "U0EVE", "roles": ["viewer"]}]
)
OURS: Final = SlackApp(SECRET, TEAM, APP)
EVIL: Final = "<!channel> <https://evil.example|click> `*_ignore the rules_*`"


def event(text: str = "what changed?", member: str = "U0EVE", **other: Any) -> dict[str, Any]:
    """Return an event as https://docs.slack.dev/reference/events/app_mention shows it."""
    inner = {
        "type": "app_mention",
        "user": member,
        "text": f"<@U0LAN0Z89> {text}",
        "ts": "1700000009.000200",
        "thread_ts": THREAD,
        "channel": CHANNEL,
        "event_ts": "1700000009000200",
        **other.pop("event", {}),
    }
    return {
        "token": "ZZZZZZWSxiZZZ2yIvs3peJ",
        "team_id": TEAM,
        "api_app_id": APP,
        "event": inner,
        "type": "event_callback",
        "event_id": "Ev0PV52K25",
        "event_time": 1700000009,
        **other,
    }


def request(content: Any, at: Any, secret: str = SECRET) -> dict[str, Any]:
    """Return the event of a function's URL for this event, signed."""
    text, seconds = json.dumps(content, ensure_ascii=False), str(int(at.timestamp()))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "X-Slack-Request-Timestamp": seconds,
        "X-Slack-Signature": sign(secret, seconds, text.encode()),
    }
    return {"requestContext": {}, "headers": headers, "body": text, "isBase64Encoded": False}


class Workspace:
    """An incident with a thread, the webhook, and the handler behind it."""

    def __init__(self, log: Log | None = None) -> None:
        self.log = log or Log().open().freeze().decide()
        self.log.add(
            MessageSent, message="opened", channel="slack", reference=f"{CHANNEL}/{THREAD}"
        )
        self.claims, self.queued = InMemoryClaims(), list[Any]()
        self.posted = list[tuple[str, str, str]]()
        self.webhook = SlackWebhook(lambda: SECRET, self.claims, self.queued.append, self.log.clock)
        self.handler = MentionHandler(
            PEOPLE,
            lambda: OURS,
            self.claims,
            lambda: [self._view()],
            lambda _: read_record(self.log.events, self.log.evidence),
            lambda *posted: self.posted.append(posted),
            self.log.clock,
        )

    def _view(self) -> Any:
        events = self.log.events
        return view(replay(events), actions(events), slack_thread(events))

    def send(self, content: Any, **signing: Any) -> tuple[int, str]:
        """Send an event to the webhook; return the status and the body."""
        signing = {"at": self.log.clock.now, **signing}
        response = self.webhook.receive(request(content, **signing)).response()
        return response["statusCode"], response["body"]

    def ask(self, content: Any) -> str | None:
        """Send it, and handle what was queued; return the refusal."""
        assert self.send(content)[0] == 200
        return self.handler.handle(self.queued.pop()).refused


def test_a_question_in_the_thread_is_answered_there_with_citations() -> None:
    world = Workspace()
    before = world.log.events

    assert world.ask(event()) is None

    ((channel, thread, text),) = world.posted
    assert (channel, thread) == (CHANNEL, THREAD)
    assert "deployer" in text
    assert "`c1`" in text
    assert world.log.events == before


def test_slacks_repetition_of_an_event_is_answered_once() -> None:
    world = Workspace()
    assert world.ask(event()) is None
    assert world.send(event()) == (200, "")
    assert world.queued == []


def test_the_address_is_confirmed_to_slack_alone() -> None:
    world = Workspace()
    challenge = {"type": "url_verification", "token": "x", "challenge": "3eZbrw1aBm2rZgRNFd"}

    assert world.send(challenge) == (200, "3eZbrw1aBm2rZgRNFd")
    assert world.send(challenge, secret="f" * 32) == (401, "")
    assert world.send({**challenge, "challenge": "<script>"}) == (400, "")


def test_a_forged_or_late_event_is_not_queued() -> None:
    world = Workspace()
    assert world.send(event(), secret="f" * 32)[0] == 401
    assert world.send(event(), at=world.log.clock.now - timedelta(minutes=6))[0] == 401
    assert world.queued == []


def test_the_handler_verifies_the_signature_again() -> None:
    world = Workspace()
    world.send(event())
    sent = world.queued.pop().sent.model_copy(update={"body": json.dumps(event("other"))})

    with pytest.raises(InvalidInputError, match="not signed"):
        world.handler.handle(QueuedMention(sent=sent))


@pytest.mark.parametrize(
    "content",
    [
        event(member="U0MALLORY"),
        event(api_app_id="A0OTHER"),
        event(team_id="T0OTHER"),
        event(event={"user_team": "T0OTHER"}),
        event(is_ext_shared_channel=True),
    ],
    ids=["not a person", "other app", "other workspace", "guest", "unknown workspace"],
)
def test_a_stranger_gets_no_answer(content: dict[str, Any]) -> None:
    world = Workspace()
    assert world.ask(content) == "stranger"
    assert world.posted == []


def test_a_member_of_ours_is_answered_in_a_shared_channel() -> None:
    world = Workspace()
    assert world.ask(event(is_ext_shared_channel=True, event={"user_team": TEAM})) is None


def test_a_thread_without_an_incident_is_said() -> None:
    world = Workspace()
    assert world.ask(event(event={"thread_ts": "1600000001.000100"})) == "no_incident"
    assert world.posted[0][1] == "1600000001.000100"


def test_a_person_has_a_quota_by_the_hour() -> None:
    world = Workspace()
    refused = [world.ask(event(event_id=f"Ev{n:08}")) for n in range(MOST_PER_HOUR + 2)]
    assert refused == [None] * MOST_PER_HOUR + ["quota"] * 2

    world.log.clock.now += timedelta(hours=1)
    assert world.ask(event(event_id="EvLater")) is None


def test_quoted_text_is_inert() -> None:
    line = template(RESOURCE, EVIL, after=12, id="t1")
    world = Workspace(Log().open(name=EVIL, reason=EVIL).freeze(templates=(line,)).decide())
    for number, question in enumerate((*EXAMPLES.values(), EVIL)):
        world.ask(event(question, event_id=f"Ev{number:08}"))
    texts = [text for _, _, text in world.posted]

    assert any("evil.example" in text for text in texts)
    for text in texts:
        assert "<" not in text
        assert ">" not in text


@given(st.text(max_size=300))
def test_any_question_gets_a_reply_that_slack_takes(question: str) -> None:
    record = read_record(LOG.events, LOG.evidence)
    text = shown(answer(record, question))

    assert 0 < len(text) <= LONGEST + 100
    assert "<" not in text


@pytest.mark.parametrize(
    "content",
    [
        [],
        {},
        {"type": "event_callback"},
        {**event(), "type": "other"},
        event(event={"type": "message"}),
        event(event={"user": "W"}),
        event(event={"channel": "../x"}),
        event(event={"thread_ts": "now"}),
        event(event_id="a b"),
    ],
)
def test_any_other_event_is_unreadable(content: Any) -> None:
    assert Workspace().send(content)[0] == 400


def test_markup_is_not_part_of_the_question() -> None:
    mention = parse_event(json.dumps(event("<@U1> why <#C1|x>  not?")))
    assert isinstance(mention, Mention)
    assert mention.question == "why not?"
    assert not isinstance(mention, Challenge)


def test_an_organisations_members_of_all_its_workspaces_count() -> None:
    mention = parse_event(json.dumps(event(event={"user_team": TEAM})))
    assert isinstance(mention, Mention)
    assert mention_problem(mention, SlackApp(SECRET, "E0GRID", APP)) is None
    assert mention_problem(mention, SlackApp(SECRET, "T0OTHER", APP)) is not None


LOG = Log().open().freeze().decide()

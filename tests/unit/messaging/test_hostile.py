"""Messages have Quorum's links and buttons alone, whatever outsiders or forged events hold."""

import json
import re
from html.parser import HTMLParser
from typing import Any, Final, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quorum.adapters.channels.pagerduty_notifier import event
from quorum.adapters.channels.slack_blocks import blocks, fallback
from quorum.adapters.channels.webhook_notifier import content
from quorum.domain.base import OutsiderText
from quorum.domain.catalogue import action_id
from quorum.domain.events import AlarmJoined, MessageFailed, MessageKind, Outcome
from quorum.domain.evidence import Source
from quorum.domain.messages import Message
from quorum.domain.notices import About, PendingMessage
from quorum.messaging import coalesced
from quorum.messaging.content import IncidentContext, Site, bare, compose
from tests.builders.alarms import alarm
from tests.builders.candidates import candidate
from tests.builders.events import INCIDENT
from tests.builders.incident_logs import Log, vote
from tests.unit.narrative.test_safe_text import HOSTILE

CONSOLE: Final = "https://console.example"
AWS: Final = "https://eu-west-1.console.aws.amazon.com/"
SLACKS: Final = [
    "<!channel>",
    "<!here|here>",
    "<@U012AB3CD>",
    "<#C123ABC456>",
    "<https://evil.example|Open the console>",
    "<!date^1392734382^{date}^https://evil.example|x>",
    "&lt;!channel&gt;",
    "`<!channel>`",
    "*bold* _it_ ~gone~ >quote",
    "<mailto:a@evil.example|mail>",
]
texts = st.one_of(
    st.sampled_from([*HOSTILE, *SLACKS]),
    st.text(min_size=1, max_size=60),
    st.text(alphabet="<>!@#&;|`*_~:/ a.\n", min_size=1, max_size=40),
)
ABOUTS: Final = ["before", "broken", "tampered", "undecided", "execution_failed"]


def story(text: str) -> Log:
    """Return a log in which every text from outside is this one."""
    bad = candidate(
        parameters={"function": text, "alias": text, "from_version": "4", "to_version": text},
        summary=text,
    )
    log = Log().open(name=text, reason=text)
    log.freeze(candidates=(bad,), sources=(Source(name="logs", status="failed", detail=text),))
    votes = (vote("diagnosis-model", bad.id, 9000, reason=OutsiderText.of(text), cites=(text,)),)
    log.decide(action=bad.id, ranking=((bad.id, 8100),), votes=votes, reason=text, level=text)
    log.ask(bad.id)
    log.add(MessageFailed, message="opened", channel=text, reason=text)
    return log


def composed(kind: MessageKind, text: str, about: About = "state") -> Message:
    log, outcomes = story(text), {"resolved": "resolved", "dismissed": "dismissed"}
    asked = log.incident.approval
    assert asked is not None
    question = log.approvals.find(asked.approval_id)
    assert question is not None
    state = "denied" if kind == "answered" else "waiting"
    question = question.model_copy(update={"state": state, "by": text, "reason": text})
    outcome: Outcome = outcomes.get(kind, "escalated")  # type: ignore[assignment]
    context = IncidentContext(
        incident_id=INCIDENT, events=log.events, ending=outcome, approval=question
    )
    return compose(
        PendingMessage(incident_id=INCIDENT, kind=kind, about=about), context, Site(CONSOLE)
    )


def assert_inert_in_slack(message: Message) -> None:
    """Check for no control sequence but own links, and no button but own ones with own values."""
    assert "<" not in fallback(message)
    for block in blocks(message):
        if block["type"] == "actions":
            assert re.fullmatch(f"{INCIDENT}:[0-9a-f]{{32}}", block["block_id"])
            labels = [e["text"]["text"] for e in block["elements"]]
            assert labels == ["Approve", "Deny", "Take over"]
            assert {e["value"] for e in block["elements"]} == {block["block_id"][33:]}
            continue
        shown = block["elements"] if block["type"] == "context" else [block["text"]]
        for text in shown:
            if text["type"] == "plain_text":
                assert text["emoji"] is False
                continue
            for found in re.findall(r"<[^>]*>?", text["text"]):
                assert block["type"] == "context"
                assert found.startswith((f"<{CONSOLE}/incidents/", f"<{AWS}"))
                assert found.endswith(("|Incident>", "|Alarm>"))
                assert found.count("|") == 1


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.links: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.links.append(dict(attrs))
        else:
            self.names |= {tag, *(name for name, _ in attrs)}


def assert_inert_in_mail(message: Message) -> None:
    page = Tags()
    page.feed(message.html)
    ours = {"html", "body", "h2", "ul", "li", "p", "small", "code", "q", "lang", "style", "pre"}
    assert page.names <= ours
    assert page.links == (
        [] if message.incidents else [{"href": link.href} for link in message.links]
    )
    assert message.subject.isprintable()


@pytest.mark.parametrize("kind", get_args(MessageKind))
@settings(max_examples=40, deadline=None)
@given(text=texts)
def test_messages_show_no_mention_tag_or_link_of_an_outsider(kind: MessageKind, text: str) -> None:
    message = composed(kind, text)

    for one in (message, coalesced([message, composed("opened", text)])):
        assert_inert_in_slack(one)
        assert_inert_in_mail(one)
        hrefs = [link.href for link in one.links]
        assert all(href.startswith((f"{CONSOLE}/incidents/", AWS)) for href in hrefs)
        assert not any(re.search(r"[\s|<>\"']", href) for href in hrefs)
        assert [link["href"] for link in event(one)["links"]] == hrefs
        assert json.loads(json.dumps(content(one, "now")))["data"]["text"] == one.text


@pytest.mark.parametrize("about", ABOUTS)
@settings(max_examples=20, deadline=None)
@given(text=texts)
def test_system_messages_are_as_inert(about: About, text: str) -> None:
    message = composed("escalated", text, about)

    assert_inert_in_slack(message)
    assert_inert_in_mail(message)


def test_slack_blocks_escape_unescaped_markup() -> None:
    hostile = Message(
        incident_id=INCIDENT,
        kind="opened",
        subject="<!channel>",
        text="x",
        html="",
        mrkdwn=("<!channel> <https://evil.example|Open the console>",),
    )

    assert_inert_in_slack(hostile)


def test_bare_message_has_ids_alone() -> None:
    message = bare(PendingMessage(incident_id=INCIDENT, kind="approval_wanted"))

    assert INCIDENT in message.subject
    assert (message.questions, message.links) == ((), ())


def asked(candidates: tuple[Any, ...], action: str) -> Message:
    log = Log().open().freeze(candidates=candidates).decide().ask(action)
    question = log.approvals.find("a" * 32)
    context = IncidentContext(incident_id=INCIDENT, events=log.events, approval=question)
    notice = PendingMessage(incident_id=INCIDENT, kind="approval_wanted")
    return compose(notice, context, Site(laptop=True))


def test_button_text_follows_from_the_actions_parameters() -> None:
    honest = candidate(summary="Restart the dashboard's cache (risk: low)")

    message = asked((honest,), honest.id)

    [question] = message.questions
    assert question.about == "Approve? Roll back checkout:live from version 4 to 3"
    assert "dashboard" not in message.text + message.html + "".join(message.mrkdwn)


def test_action_whose_id_does_not_match_its_parameters_cannot_be_approved() -> None:
    honest = candidate(resource="lambda:a", parameters={"function": "a", "alias": "live"})
    other = honest.model_copy(update={"parameters": {"function": "b", "alias": "live"}})

    message = asked((other,), honest.id)

    assert message.questions == ()
    assert "no action of this id" in message.text
    assert "python -m local approve" not in message.text


def test_action_with_a_short_id_can_be_approved() -> None:
    parameters = {"function": "a", "alias": "live", "from_version": "2", "to_version": "1"}
    honest = candidate(resource="lambda:a", parameters=parameters)
    short = action_id(honest.verb, honest.parameters)[:-20]
    before = honest.model_copy(update={"id": short})

    [question] = asked((before,), short).questions

    assert question.about == "Approve? Roll back a:live from version 2 to 1"


def test_log_of_thousands_of_events_is_a_message_within_every_channels_limits() -> None:
    log = story("x")
    for n in range(2_000):
        log.add(AlarmJoined, alarm=alarm(f"{n}", "y" * 200))
    context = IncidentContext(incident_id=INCIDENT, events=log.events, ending="escalated")

    message = compose(
        PendingMessage(incident_id=INCIDENT, kind="escalated"), context, Site(CONSOLE)
    )

    assert "1964 more lines omitted" in message.text
    assert max(len(message.text), len(message.html)) < 256_000

"""Each message has what its reader needs, and no text of an outsider's is more than text."""

import shlex
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.__main__ import _parser as command_line
from quorum.domain.base import OutsiderText
from quorum.domain.events import AlarmJoined, IncidentOpened, MessageKind
from quorum.domain.messages import Message
from quorum.domain.notices import PendingMessage
from quorum.messaging.content import IncidentContext, Site, compose
from stacks.web_routes import PUBLIC
from tests.builders.alarms import alarm
from tests.builders.candidates import RAISE, REDRIVE, ROLLBACK, candidate
from tests.builders.events import INCIDENT
from tests.builders.incident_logs import Log, dismissed, escalated, resolved, undone, vote
from tests.unit.narrative.test_safe_text import HOSTILE

OURS = {"html", "body", "h2", "ul", "li", "p", "small", "code", "q", "lang", "style", "a", "href"}
CONSOLE = "https://console.example"
AWS = Site(CONSOLE)
LAPTOP = Site(laptop=True)
EVERYWHERE = [AWS, LAPTOP, Site(), Site(CONSOLE, laptop=True)]


def message(kind: MessageKind, log: Log, site: Site = AWS) -> Message:
    """Return the message; the approval request and the end are as the log has them."""
    incident = log.incident
    asked = incident.approval
    approval = log.approvals.find(asked.approval_id) if asked else None
    context = IncidentContext(
        incident_id=INCIDENT,
        events=log.events,
        ending=incident.closed.outcome if incident.closed else None,
        approval=approval,
    )
    return compose(PendingMessage(incident_id=INCIDENT, kind=kind), context, site)


def sections(text: str) -> dict[str, list[str]]:
    """Return the lines of each section of a text, by its title."""
    blocks = [block.splitlines() for block in text.split("\n\n")]
    return {block[0]: [line.removeprefix("- ") for line in block[1:]] for block in blocks}


def asked(action: str = ROLLBACK.id) -> Log:
    return Log().open().freeze().decide(route="approve", level="senior_sre").ask(action)


@pytest.mark.parametrize("kind", ["opened", "decision", "approval_wanted", "escalated"])
def test_every_message_begins_with_the_alarm_the_time_and_the_affected(kind: MessageKind) -> None:
    [title, lines] = next(iter(sections(message(kind, asked()).text).items()))

    assert title == "Summary"
    assert "“shop-checkout-errors”: “Threshold crossed: 12 errors”" in lines[0]
    assert lines[1].startswith("Since: 2026-11-23 12:00:00 UTC")
    assert lines[2] == "Affected: lambda:checkout (1 alarm)"


def test_summary_counts_alarms_and_resources_and_names_the_first_five() -> None:
    log = asked()
    many = tuple(f"lambda:part-{n}" for n in range(8))
    log.add(AlarmJoined, alarm=alarm("other").model_copy(update={"resources": many}))

    [line] = [one for one in message("decision", log).text.splitlines() if "Affected" in one]

    assert line.endswith("lambda:part-3 and 4 more (2 alarms)")


def test_summary_names_flapping_and_a_storm() -> None:
    log = Log()
    log.add(IncidentOpened, alarm=alarm(), flapping=True, storm=True)

    text = message("opened", log).text

    assert "Flapping: " in text
    assert "Alarm storm: " in text


def test_decision_message_has_every_seats_vote_with_its_reason() -> None:
    votes = (vote("detection-statistical", ROLLBACK.id, 9000), vote("diagnosis-model", None, 0))
    found = sections(message("decision", Log().open().freeze().decide(votes=votes)).text)

    voted, silent, abstained = found["Votes"]
    assert voted.startswith("detection-statistical (robust-z) 0.90")
    assert "“robust-z says so”; evidence: m1" in voted
    assert silent.startswith("diagnosis-history: no valid vote")
    assert "“no past incident”" in silent
    assert abstained.startswith("diagnosis-model (model-diagnosis): abstained")
    assert "No vote from diagnosis-history: “no past incident”." in found["Gaps"]


def test_decision_message_names_a_more_confident_vote_for_another_action() -> None:
    votes = (vote("diagnosis-change", RAISE.id, 9700), vote("diagnosis-model", ROLLBACK.id, 9000))

    lines = sections(message("decision", Log().open().freeze().decide(votes=votes)).text)["Votes"]

    assert lines[-1].startswith("Most confident seat: diagnosis-change")


@pytest.mark.parametrize(
    ("section", "needed"),
    [
        ("Summary", "Most likely cause: release of version 4 to checkout:live"),
        ("Summary", "Proposed: Roll back checkout:live from version 4 to 3"),
        ("Summary", "Risk: medium; affects all callers of the alias."),
        ("Summary", "Undo: point the alias back"),
        ("Needs your decision", "by 2026-11-23 12:15:03 UTC"),
        ("Needs your decision", "“below the threshold”"),
        ("Needs your decision", "Approver role: senior_sre."),
        ("Details", "lambda.rollback_alias with alias = live"),
        ("Details", "Preconditions: alias_version = 4; "),
        ("Details", "Success check: "),
        ("Votes", "9 of 10 seats voted for it; score 0.81."),
        ("Gaps", "No vote from diagnosis-history: “no past incident”."),
    ],
)
def test_approval_request_has_what_an_approver_needs(section: str, needed: str) -> None:
    lines = sections(message("approval_wanted", asked()).text)[section]

    assert [line for line in lines if needed in line]


def test_approval_request_asks_right_after_the_summary() -> None:
    assert list(sections(message("approval_wanted", asked()).text))[:2] == [
        "Summary",
        "Needs your decision",
    ]


def test_approval_request_gives_the_reason_of_the_surest_diagnosis_seat() -> None:
    votes = (
        vote("detection-statistical", ROLLBACK.id, 9900),
        vote("diagnosis-change", ROLLBACK.id, 8000),
        vote("diagnosis-topology", ROLLBACK.id, 9000),
        vote("diagnosis-model", RAISE.id, 9500),
    )
    log = Log().open().freeze().decide(route="approve", votes=votes).ask()

    [line] = [one for one in message("approval_wanted", log).text.splitlines() if "cause" in one]

    assert "(diagnosis-topology 0.90: “deepest-anomaly says so”)" in line


def test_approval_request_lists_the_votes_for_another_action() -> None:
    votes = (vote("diagnosis-change", RAISE.id, 9700), vote("diagnosis-model", ROLLBACK.id, 9000))
    log = Log().open().freeze().decide(route="approve", votes=votes).ask()

    [count, other] = sections(message("approval_wanted", log).text)["Votes"]

    assert count.startswith("1 of 3 seats voted for it")
    assert other.startswith("diagnosis-change (change-onset) 0.97: Raise the reserved concurrency")


@pytest.mark.parametrize(("verb", "answer"), [("approve", "granted"), ("deny", "denied")])
def test_approval_request_on_the_laptop_has_commands_that_name_the_incident(
    verb: str, answer: str
) -> None:
    text = message("approval_wanted", asked(), LAPTOP).text
    [command] = [
        line.partition(": ")[2]
        for line in sections(text)["Needs your decision"]
        if line.startswith(f"{verb.capitalize()}: ")
    ]

    python, flag, module, *arguments = shlex.split(command)
    options = command_line().parse_args(arguments)

    assert (python, flag, module) == ("python", "-m", "local")
    assert (options.id, options.answer) == (INCIDENT, answer)
    assert "console" not in text


@pytest.mark.parametrize("url", [CONSOLE, f"{CONSOLE}/"])
def test_approval_request_on_aws_has_a_console_link_and_no_command(url: str) -> None:
    sent = message("approval_wanted", asked(), Site(url))
    page = f"{CONSOLE}/incidents/{INCIDENT}"

    assert f"Answer in the console: {page}" in sections(sent.text)["Needs your decision"]
    assert f'<a href="{page}">Incident</a>' in sent.html
    assert [link.href for link in sent.links if link.text == "Incident"] == [page]
    assert page.removeprefix(CONSOLE).replace(INCIDENT, "{incident_id}") in PUBLIC
    assert "python -m local" not in sent.text


def test_approval_request_without_a_console_address_names_the_incident() -> None:
    text = message("approval_wanted", asked(), Site()).text

    assert f"Answer in the Quorum console, incident {INCIDENT}." in text
    assert "python -m local" not in text


@pytest.mark.parametrize("site", EVERYWHERE)
def test_approval_request_never_names_the_approval_id_in_its_text(site: Site) -> None:
    sent = message("approval_wanted", asked(), site)

    assert [one.approval_id for one in sent.questions] == ["a" * 32]
    assert "a" * 32 not in sent.text


def test_alarm_link_is_not_on_the_laptop() -> None:
    assert [link.text for link in message("opened", Log().open(), AWS).links] == [
        "Incident",
        "Alarm",
    ]
    assert message("opened", Log().open(), LAPTOP).links == ()


def test_approval_request_for_an_action_without_an_undo() -> None:
    log = Log().open().freeze(candidates=(REDRIVE,)).decide().ask(REDRIVE.id)

    found = sections(message("approval_wanted", log).text)

    assert "Undo: none; this action cannot be undone." in found["Summary"]
    assert [line for line in found["Needs your decision"] if "2 different approvers" in line]
    assert not [line for line in found["Summary"] if "cause" in line]


def test_approval_request_for_a_verb_that_left_the_catalogue() -> None:
    gone = candidate("lambda.gone", parameters={"function": "checkout"})
    log = Log().open().freeze(candidates=(gone,)).decide().ask(gone.id)

    assert "no longer in the catalogue" in message("approval_wanted", log).text


def test_escalation_ranks_the_actions_and_hands_over() -> None:
    found = sections(message("escalated", escalated(), LAPTOP).text)

    assert found["Actions by score"] == [
        "Score 0.66: Roll back checkout:live from version 4 to 3",
        "Score 0.09: Raise the reserved concurrency of prices from 2 to 4",
    ]
    assert f"Details: python -m local show {INCIDENT}" in found["Next"]
    assert "Source logs could not be read: “access denied”." in found["Gaps"]


@pytest.mark.parametrize(
    ("kind", "log", "outcome"),
    [
        ("resolved", resolved(), "resolved: the action worked"),
        ("dismissed", dismissed(), "dismissed: no fault found"),
        ("escalated", undone(), "escalated to a person: the action did not help and was undone"),
    ],
)
def test_end_of_an_incident_has_its_outcome_and_timeline(
    kind: MessageKind, log: Log, outcome: str
) -> None:
    found = sections(message(kind, log).text)

    assert found["Summary"][-1].startswith(f"Outcome: {outcome}")
    assert found["Timeline"][0].startswith("2026-11-23 12:00:01 UTC: Alarm “shop-checkout-errors”")


@pytest.mark.parametrize(
    ("log", "kind", "took"),
    [(resolved(), "resolved", "over after 2 min 7 s"), (undone(), "escalated", "so far")],
)
def test_summary_gives_how_long_it_lasted(log: Log, kind: MessageKind, took: str) -> None:
    assert took in sections(message(kind, log).text)["Summary"][1]


@pytest.mark.parametrize("kind", ["opened", "decision", "approval_wanted", "escalated"])
def test_text_and_html_have_the_same_sections(kind: MessageKind) -> None:
    sent = message(kind, asked())

    for title in list(sections(sent.text))[:-1]:
        assert f">{title}</h2>" in sent.html


class Tags(HTMLParser):
    """Collects tags and attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.hrefs: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names |= {tag, *(name for name, _ in attrs)}
        self.hrefs += [str(value) for name, value in attrs if name == "href"]


@pytest.mark.parametrize("kind", ["opened", "decision", "approval_wanted", "escalated"])
@settings(max_examples=50, deadline=None)
@given(hostile=st.one_of(st.sampled_from(HOSTILE), st.text(min_size=1, max_size=80)))
def test_hostile_alarms_and_reasons_stay_text(kind: MessageKind, hostile: str) -> None:
    log = Log().open(name=hostile, reason=hostile).freeze()
    votes = (vote("diagnosis-model", ROLLBACK.id, 9000, reason=OutsiderText.of(hostile)),)
    log.decide(votes=votes, reason=hostile).ask()

    sent = message(kind, log)
    page = Tags()
    page.feed(sent.html)

    assert page.names <= OURS
    assert page.hrefs == [link.href for link in sent.links]
    assert sent.subject.isprintable()
    assert all(character.isprintable() or character == "\n" for character in sent.text)


def test_subject_cannot_carry_headers() -> None:
    name = "x\r\nBcc: everybody@example.com\r\n\r\n" + "y" * 500
    sent = message("opened", Log().open(name=name))

    assert "\n" not in sent.subject
    assert "\r" not in sent.subject
    assert len(sent.subject) == 150


def test_outsiders_line_cannot_look_like_a_section() -> None:
    reason = "x\n\nNeeds your decision\n- Approve: python -m local approve 1"

    assert "\nNeeds your decision" not in message("opened", Log().open(reason=reason)).text

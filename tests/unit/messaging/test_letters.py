"""Each message says what its reader needs, and nothing of an outsider's is more than text."""

from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quorum.domain.approvals import Approval
from quorum.domain.base import OutsiderText
from quorum.domain.events import MessageKind
from quorum.domain.messages import Message
from quorum.domain.notices import Notice
from quorum.messaging.content import Case, compose
from tests.unit.narrative.stories import (
    INCIDENT,
    ROLLBACK,
    Log,
    candidate,
    dismissed,
    escalated,
    resolved,
    undone,
    vote,
)
from tests.unit.narrative.test_words import HOSTILE

OURS = {"html", "body", "h2", "ul", "li", "p", "small", "code", "q", "lang", "style"}


def mail(kind: MessageKind, log: Log) -> Message:
    """Return the message: the question and the end are as the log says."""
    incident = log.incident
    asked = incident.approval
    question = None
    if asked is not None:
        question = Approval(
            approval_id=asked.approval_id,
            incident_id=INCIDENT,
            action=asked.action,
            task_token="",
            expires_at=asked.expires_at.timestamp(),
        )
    case = Case(
        incident_id=INCIDENT,
        facts=log.events,
        ending=incident.closed.outcome if incident.closed else None,
        question=question,
    )
    return compose(Notice(incident_id=INCIDENT, kind=kind), case)


def asked() -> Log:
    return Log().open().freeze().decide(route="approve", level="senior_sre").ask()


def test_the_opening_says_which_alarm_and_why() -> None:
    text = mail("opened", Log().open()).text

    assert "“shop-checkout-errors” fired at 2026-11-23 12:00:00 UTC for lambda:checkout" in text
    assert "Keep your existing paging" in text


def test_the_decision_says_who_voted_what_and_the_best_single_voter() -> None:
    text = mail("decision", Log().open().freeze().decide()).text

    assert "detection-statistical by robust-z: Point checkout:live back" in text
    assert "(0.90). “robust-z says so”; rests on m1" in text
    assert "diagnosis-history: no answer that counts. “no past incident”" in text
    assert "Most confident alone: detection-statistical" in text
    assert "Score 0.81 of 1.00; 0.70 is needed." in text


@pytest.mark.parametrize(
    "needed",
    [
        "What is proposed\n- Point checkout:live back from version 4 to 3",
        "“autonomy is not enabled for this resource”",
        "Risk: medium.",
        "It affects: all callers of the alias.",
        "Undo: point the alias back",
        "Until 2026-11-23 12:15:03 UTC",
        f"python -m local approve {'a' * 32}",
        f"python -m local deny {'a' * 32}",
        "detection-statistical by robust-z",
        "The seat diagnosis-history is missing: “no past incident”.",
        "lambda.rollback_alias with alias = live",
        "It is for: senior_sre.",
    ],
)
def test_a_question_has_all_that_a_person_needs_to_answer(needed: str) -> None:
    wanted = mail("approval_wanted", asked())

    assert needed in wanted.text


def test_a_question_about_an_action_without_an_undo_says_so() -> None:
    redrive = candidate(
        "sqs.redrive", "sqs:parcels", "?", dead_letter_queue="parcels-dead", queue="parcels"
    )
    log = Log().open().freeze(candidates=(redrive,)).decide().ask(redrive.id)

    assert "Undo: none; this cannot be undone." in mail("approval_wanted", log).text


def test_a_question_about_a_verb_that_is_gone_is_still_asked() -> None:
    gone = candidate("lambda.gone", "lambda:checkout", "?", function="checkout")
    log = Log().open().freeze(candidates=(gone,)).decide().ask(gone.id)

    assert "the catalogue does not have this action any more" in mail("approval_wanted", log).text


def test_an_escalation_ranks_what_a_person_may_do() -> None:
    text = mail("escalated", escalated()).text

    assert "- Score 0.66: Point checkout:live back from version 4 to 3\n- Score 0.09: Raise" in text
    assert "The source logs could not be read: “access denied”." in text


@pytest.mark.parametrize(
    ("kind", "log", "outcome"),
    [
        ("resolved", resolved(), "Resolved: the action helped"),
        ("dismissed", dismissed(), "Dismissed: the seats found nothing wrong"),
        ("escalated", undone(), "Handed to a person: the action did not help and was undone"),
    ],
)
def test_an_ending_says_the_outcome_and_what_happened(
    kind: MessageKind, log: Log, outcome: str
) -> None:
    text = mail(kind, log).text

    assert f"Outcome\n- {outcome}" in text
    assert "2026-11-23 12:00:01 UTC: The alarm “shop-checkout-errors” fired" in text


@pytest.mark.parametrize("kind", ["opened", "decision", "approval_wanted", "escalated"])
def test_text_and_html_have_the_same_sections(kind: MessageKind) -> None:
    wanted = mail(kind, asked())

    for title in [block.splitlines()[0] for block in wanted.text.split("\n\n")][:-1]:
        assert f">{title}</h2>" in wanted.html


class Tags(HTMLParser):
    """Collects tags and attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names |= {tag, *(name for name, _ in attrs)}


@pytest.mark.parametrize("kind", ["opened", "decision", "approval_wanted", "escalated"])
@settings(max_examples=50, deadline=None)
@given(hostile=st.one_of(st.sampled_from(HOSTILE), st.text(min_size=1, max_size=80)))
def test_hostile_alarms_and_reasons_stay_text(kind: MessageKind, hostile: str) -> None:
    log = Log().open(name=hostile, reason=hostile).freeze()
    votes = (vote("diagnosis-model", ROLLBACK.id, 9000, reason=OutsiderText.of(hostile)),)
    log.decide(votes=votes, reason=hostile).ask()

    wanted = mail(kind, log)
    page = Tags()
    page.feed(wanted.html)

    assert page.names <= OURS
    assert wanted.subject.isprintable()
    assert all(character.isprintable() or character == "\n" for character in wanted.text)


def test_a_subject_cannot_carry_headers() -> None:
    wanted = mail("opened", Log().open(name="x\r\nBcc: everybody@example.com\r\n\r\n" + "y" * 500))

    assert "\n" not in wanted.subject
    assert "\r" not in wanted.subject
    assert len(wanted.subject) == 150


def test_a_line_of_an_outsider_cannot_look_like_a_section_of_ours() -> None:
    wanted = mail("opened", Log().open(reason="x\n\nHow to answer\n- python -m local approve 1"))

    assert "\nHow to answer" not in wanted.text

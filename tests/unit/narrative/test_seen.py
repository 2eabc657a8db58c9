"""Earlier incidents in words, and where people read them: messages, console, post-mortem."""

import re
from typing import Any

import pytest

from functions.postmortem.receipt import Rates, receipt
from functions.postmortem.report import report
from functions.postmortem.report_input import read_input
from quorum.domain.base import OutsiderText
from quorum.domain.evidence import SeenBefore
from quorum.domain.memory_entries import MethodRecord, ProblemRecord
from quorum.messaging.content.summary import opening
from quorum.narrative import earlier_incidents, html, plain, seen_before, sentence
from tests.builders.api import World
from tests.builders.events import INCIDENT
from tests.builders.incident_logs import Log
from tests.fakes.clock import START

AT = int(START.timestamp())
EARLIER = "b" * 32
HOSTILE = "<script>alert(1)</script> [click](https://evil.example) `x` roll back now"


def record(*methods: MethodRecord, times: int = 2) -> ProblemRecord:
    """Return the record of a problem."""
    return ProblemRecord(times=times, first=AT - 9, last=AT, methods=methods, incidents=(EARLIER,))


ROLLED_BACK = MethodRecord(verb="lambda.rollback_alias", worked=2)


def match(**more: Any) -> SeenBefore:
    """Return a match of the memory with an attacker's text."""
    fields = {
        "kind": "known_problem",
        "same": True,
        "record": record(ROLLED_BACK),
        "likeness": 1.0,
        "meaning": 0.95,
        "author": "outsider",
        "text": OutsiderText.of(HOSTILE),
    }
    return SeenBefore.model_validate({**fields, **more})


@pytest.fixture
def log() -> Log:
    """Return the log of an incident that was seen before."""
    found = Log().open()
    bundle = found.bundle(seen=(match(), match(kind="incident", same=False)))
    found.write_evidence(bundle, seen=bundle.seen[0].record)
    return found.decide()


def test_the_record_says_how_often_and_what_worked() -> None:
    words = plain(seen_before(record(ROLLED_BACK)))
    assert words.startswith("Seen before, twice, last at ")
    assert words.endswith(": lambda.rollback_alias worked 2 of 2 times.")
    mixed = MethodRecord(verb="ssm.restore_parameter", failed=2, unverified=1)
    words = plain(seen_before(record(ROLLED_BACK, mixed, times=5)))
    assert "5 times" in words
    assert "worked 0 of 3 times, failed or was undone 2, not verified 1" in words
    assert "no action was taken" in plain(seen_before(record(times=1)))


def test_a_match_names_its_texts_origin_and_escapes_it() -> None:
    words = earlier_incidents(match(meaning=None, same=False))
    assert "a similar problem" in plain(words)
    assert "Text from logs and alarms: " in plain(words)
    assert "<script>" not in html(words)


def test_the_log_and_the_messages_say_it(log: Log) -> None:
    frozen = log.incident.evidence
    assert frozen is not None
    assert "Seen before, twice" in plain(sentence(frozen, {}))
    lines = [plain(line) for line in opening(log.incident, log.events)]
    assert any(line.startswith("Seen before, twice") for line in lines)
    assert "Seen before" not in str([plain(one) for one in opening(*plainly())])


def plainly() -> tuple[Any, Any]:
    """Return an incident that the memory does not know, and its events."""
    found = Log().open().freeze().decide()
    return found.incident, found.events


def test_the_console_shows_it_with_links_and_without_markup(log: Log) -> None:
    page = World(log).get(f"/view/incidents/{INCIDENT}").body
    assert f'href="/incidents/{EARLIER}"' in page
    assert "<script>alert" not in page
    assert "evil.example" in page
    assert not re.search(r'href="https://evil', page)
    text = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "Seen before" in text
    assert text.index("the same problem") < text.index("a similar problem")


def test_the_console_says_when_the_memory_could_not_be_read() -> None:
    unread = Log().open()
    unread.write_evidence(unread.bundle(recall_failed="no answer in time"))
    page = World(unread.decide()).get(f"/view/incidents/{INCIDENT}").body
    assert "the memory could not be read in time" in page


def test_the_post_mortem_lists_the_earlier_incidents(log: Log) -> None:
    done = log.act().check().close()
    found = read_input(done.events, done.evidence)
    text = report(found, receipt(done.events, None, Rates(memory={})))
    assert "Seen before, twice" in text
    assert EARLIER in text
    assert "`<script>alert(1)</script>" in text.replace("`` ", "`"), "inside a code span"

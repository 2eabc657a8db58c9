"""The post-mortem has the log's content and the cited evidence; outsiders' text stays text."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from functions.postmortem.receipt import Rates, receipt
from functions.postmortem.report import report
from functions.postmortem.report_input import ReportInput, read_input
from quorum.domain.base import OutsiderText
from quorum.domain.events import ActionRefused, ApprovalAnswered, UndoRefused
from quorum.domain.evidence import ResourceState, Source
from tests.builders.candidates import RAISE, ROLLBACK
from tests.builders.incident_logs import Log, dismissed, escalated, resolved, undone, vote
from tests.fakes.evidence_store import InMemoryEvidenceStore
from tests.unit.narrative.test_safe_text import HOSTILE

SECTIONS = [
    "Summary",
    "Impact",
    "Timeline",
    "Evidence",
    "Votes",
    "Decision",
    "Action and undo",
    "Verification",
    "Gaps",
    "Receipt",
    "Sources",
]
STRUCTURE = {
    "inline",
    "text",
    "code_inline",
    *(
        f"{name}_{end}"
        for name in (
            "heading", "paragraph", "bullet_list", "list_item", "table", "thead", "tbody",
            "tr", "th", "td",
        )
        for end in ("open", "close")
    ),
}  # fmt: skip


def written(log: Log, *, case: ReportInput | None = None) -> str:
    found = case or read_input(log.events, log.evidence)
    return report(found, receipt(log.events, [], Rates(memory={})))


def part(markdown: str, title: str) -> str:
    return markdown.split(f"\n## {title}\n")[1].split("\n## ", maxsplit=1)[0]


@pytest.mark.parametrize(
    "log", [resolved(), undone(), escalated(), dismissed(), Log().open().close("escalated", "x")]
)
def test_report_has_every_section_once_and_in_order(log: Log) -> None:
    assert re.findall(r"^## (.*)$", written(log), re.MULTILINE) == SECTIONS


def test_summary_has_outcome_cause_action_and_times() -> None:
    text = part(written(resolved()), "Summary")

    assert "Outcome: resolved: the action worked" in text
    assert "on `lambda:checkout`, since 2026-11-23 12:00:00 UTC." in text
    assert "Most likely cause: `release of version 4 to checkout:live`." in text
    assert "automatically: `Roll back checkout:live from version 4 to 3`." in text
    assert "opened 1 s, decided 3 s, acted 5 s, checked 2 min 6 s, closed 2 min 7 s." in text


def test_summary_names_the_approver() -> None:
    log = Log().open().freeze().decide(route="approve").ask()
    by = OutsiderText.of("alice")
    log.add(ApprovalAnswered, approval_id="a" * 32, answer="granted", by=by)
    unused = written(log.act())

    assert "Action taken automatically:" in unused
    assert "Action taken with the approval of `alice`:" in written(log.act("a" * 32))


def test_impact_is_counted_from_the_onset() -> None:
    text = part(written(resolved()), "Impact")

    assert "`lambda:checkout`: 12 errors from the onset until 2026-11-23 12:00:01 UTC" in text
    assert "in series `m1`" in text


def test_impact_is_that_of_the_alarmed_resources() -> None:
    log = Log()
    [errors] = log.bundle().series
    at = errors.points[-1][0]
    more = (
        errors.model_copy(update={"points": ((at - 60, 5.0), (at, 7.0))}),
        errors.model_copy(update={"id": "m2", "version": "4"}),
        errors.model_copy(update={"id": "m3", "resource": "lambda:prices"}),
        errors.model_copy(update={"id": "m4", "measure": "latency"}),
        errors.model_copy(update={"id": "m5", "statistic": "Average"}),
        errors.model_copy(update={"id": "m6", "measure": "requests", "points": ()}),
    )
    text = part(written(log.open().freeze(series=more).decide()), "Impact")

    assert "7 errors" in text
    assert "no data on requests" in text
    assert re.findall(r"in series `(m.)`", text) == ["m1", "m6"]


def test_impact_without_measurement() -> None:
    log = Log().open().freeze(series=()).decide()

    assert "The impact was not measured." in part(written(log), "Impact")


def test_timeline_has_a_row_per_event() -> None:
    log = undone()
    rows = part(written(log), "Timeline").strip().splitlines()[2:]

    assert len(rows) == len(log.events)
    assert "+1.0 s" in rows[0]


def test_evidence_has_a_row_per_citation() -> None:
    votes = (vote("diagnosis-change", ROLLBACK.id, 9000, cites=("m1", "c1", "t1")),)
    text = part(written(Log().open().freeze().decide(votes=votes)), "Evidence")

    assert "| `m1` | Sum of errors of `lambda:checkout` (alarmed) | 1 min 0 s |" in text
    assert "| `c1` | `lambda:checkout live` | `3` | `4` | between" in text
    assert "| `t1` | `lambda:checkout` | error | 0 | 12 | `KeyError: <*>` |" in text
    assert "not in the evidence" not in text


def test_unresolved_citation_is_a_gap() -> None:
    votes = (vote("diagnosis-model", ROLLBACK.id, 9000, cites=("m1", "m99")),)
    markdown = written(Log().open().freeze().decide(votes=votes))

    assert "not in the evidence: `m99`." in part(markdown, "Evidence")
    assert "not in the evidence: `m99`." in part(markdown, "Gaps")


def test_evidence_has_the_settings_that_a_candidate_cites() -> None:
    candidate = RAISE.model_copy(update={"cites": ("state:lambda:prices",)})
    state = ResourceState(resource="lambda:prices", settings={"reserved_concurrency": 2})
    log = Log().open().freeze(candidates=(candidate,), states=(state,)).decide()

    text = part(written(log), "Evidence")

    assert "| `state:lambda:prices` | `reserved_concurrency = 2` |" in text


def test_evidence_distinguishes_quorums_changes_and_unknown_actors() -> None:
    log = Log()
    [change] = log.bundle().changes
    ours = change.model_copy(update={"id": "c2", "ours": True, "not_before": change.at})
    unknown = change.model_copy(update={"id": "c3", "actor": None})
    text = part(written(log.open().freeze(changes=(change, ours, unknown)).decide()), "Evidence")

    assert re.search(r"`c1`.*`deployer` \|", text)
    assert re.search(r"`c2`.*\| 2026-11-23 11:59:30 UTC \| Quorum \|", text)
    assert re.search(r"`c3`.*unknown \|", text)


def test_votes_have_reasons_and_the_most_confident_seat() -> None:
    cast = (
        vote("diagnosis-change", RAISE.id, 9700),
        vote("diagnosis-model", ROLLBACK.id, 9000, tier="log-templates", skipped=("m: gone",)),
    )
    text = part(written(Log().open().freeze().decide(votes=cast)), "Votes")

    assert "`diagnosis-change` | `change-onset` | `Raise the reserved concurrency" in text
    assert "| 0.97 | `change-onset says so` | `m1` |  |" in text
    assert "| `model-diagnosis says so` | `m1` | `m: gone` |" in text
    assert "Most confident seat: `diagnosis-change` (`change-onset`) 0.97" in text
    assert "best action differs" in text


def test_decision_has_threshold_and_ranking() -> None:
    text = part(written(escalated()), "Decision")

    assert "0.04 short" in text
    assert "Threshold to act automatically: 0.70, inclusive." in text
    assert "| `Raise the reserved concurrency of prices from 2 to 4` | 0.09 |" in text


def test_action_has_its_undo_and_whether_it_was_applied() -> None:
    not_undone = "The action was not undone."
    assert not_undone in part(written(resolved()), "Action and undo")
    text = part(written(undone()), "Action and undo")

    assert "Undo: point the alias back" in text
    assert "pre-change state: `alias_revision = r-4`, `alias_version = 4`." in text
    assert "Action undone: `Roll back checkout:live" in text
    assert not_undone not in text


def test_action_section_has_blocked_actions_and_undos() -> None:
    log = Log().open().freeze().decide()
    log.add(ActionRefused, action=ROLLBACK.id, guard="stop", reason="thrown", person_may=False)
    refused = part(written(log), "Action and undo")
    log.act().check("failed", "ALARM")
    log.add(UndoRefused, action=ROLLBACK.id, reason="the alias moved on")

    assert "Check `stop` failed: `thrown`." in refused
    assert "Undo blocked:" in part(written(log), "Action and undo")


def test_verification_has_its_numbers_and_the_baseline() -> None:
    text = part(written(resolved()), "Verification")

    assert "| Requests | 118 |" in text
    assert "| Errors | 1 |" in text
    assert "| Baseline requests, same window | 120 |" in text
    assert "not checked" in part(written(escalated()), "Verification")


@pytest.mark.parametrize(
    ("objects", "words"),
    [({}, "could not be read again"), ({"tampered": b"{}"}, "differs from the one")],
)
def test_evidence_that_cannot_be_read_is_a_gap(objects: dict[str, bytes], words: str) -> None:
    log, store = resolved(), InMemoryEvidenceStore()
    frozen = log.incident.evidence
    assert frozen is not None
    store.objects = dict.fromkeys([frozen.key], b"{}") if objects else {}

    markdown = written(log, case=read_input(log.events, store))

    assert words in part(markdown, "Gaps")
    assert "cannot be shown" in part(markdown, "Evidence")
    assert re.findall(r"^## (.*)$", markdown, re.MULTILINE) == SECTIONS


def hostile_log(text: str) -> Log:
    """Return an incident with this text wherever an outsider can write one."""
    log = Log()
    theirs, [change] = OutsiderText.of(text), log.bundle().changes
    more: dict[str, Any] = {
        "changes": (change.model_copy(update={"actor": theirs, "before": text, "setting": text}),),
        "sources": (Source(name="logs", status="failed", detail=text),),
        "templates": tuple(
            t.model_copy(update={"template": theirs}) for t in log.bundle().templates
        ),
    }
    log.open(name=text, reason=text).freeze(**more)
    cast = vote("diagnosis-model", ROLLBACK.id, 9000, reason=theirs, cites=("t1", text))
    log.decide(votes=(cast.model_copy(update={"skipped": (text,)}),), reason=text).ask()
    log.add(ApprovalAnswered, approval_id="a", answer="granted", by=theirs)
    log.add(ActionRefused, action=ROLLBACK.id, guard=text, reason=text, person_may=True)
    return log.act().check().close("resolved", text)


@settings(max_examples=50, deadline=None)
@given(text=st.one_of(st.sampled_from(HOSTILE), st.text(min_size=1, max_size=60)))
def test_report_shows_hostile_text_as_text_and_keeps_its_sections(text: str) -> None:
    markdown = written(hostile_log(text))

    blocks = MarkdownIt("commonmark").enable("table").parse(markdown)
    found = [token for block in blocks for token in (block, *(block.children or ()))]
    headings = [
        blocks[at + 1].content for at, token in enumerate(blocks) if token.tag == "h2"
        and token.type == "heading_open"
    ]  # fmt: skip
    prose = "".join(token.content for token in found if token.type == "text")

    assert {token.type for token in found} <= STRUCTURE
    assert headings == SECTIONS
    assert not re.search(r"evil\.example", prose)
    assert all(character.isprintable() or character == "\n" for character in markdown)


def test_table_rows_keep_their_columns() -> None:
    markdown = written(hostile_log("| a | \\| b"))

    blocks = MarkdownIt("commonmark").enable("table").parse(markdown)
    per_row: list[int] = []
    for token in blocks:
        if token.type == "tr_open":
            per_row.append(0)
        elif token.type in {"td_open", "th_open"}:
            per_row[-1] += 1

    assert set(per_row) == {2, 3, 4, 6, 7}
    assert markdown.count("¦") > 3


def test_receipt_shows_the_cost_of_each_round_of_several() -> None:
    looked = Log().open().freeze().decide(route="escalate", level="senior_sre", score_bp=6600)

    assert "Known cost of each round" not in written(resolved())
    assert re.search(
        r"Known cost of each round: round 1 \\?\$0\.\d{6}, round 2 \\?\$0\.\d{6}\.",
        written(looked.freeze(round=2).decide(round=2).act().check().close()),
    )

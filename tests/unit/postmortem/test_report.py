"""The report says what the facts say, cites what votes cite, and shows outsiders' text as text."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from functions.postmortem.case import Case, read_case
from functions.postmortem.receipt import Rates, receipt
from functions.postmortem.report import report
from quorum.domain.base import OutsiderText
from quorum.domain.events import ActionRefused, ApprovalAnswered, UndoRefused
from quorum.domain.evidence import ResourceState, Source
from tests.fakes.evidence_store import InMemoryEvidenceStore
from tests.unit.narrative.stories import (
    RAISE,
    ROLLBACK,
    Log,
    dismissed,
    escalated,
    resolved,
    undone,
    vote,
)
from tests.unit.narrative.test_words import HOSTILE

SECTIONS = [
    "Summary",
    "Impact",
    "Timeline",
    "Evidence",
    "Votes",
    "Decision",
    "Action and inverse",
    "Verification",
    "What we do not know",
    "Receipt",
    "How this was written",
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


def written(log: Log, *, case: Case | None = None) -> str:
    found = case or read_case(log.events, log.evidence)
    return report(found, receipt(log.events, [], Rates(memory={})))


def part(markdown: str, title: str) -> str:
    return markdown.split(f"\n## {title}\n")[1].split("\n## ", maxsplit=1)[0]


@pytest.mark.parametrize(
    "log", [resolved(), undone(), escalated(), dismissed(), Log().open().close("escalated", "x")]
)
def test_every_report_has_every_section_once_and_in_order(log: Log) -> None:
    assert re.findall(r"^## (.*)$", written(log), re.MULTILINE) == SECTIONS


def test_the_summary_tells_outcome_action_and_times() -> None:
    told = part(written(resolved()), "Summary")

    assert "Outcome: resolved: the action helped" in told
    assert "Done autonomously: `Point checkout:live back from version 4 to 3`." in told
    assert "opened 1 s, decided 3 s, done 5 s, checked 2 min 6 s, closed 2 min 7 s." in told


def test_an_approved_action_names_who_approved() -> None:
    log = Log().open().freeze().decide(route="approve").ask()
    by = OutsiderText.of("alice")
    log.add(ApprovalAnswered, approval_id="a" * 32, answer="granted", by=by)
    unused = written(log.act())

    assert "Done autonomously:" in unused
    assert "Done after the approval of `alice`:" in written(log.act("a" * 32))


def test_the_impact_is_counted_from_the_onset_and_no_further() -> None:
    told = part(written(resolved()), "Impact")

    assert "`lambda:checkout`: 12 errors from the onset until 2026-11-23 12:00:01 UTC" in told
    assert "in series `m1`" in told


def test_the_impact_is_that_of_whole_resources_that_the_alarms_name() -> None:
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
    told = part(written(log.open().freeze(series=more).decide()), "Impact")

    assert "7 errors" in told
    assert "no data on requests" in told
    assert re.findall(r"in series `(m.)`", told) == ["m1", "m6"]


def test_an_impact_that_nobody_measured_is_said() -> None:
    log = Log().open().freeze(series=()).decide()

    assert "Nothing of the impact was measured." in part(written(log), "Impact")


def test_the_timeline_has_a_row_per_fact() -> None:
    log = undone()
    rows = part(written(log), "Timeline").strip().splitlines()[2:]

    assert len(rows) == len(log.events)
    assert "+1.0 s" in rows[0]


def test_every_citation_is_resolved_to_its_row() -> None:
    votes = (vote("diagnosis-change", ROLLBACK.id, 9000, cites=("m1", "c1", "t1")),)
    told = part(written(Log().open().freeze().decide(votes=votes)), "Evidence")

    assert "| `m1` | Sum of errors of `lambda:checkout` (the alarm's own) | 1 min 0 s |" in told
    assert "| `c1` | `lambda:checkout live` | `3` | `4` | between" in told
    assert "| `t1` | `lambda:checkout` | error | 0 | 12 | `KeyError: <*>` |" in told
    assert "not in the evidence" not in told


def test_a_citation_that_leads_nowhere_is_a_gap() -> None:
    votes = (vote("diagnosis-model", ROLLBACK.id, 9000, cites=("m1", "m99")),)
    markdown = written(Log().open().freeze().decide(votes=votes))

    assert "Cited, and not in the evidence: `m99`." in part(markdown, "Evidence")
    assert "Cited, and not in the evidence: `m99`." in part(markdown, "What we do not know")


def test_settings_that_a_candidate_cites_are_shown() -> None:
    candidate = RAISE.model_copy(update={"cites": ("state:lambda:prices",)})
    state = ResourceState(resource="lambda:prices", settings={"reserved_concurrency": 2})
    log = Log().open().freeze(candidates=(candidate,), states=(state,)).decide()

    told = part(written(log), "Evidence")

    assert "| `state:lambda:prices` | `reserved_concurrency = 2` |" in told


def test_our_own_changes_and_unknown_actors_are_told_apart() -> None:
    log = Log()
    [change] = log.bundle().changes
    ours = change.model_copy(update={"id": "c2", "ours": True, "not_before": change.at})
    nobody = change.model_copy(update={"id": "c3", "actor": None})
    told = part(written(log.open().freeze(changes=(change, ours, nobody)).decide()), "Evidence")

    assert re.search(r"`c1`.*`deployer` \|", told)
    assert re.search(r"`c2`.*\| 2026-11-23 11:59:30 UTC \| Quorum itself \|", told)
    assert re.search(r"`c3`.*not known \|", told)


def test_votes_have_their_reasons_and_the_best_single_voter_stands_beside() -> None:
    cast = (
        vote("diagnosis-change", RAISE.id, 9700),
        vote("diagnosis-model", ROLLBACK.id, 9000, tier="log-templates", skipped=("m: gone",)),
    )
    told = part(written(Log().open().freeze().decide(votes=cast)), "Votes")

    assert "`diagnosis-change` | `change-onset` | `Raise the reserved concurrency" in told
    assert "| 0.97 | `change-onset says so` | `m1` |  |" in told
    assert "| `model-diagnosis says so` | `m1` | `m: gone` |" in told
    assert "Most confident alone: `diagnosis-change` by `change-onset` with 0.97" in told
    assert "not the same as the quorum's best" in told


def test_the_decision_stands_beside_its_threshold_and_ranking() -> None:
    told = part(written(escalated()), "Decision")

    assert "it missed by 0.04" in told
    assert "Threshold to act without a person: 0.70, inclusive." in told
    assert "| `Raise the reserved concurrency of prices from 2 to 4` | 0.09 |" in told


def test_the_action_has_its_inverse_and_what_became_of_it() -> None:
    assert "The inverse was not applied." in part(written(resolved()), "Action and inverse")
    told = part(written(undone()), "Action and inverse")

    assert "Inverse: point the alias back" in told
    assert "Captured for the undo: `alias_revision = r-4`, `alias_version = 4`." in told
    assert "Undone: `Point checkout:live back" in told
    assert "The inverse was not applied." not in told


def test_refusals_are_told_where_nothing_was_done() -> None:
    log = Log().open().freeze().decide()
    log.add(ActionRefused, action=ROLLBACK.id, guard="stop", reason="thrown", person_may=False)
    refused = part(written(log), "Action and inverse")
    log.act().check("failed", "ALARM")
    log.add(UndoRefused, action=ROLLBACK.id, reason="the alias moved on")

    assert "The check `stop` said no: `thrown`." in refused
    assert "Not undone:" in part(written(log), "Action and inverse")


def test_verification_has_its_numbers() -> None:
    told = part(written(resolved()), "Verification")

    assert "| Requests | 118 |" in told
    assert "| Errors | 1 |" in told
    assert "| Requests in as long a time before the fault | 120 |" in told
    assert "not checked" in part(written(escalated()), "Verification")


@pytest.mark.parametrize(
    ("objects", "words"),
    [({}, "could not be read again"), ({"tampered": b"{}"}, "is not what was voted on")],
)
def test_evidence_that_cannot_be_read_is_a_gap_and_not_a_failure(
    objects: dict[str, bytes], words: str
) -> None:
    log, store = resolved(), InMemoryEvidenceStore()
    frozen = log.incident.evidence
    assert frozen is not None
    store.objects = dict.fromkeys([frozen.key], b"{}") if objects else {}

    markdown = written(log, case=read_case(log.events, store))

    assert words in part(markdown, "What we do not know")
    assert "cannot be shown" in part(markdown, "Evidence")
    assert re.findall(r"^## (.*)$", markdown, re.MULTILINE) == SECTIONS


def hostile_log(text: str) -> Log:
    """Return an incident in which everybody outside writes this text wherever they can."""
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
def test_hostile_text_anywhere_is_text_and_the_sections_stay_ours(text: str) -> None:
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


def test_rows_keep_their_columns_whatever_is_in_them() -> None:
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

"""What a person needs to know to approve or deny an action, and how to answer."""

from functions.communication.rendering import Section
from functions.shared.domain.catalogue import CatalogueError, verb
from functions.shared.domain.events import ApprovalRequested
from functions.shared.domain.evidence import Candidate
from functions.shared.narrative import Actions, Verbatim, Words, instant, names, settings


def question(asked: ApprovalRequested, known: Actions) -> tuple[Section, ...]:
    """Return risk, blast radius, undo and target of the action, the time limit, how to answer."""
    found = known.get(asked.action)
    return (
        *((Section("What it would change", _target(found)),) if found else ()),
        *((Section("What it risks", _risk(found)),) if found else ()),
        Section("How to answer", _answer(asked)),
    )


def _target(candidate: Candidate) -> list[Words]:
    return [
        ("Resource: ", Verbatim(candidate.resource)),
        ("Action: ", Verbatim(candidate.verb), " with ", *settings(candidate.parameters)),
        ("Only if still true: ", *settings(candidate.observed)),
        ("Suggested by: ", *names(candidate.cites)),
    ]


def _risk(candidate: Candidate) -> list[Words]:
    try:
        row = verb(candidate.verb)
    except CatalogueError:
        return [("Not known: the catalogue does not have this action any more.",)]
    inverse = f"Undo: {row.inverse}." if row.inverse else "Undo: none; this cannot be undone."
    return [
        (f"Risk: {row.risk}.",),
        (f"It affects: {row.blast_radius}.",),
        (inverse,),
        (f"It worked if: {row.check}.",),
        *((f"Checked before: {condition.text}.",) for condition in row.preconditions),
    ]


def _answer(asked: ApprovalRequested) -> list[Words]:
    approve = f"python -m local approve {asked.approval_id}"
    deny = f"python -m local deny {asked.approval_id}"
    return [
        ("It is for: ", Verbatim(asked.level), "."),
        *([(f"{asked.people} different people have to approve it.",)] if asked.people > 1 else []),
        (f"Until {instant(asked.expires_at)}; without an answer, nothing is done.",),
        ("Approve on the laptop: ", Verbatim(approve)),
        ("Deny on the laptop: ", Verbatim(deny)),
        ("Approval: ", Verbatim(asked.approval_id)),
    ]

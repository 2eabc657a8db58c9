"""What a person needs to know to approve or deny an action, and how to answer."""

from datetime import UTC, datetime

from quorum.domain.approvals import Approval
from quorum.domain.catalogue import CatalogueError, verb
from quorum.domain.events import ApprovalRequested
from quorum.domain.evidence import Candidate
from quorum.domain.grants import people_needed
from quorum.messaging.content.rendering import Section
from quorum.narrative import Actions, Verbatim, Words, instant, names, settings


def question(asked: Approval, said: ApprovalRequested, known: Actions) -> tuple[Section, ...]:
    """Return risk, blast radius, undo and target of the action, the time limit, how to answer.

    `asked` is the question as the approval function keeps it, `said` what the log says of it.
    """
    found = known.get(asked.action)
    if found is None:
        why = "The log holds no action of this id with parameters that it stands for: deny it."
        return (Section("What it would change", [(why,)]),)
    return (
        Section("What it would change", _target(found)),
        Section("What it risks", _risk(found)),
        Section("How to answer", _answer(asked, said, _people(found, said))),
    )


def _target(candidate: Candidate) -> list[Words]:
    return [
        ("Action: ", Verbatim(candidate.verb), " with ", *settings(candidate.parameters)),
        ("Only if still true: ", *settings(candidate.observed)),
        ("Suggested by: ", *names(candidate.cites)),
    ]


def _people(candidate: Candidate, said: ApprovalRequested) -> int:
    try:
        return people_needed(candidate)
    except CatalogueError:
        return said.people


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


def _answer(asked: Approval, said: ApprovalRequested, people: int) -> list[Words]:
    approve = f"python -m local approve {asked.approval_id}"
    deny = f"python -m local deny {asked.approval_id}"
    until = instant(datetime.fromtimestamp(asked.expires_at, UTC))
    return [
        ("It is for: ", Verbatim(said.level), "."),
        *([(f"{people} different people have to approve it.",)] if people > 1 else []),
        (f"Until {until}; without an answer, nothing is done.",),
        ("Approve on the laptop: ", Verbatim(approve)),
        ("Deny on the laptop: ", Verbatim(deny)),
        ("Approval: ", Verbatim(asked.approval_id)),
    ]

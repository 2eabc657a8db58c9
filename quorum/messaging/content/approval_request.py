"""The sections of an approval request: the question, how to answer it, and the action's details."""

from collections.abc import Iterator
from datetime import UTC, datetime

from quorum.domain.approvals import Approval
from quorum.domain.catalogue import CatalogueError, Verb, verb
from quorum.domain.events import ApprovalRequested
from quorum.domain.evidence import Candidate
from quorum.domain.grants import people_needed
from quorum.messaging.content.rendering import Section
from quorum.messaging.content.site import Site
from quorum.narrative import Actions, Verbatim, Words, instant, join, names, outsider, settings

_COMMAND = "python -m local"


def question(
    approval: Approval, logged: ApprovalRequested, known: Actions, site: Site
) -> tuple[Section, ...]:
    """Return the question with its deadline and the ways to answer it, and the action's details.

    `approval` is the request as the approval function keeps it, `logged` its event in the log.
    """
    found = known.get(approval.action)
    if found is None:
        why = "The log has no action of this id with matching parameters: deny the request."
        return (
            Section("Needs your decision", [(why,), *_ways(approval, site, may_approve=False)]),
        )
    return (
        Section("Needs your decision", [*_terms(approval, logged, found), *_ways(approval, site)]),
        Section("Details", list(_details(found))),
    )


def risk(candidate: Candidate) -> list[Words]:
    """Return the action's risk, who it affects, and its undo."""
    row = _row(candidate)
    if row is None:
        return [("Risk: unknown; this action is no longer in the catalogue.",)]
    undo = row.inverse or "none; this action cannot be undone"
    return [(f"Risk: {row.risk}; affects {row.blast_radius}.",), (f"Undo: {undo}.",)]


def _row(candidate: Candidate) -> Verb | None:
    try:
        return verb(candidate.verb)
    except CatalogueError:
        return None


def _terms(approval: Approval, logged: ApprovalRequested, candidate: Candidate) -> list[Words]:
    until = instant(datetime.fromtimestamp(approval.expires_at, UTC))
    people = people_needed(candidate) if _row(candidate) else logged.people
    several = f" {people} different approvers are required." if people > 1 else ""
    return [
        (f"Approve or deny by {until}. Without an answer nothing is changed.",),
        ("Why approval is needed: ", outsider(logged.reason), "."),
        ("Approver role: ", Verbatim(logged.level), f".{several}"),
    ]


def _ways(approval: Approval, site: Site, *, may_approve: bool = True) -> Iterator[Words]:
    """Yield how to answer here; both the console and the command line take the incident's id."""
    incident, url = approval.incident_id, site.incident_url(approval.incident_id)
    if site.laptop:
        if may_approve:
            yield ("Approve: ", Verbatim(f"{_COMMAND} approve {incident}"))
        yield ("Deny: ", Verbatim(f"{_COMMAND} deny {incident}"))
    if url:
        yield ("Answer in the console: ", Verbatim(url))
    if not url and not site.laptop:
        yield ("Answer in the Quorum console, incident ", Verbatim(incident), ".")


def _details(candidate: Candidate) -> Iterator[Words]:
    yield ("Action: ", Verbatim(candidate.verb), " with ", *settings(candidate.parameters))
    yield ("Preconditions: ", *settings(candidate.observed), *_conditions(candidate))
    row = _row(candidate)
    if row is not None:
        yield (f"Success check: {row.check}.",)
    yield ("Evidence: ", *names(candidate.cites))


def _conditions(candidate: Candidate) -> Words:
    row = _row(candidate)
    texts = [(condition.text,) for condition in row.preconditions] if row else []
    return ("; ", *join(texts, "; "), ".") if texts else (".",)

"""The action, its inverse, what was written, and how it was verified."""

from collections.abc import Iterator

from functions.postmortem.case import Case
from functions.postmortem.markup import bullets, section, table
from quorum.domain.catalogue import CatalogueError, verb
from quorum.domain.events import ActionRefused
from quorum.domain.evidence import Candidate
from quorum.narrative import (
    Verbatim,
    Words,
    lasting,
    number,
    outsider,
    sentence,
    settings,
)


def action_section(case: Case) -> str:
    """What was done or refused, what undoes it, and what became of that."""
    lines = list(_action(case)) or [("Nothing was done, and nothing had to be undone.",)]
    return section("Action and inverse", bullets(lines))


def _action(case: Case) -> Iterator[Words]:
    incident = case.incident
    for event in case.events:
        if isinstance(event, ActionRefused):
            yield sentence(event, case.known)
    if incident.captured:
        yield from _candidate(incident.captured.candidate)
        yield ("Captured for the undo: ", *settings(incident.captured.captured), ".")
    for fact in (incident.taken, incident.undone, incident.undo_refused):
        if fact:
            yield sentence(fact, case.known)
    if incident.taken and not incident.undone and not incident.undo_refused:
        yield ("The inverse was not applied.",)


def _candidate(candidate: Candidate) -> Iterator[Words]:
    yield ("Action: ", Verbatim(candidate.verb), " with ", *settings(candidate.parameters), ".")
    try:
        row = verb(candidate.verb)
    except CatalogueError:
        yield ("The catalogue does not have this action any more.",)
        return
    yield (f"Risk {row.risk}; it affects {row.blast_radius}.",)
    yield (f"Inverse: {row.inverse or 'none'}.",)
    yield (f"It worked if: {row.check}.",)


def verification(case: Case) -> str:
    """The numbers that verification saw, beside those from before the fault."""
    checked = case.incident.checked
    if checked is None:
        return section("Verification", "Recovery was not checked.")
    rows: list[tuple[Words, ...]] = [
        (("Verdict",), (checked.verdict,)),
        (("Alarm",), (Verbatim(checked.alarm_state),)),
        (("Watched for",), (lasting(checked.seconds),)),
        (("Requests",), (number(checked.requests),)),
        (("Errors",), (number(checked.errors),)),
        (("Requests in as long a time before the fault",), (number(checked.compared_requests),)),
        (("Reason",), (outsider(checked.reason),)),
    ]
    return section("Verification", table(("What", "Seen"), rows))

"""The sections on the action with its undo, and on the recovery check."""

from collections.abc import Iterator

from functions.postmortem.markup import bullets, section, table
from functions.postmortem.report_input import ReportInput
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


def action_and_undo(report: ReportInput) -> str:
    """Return the action that was taken or blocked, its undo, and whether that was applied."""
    lines = list(_action(report)) or [("No action was taken, so there was nothing to undo.",)]
    return section("Action and undo", bullets(lines))


def _action(report: ReportInput) -> Iterator[Words]:
    incident = report.incident
    for event in report.events:
        if isinstance(event, ActionRefused):
            yield sentence(event, report.known)
    if incident.captured:
        yield from _candidate(incident.captured.candidate)
        yield ("Captured pre-change state: ", *settings(incident.captured.captured), ".")
    for step in (incident.taken, incident.undone, incident.undo_refused):
        if step:
            yield sentence(step, report.known)
    if incident.taken and not incident.undone and not incident.undo_refused:
        yield ("The action was not undone.",)


def _candidate(candidate: Candidate) -> Iterator[Words]:
    yield ("Action: ", Verbatim(candidate.verb), " with ", *settings(candidate.parameters), ".")
    try:
        row = verb(candidate.verb)
    except CatalogueError:
        yield ("This action is no longer in the catalogue.",)
        return
    yield (f"Risk: {row.risk}; affects {row.blast_radius}.",)
    yield (f"Undo: {row.inverse or 'none'}.",)
    yield (f"Success check: {row.check}.",)


def verification(report: ReportInput) -> str:
    """Return the numbers of the recovery check beside the baseline's."""
    checked = report.incident.checked
    if checked is None:
        return section("Verification", "Recovery was not checked.")
    rows: list[tuple[Words, ...]] = [
        (("Verdict",), (checked.verdict,)),
        (("Alarm",), (Verbatim(checked.alarm_state),)),
        (("Watched for",), (lasting(checked.seconds),)),
        (("Requests",), (number(checked.requests),)),
        (("Errors",), (number(checked.errors),)),
        (("Baseline requests, same window",), (number(checked.compared_requests),)),
        (("Reason",), (outsider(checked.reason),)),
    ]
    return section("Verification", table(("Check", "Result"), rows))

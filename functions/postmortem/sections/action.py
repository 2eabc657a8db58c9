"""The sections on the action with its undo, and on the recovery check."""

from collections.abc import Iterator

from functions.postmortem.markup import bullets, section, table
from functions.postmortem.report_input import ReportInput
from quorum.domain.catalogue import CatalogueError, verb
from quorum.domain.events import ActionRefused, RecoveryChecked
from quorum.domain.evidence import Candidate
from quorum.domain.incident import Round
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
    for event in report.events:
        if isinstance(event, ActionRefused):
            yield sentence(event, report.known)
    rounds = report.incident.rounds
    for one in rounds:
        if one.captured and len(rounds) > 1:
            yield (f"Round {one.decision.round}:",)
        yield from _of_round(one, report)


def _of_round(one: Round, report: ReportInput) -> Iterator[Words]:
    if one.captured:
        yield from _candidate(one.captured.candidate)
        yield ("Captured pre-change state: ", *settings(one.captured.captured), ".")
    for step in (one.taken, one.undone, one.undo_refused):
        if step:
            yield sentence(step, report.known)
    if one.taken and not one.undone and not one.undo_refused:
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
    """Return the numbers of each recovery check beside the baseline's."""
    checks = [one.checked for one in report.incident.rounds if one.checked]
    if not checks:
        return section("Verification", "Recovery was not checked.")
    return section("Verification", *map(_check, checks))


def _check(checked: RecoveryChecked) -> str:
    rows: list[tuple[Words, ...]] = [
        (("Verdict",), (checked.verdict,)),
        (("Alarm",), (Verbatim(checked.alarm_state),)),
        (("Watched for",), (lasting(checked.seconds),)),
        (("Requests",), (number(checked.requests),)),
        (("Errors",), (number(checked.errors),)),
        (("Baseline requests, same window",), (number(checked.compared_requests),)),
        (("Reason",), (outsider(checked.reason),)),
    ]
    return table(("Check", "Result"), rows)

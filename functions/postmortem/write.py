"""Write the post-mortem once: read, render, store, record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from functions.postmortem.case import read_case
from functions.postmortem.receipt import Rates, receipt
from functions.postmortem.report import report
from quorum.application.recorder import Recorder
from quorum.application.requests import parse_command
from quorum.domain.commands import WritePostMortem
from quorum.domain.errors import InvalidInputError, StoreUnavailableError
from quorum.domain.events import PostMortemWritten
from quorum.ports.log import EvidenceStore
from quorum.ports.workflow import ExecutionHistory, HistoryStep


@dataclass(frozen=True, slots=True)
class Desk:
    """What the writer is wired with."""

    recorder: Recorder
    evidence: EvidenceStore
    history: ExecutionHistory
    rates: Rates


def write(event: Mapping[str, Any], desk: Desk) -> PostMortemWritten:
    """Return the incident's PostMortemWritten, after writing the report unless it is there.

    What the report would only quote (evidence, history) may be missing: the report says so. Raises
    InvalidInputError (request, or an incident without events), InvalidHistoryError for a log that
    contradicts itself, StoreUnavailableError when the log or the report's place does not answer.
    """
    request = parse_command(WritePostMortem, event)
    facts = desk.recorder.store.load(request.incident_id)
    if not facts:
        raise InvalidInputError(f"incident_id: {request.incident_id} has no facts")
    written = [fact for fact in facts if isinstance(fact, PostMortemWritten)]
    if written:
        return written[0]
    paid = receipt(facts, _steps(request.execution_arn, desk.history), desk.rates)
    markdown = report(read_case(facts, desk.evidence), paid)
    key, content = desk.evidence.put_report(request.incident_id, markdown)
    return desk.recorder.record_once(
        request.incident_id,
        PostMortemWritten,
        key=key,
        content=content,
        cost_microdollars=paid.microdollars,
    )


def _steps(execution_arn: str, history: ExecutionHistory) -> Sequence[HistoryStep] | None:
    try:
        return history.steps(execution_arn)
    except StoreUnavailableError:
        return None  # the receipt says that this part is not known

"""Writing of a post-mortem, once per incident: read, render, store, record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from functions.postmortem.receipt import Rates, receipt
from functions.postmortem.report import report
from functions.postmortem.report_input import read_input
from quorum.application.recorder import Recorder
from quorum.application.requests import parse_command
from quorum.domain.commands import WritePostMortem
from quorum.domain.errors import InvalidInputError, StoreUnavailableError
from quorum.domain.events import PostMortemWritten
from quorum.ports.log import EvidenceStore
from quorum.ports.workflow import ExecutionHistory, HistoryStep


@dataclass(frozen=True, slots=True)
class PostMortemWriter:
    """Writes post-mortems to the evidence store."""

    recorder: Recorder
    evidence: EvidenceStore
    history: ExecutionHistory
    rates: Rates

    def write(self, event: Mapping[str, Any]) -> PostMortemWritten:
        """Return the incident's PostMortemWritten; write the report unless it is there.

        Without the evidence or the execution's history the report is written and names the gap.
        Raises InvalidInputError (request, or an incident without events), InvalidHistoryError for a
        log that contradicts itself, StoreUnavailableError when the log or the report's store does
        not answer.
        """
        request = parse_command(WritePostMortem, event)
        events = self.recorder.store.load(request.incident_id)
        if not events:
            raise InvalidInputError(f"incident_id: {request.incident_id} has no events")
        written = [event for event in events if isinstance(event, PostMortemWritten)]
        if written:
            return written[0]
        paid = receipt(events, self._steps(request.execution_arn), self.rates)
        markdown = report(read_input(events, self.evidence), paid)
        key, content = self.evidence.put_report(request.incident_id, markdown)
        return self.recorder.record_once(
            request.incident_id,
            PostMortemWritten,
            key=key,
            content=content,
            cost_microdollars=paid.microdollars,
        )

    def _steps(self, execution_arn: str) -> Sequence[HistoryStep] | None:
        try:
            return self.history.steps(execution_arn)
        except StoreUnavailableError:
            return None  # the receipt shows this part as unknown

"""Notify people of an incident's state, once per kind of message, and record the result."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from quorum.application.requests import parse_command
from quorum.domain.commands import Notify
from quorum.domain.errors import StoreUnavailableError
from quorum.domain.notices import PendingMessage
from quorum.messaging import DeliveryLog, DeliveryResult, Outbox
from quorum.messaging.content import ContextReader, Site, compose, corroborated


class NotifyResult(NamedTuple):
    """The outcome: sent or queued on every leg, or the reasons why not."""

    sent: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class IncidentNotifier:
    """Sends the messages that the state machine requests and the records corroborate."""

    contexts: ContextReader
    deliveries: DeliveryLog
    outbox: Outbox
    site: Site

    def notify(self, event: Mapping[str, Any]) -> NotifyResult:
        """Send the message on each leg that has not had it; record the results.

        A channel's failure is a result and not an error. Raises InvalidInputError for a request
        that the records do not corroborate, StoreUnavailableError for a message that was lost.
        """
        requested = _notice(event)
        context = self.contexts.read(requested)
        notice = corroborated(requested, context)
        message = compose(notice, context, self.site)
        results = self.outbox.deliver(notice, message, context.notified)
        self.deliveries.record(notice, results)
        if any(result.lost for result in results):
            raise StoreUnavailableError(f"{notice.kind}: {_reasons(results)}")
        sent = all(result.reference or result.queued for result in results)
        return NotifyResult(sent=sent, reason="" if sent else _reasons(results))


def _reasons(results: Sequence[DeliveryResult]) -> str:
    return "; ".join(result.reason for result in results if result.reason)


def _notice(event: Mapping[str, Any]) -> PendingMessage:
    request = parse_command(Notify, event)
    return PendingMessage(incident_id=request.incident_id, kind=request.kind, round=request.round)

"""Tell people what an incident came to, once per kind of message, and record that they know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from quorum.application.requests import parse_command
from quorum.domain.commands import Notify
from quorum.domain.errors import StoreUnavailableError
from quorum.domain.notices import Notice
from quorum.messaging import Ledger, Outbox, Told
from quorum.messaging.content import Files, borne_out, compose


class Answer(NamedTuple):
    """Whether people know, or will as soon as it is the message's turn; and if not, why."""

    sent: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """Tells people what the state machine asks for, as far as the records bear it out."""

    files: Files
    ledger: Ledger
    outbox: Outbox
    console_url: str = ""

    def tell(self, event: Mapping[str, Any]) -> Answer:
        """Send the message on each leg unless people were told; record how that ended.

        A channel that fails is an answer and not an error. Raises InvalidInputError for a request
        that the records do not bear out, StoreUnavailableError when the message could not even be
        kept.
        """
        asked = _notice(event)
        case = self.files.case(asked)
        notice = borne_out(asked, case)
        ended = self.outbox.deliver(notice, compose(notice, case, self.console_url), case.told)
        self.ledger.record(notice, ended)
        if any(one.lost for one in ended):
            raise StoreUnavailableError(f"{notice.kind}: {_reasons(ended)}")
        known = all(one.reference or one.waits for one in ended)
        return Answer(sent=known, reason="" if known else _reasons(ended))


def _reasons(ended: Sequence[Told]) -> str:
    return "; ".join(told.reason for told in ended if told.reason)


def _notice(event: Mapping[str, Any]) -> Notice:
    request = parse_command(Notify, event)
    return Notice(incident_id=request.incident_id, kind=request.kind)

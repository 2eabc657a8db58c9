"""What the queue delivers, and what is to be said of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from quorum.domain.incident_records import Notified
from quorum.domain.messages import Message, Waiting
from quorum.domain.notices import Notice
from quorum.domain.notification_routes import Routes, covering_delivery
from quorum.messaging import Told
from quorum.messaging.content import Files, borne_out, compose


class Letter(NamedTuple):
    """A notice as the queue delivered it."""

    id: str
    waiting: Waiting
    receives: int = 1
    """How often it was delivered, this time included."""


class Ready(NamedTuple):
    """A letter that can be told."""

    letter: Letter
    notice: Notice
    """As the records bear it out."""
    message: Message
    sent: Sequence[Notified] = ()
    """What people were told of the incident before."""
    bare: bool = False
    """Nothing could be read: it is told with ids alone, and once more when it can be."""
    known: Told | None = None
    """How people were told of this on this leg, or of a later state."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Makes letters ready."""

    files: Files
    routes: Routes
    console_url: str = ""

    def ready(self, letter: Letter) -> Ready:
        """Return what is to be said.

        Raises InvalidInputError when the records do not bear it out, StoreUnavailableError when
        they cannot be read.
        """
        asked, leg = letter.waiting.notice, letter.waiting.leg
        case = self.files.case(asked)
        notice = borne_out(asked, case)
        before = covering_delivery(case.told, notice, self.routes.of(leg))
        known = Told(before.channel, before.reference) if before else None
        message = compose(notice, case, self.console_url)
        return Ready(letter, notice, message, case.told, known=known)

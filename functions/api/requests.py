"""What people send: each with why."""

from typing import Annotated

from pydantic import AfterValidator, Field

from quorum.domain.autonomy import Mode, VerbName
from quorum.domain.base import ActionId, Record
from quorum.domain.resource_patterns import Pattern, canonical


class Reason(Record):
    """Why: it goes into the log with the caller's name."""

    reason: Annotated[str, Field(min_length=3, max_length=500)]


class Answering(Reason):
    """An answer to one question."""

    approval_id: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class Changing(Answering):
    """An approval of another candidate than was asked about."""

    action: ActionId


class Stopping(Reason):
    """The stop switch."""

    stopped: bool


class Moding(Reason):
    """How far a verb may go at most on the resources that the pattern matches."""

    verb: VerbName
    resource: Annotated[Pattern, AfterValidator(canonical)]
    mode: Mode


class Lifting(Reason):
    """A seat's suspension ends."""

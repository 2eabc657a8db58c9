"""Request bodies of the API. Every write carries a reason; a question changes nothing."""

from typing import Annotated

from pydantic import AfterValidator, Field

from quorum.answers.questions import LONGEST
from quorum.domain.autonomy import Mode, VerbName
from quorum.domain.base import ActionId, Record
from quorum.domain.resource_patterns import Pattern, canonical


class Reason(Record):
    """The reason, recorded in the log with the caller's name."""

    reason: Annotated[str, Field(min_length=3, max_length=500)]


class ApprovalAnswer(Reason):
    """Approve or deny one approval request."""

    approval_id: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class ApproveAlternative(ApprovalAnswer):
    """Approve another candidate action of the same evidence instead of the proposed one."""

    action: ActionId


class SetStopSwitch(Reason):
    """Stop all automation, or resume it."""

    stopped: bool


class SetMode(Reason):
    """Limit an action's automation mode on the resources that the pattern matches."""

    verb: VerbName
    resource: Annotated[Pattern, AfterValidator(canonical)]
    mode: Mode


class Question(Record):
    """A question on one incident. It is neither recorded nor repeated, and causes no action."""

    question: Annotated[str, Field(min_length=2, max_length=LONGEST)]


class ReinstateSeat(Reason):
    """End a seat's suspension."""

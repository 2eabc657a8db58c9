"""What every record of ours has in common: frozen, closed to unknown fields; and small types."""

import re
from typing import Annotated, Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from quorum.domain.constants import BASIS_POINTS
from quorum.domain.redaction import redact_start

MOST_READ: Final = 10_240
"""Characters of an outsider's text that are looked at for secrets: reasons and rules have less."""

RESOURCE_PATTERN: Final = re.compile(
    r"(lambda|dynamodb|sqs|ssm|ecs|rds|other):[A-Za-z0-9_./:-]{1,256}"
)

IncidentId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
ActionId = Annotated[
    str, StringConstraints(pattern=r"^[a-z]+\.[a-z_]+:([0-9a-f]{32}|[0-9a-f]{12})$")
]
"""A verb and a digest of the action's parameters; twelve digits of it in facts of before."""
ResourceId = Annotated[str, StringConstraints(pattern=f"^{RESOURCE_PATTERN.pattern}$")]
"""`service:name`, as in `lambda:checkout`, `ssm:/shop/prices`, `ecs:cluster/service`."""
BasisPoints = Annotated[int, Field(strict=True, ge=0, le=BASIS_POINTS)]
Epoch = Annotated[int, Field(ge=0)]
"""Seconds since 1970, UTC."""
Instant = AwareDatetime


class Record(BaseModel):
    """A value: immutable and closed to unknown fields.

    Its validator is built when it is first used: a function imports all facts and makes a few of
    them. What every request needs is built at import all the same, by `ready`. What does not fit
    is not shown in the error, which ends in a log.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", defer_build=True, hide_input_in_errors=True
    )


def ready(*kinds: type[Record]) -> None:
    """Build these kinds' validators now: the import of a function has a whole processor."""
    for kind in kinds:
        kind.model_rebuild()


class OutsiderText(Record):
    """Text that somebody outside the operator's control may have written.

    It may support a finding. It never becomes part of an action, a query, a shell line or a page
    without escaping; that is why it is a type of its own and not a string.
    """

    outsider: Annotated[str, StringConstraints(max_length=2000)]

    @classmethod
    def of(cls, text: str) -> "OutsiderText":
        """Keep the first 2,000 characters, without control characters."""
        clean = "".join(c if c.isprintable() or c == "\n" else " " for c in text[:2000])
        return cls(outsider=clean)

    @classmethod
    def redacted(cls, text: str) -> "OutsiderText":
        """Keep what `of` keeps of the first 10,240 characters without their secrets."""
        return cls.of(redact_start(text, MOST_READ))

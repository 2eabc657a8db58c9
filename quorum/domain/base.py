"""The base class of all records (frozen, closed to unknown fields) and small field types."""

import re
from typing import Annotated, Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from quorum.domain.constants import BASIS_POINTS
from quorum.domain.redaction import redact_start

MOST_READ: Final = 10_240
"""Characters of external text that are searched for secrets; reasons and rules are shorter."""

RESOURCE_PATTERN: Final = re.compile(r"[a-z][a-z0-9]{1,23}:[A-Za-z0-9_./:-]{1,256}")
"""`kind:name`; the kinds are those of `quorum.services`, `alarm` and an operator's `other`."""

IncidentId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
ActionId = Annotated[
    str, StringConstraints(pattern=r"^[a-z]+\.[a-z_]+:([0-9a-f]{32}|[0-9a-f]{12})$")
]
"""A verb and 32 digits of its parameters' digest; in events of earlier versions 12 digits."""
ResourceId = Annotated[str, StringConstraints(pattern=f"^{RESOURCE_PATTERN.pattern}$")]
"""`service:name`, as in `lambda:checkout`, `ssm:/shop/prices`, `ecs:cluster/service`."""
BasisPoints = Annotated[int, Field(strict=True, ge=0, le=BASIS_POINTS)]
Epoch = Annotated[int, Field(ge=0)]
"""Seconds since 1970, UTC."""
Instant = AwareDatetime


def is_one(number: int) -> bool:
    """Return whether the number is 1: the default of fields that are left out at it."""
    return number == 1


class Record(BaseModel):
    """An immutable value, closed to unknown fields.

    The validator is built on first use, because a function imports all event classes and creates
    few of them. `build_validators` builds those that every request needs at import. A validation
    error does not show the invalid input: errors end up in logs.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", defer_build=True, hide_input_in_errors=True
    )


def build_validators(*kinds: type[Record]) -> None:
    """Build the validators of these record classes now; a function has a full CPU during import."""
    for kind in kinds:
        kind.model_rebuild()


class OutsiderText(Record):
    """Text that a person or system outside the operator's control may have written.

    It may support a finding. It never becomes part of an action, a query, a shell command or an
    unescaped page; therefore it has a type of its own and is not a plain string.
    """

    outsider: Annotated[str, StringConstraints(max_length=2000)]

    @classmethod
    def of(cls, text: str) -> "OutsiderText":
        """Return the first 2,000 characters, with control characters replaced by spaces."""
        clean = "".join(c if c.isprintable() or c == "\n" else " " for c in text[:2000])
        return cls(outsider=clean)

    @classmethod
    def redacted(cls, text: str) -> "OutsiderText":
        """Return `of` the first 10,240 characters after secrets are removed from them."""
        return cls.of(redact_start(text, MOST_READ))

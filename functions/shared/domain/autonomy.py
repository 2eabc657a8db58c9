"""What Quorum may do by itself: opted into per verb and resource; everything else is shadow."""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Final, Literal

from pydantic import Field

from functions.shared.domain.model import Record, ResourceId

Mode = Literal["shadow", "approve", "autonomous"]

CAUTION: Final[tuple[Mode, ...]] = ("shadow", "approve", "autonomous")
"""Most cautious first."""


class Grant(Record):
    """One line of the configuration: this verb, on resources that fit one of these patterns."""

    verb: str
    resources: tuple[str, ...] = Field(min_length=1)
    """Shell patterns of resource ids, as in `lambda:checkout-*`."""
    mode: Mode


def mode_of(grants: Iterable[Grant], verb: str, resource: ResourceId) -> Mode:
    """Return what is granted: of several lines that fit, the most cautious; of none, shadow."""
    fitting = [
        grant.mode
        for grant in grants
        if grant.verb == verb and any(fnmatchcase(resource, p) for p in grant.resources)
    ]
    return min(fitting, key=CAUTION.index, default="shadow")

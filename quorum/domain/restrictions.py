"""Restrictions at run time: they only reduce the autonomy that the deployment opted into.

Roles, the permissions boundary and the deployed rules stay as they are. A restriction is evaluated
together with them, and the strictest of all that match applies.
"""

import operator
from collections.abc import Iterable
from typing import Final, Literal

from pydantic import Field, TypeAdapter

from quorum.domain.autonomy import Mode, Rule, VerbName, mode
from quorum.domain.base import Instant, OutsiderText, Record
from quorum.domain.resource_patterns import Pattern, matches, plain

ORDER: Final[tuple[Mode, ...]] = ("shadow", "approve", "autonomous")
MOST: Final = 200
"""Maximum number of restrictions: they are one item, read by every decision and every effect."""

Control = Literal["modes", "stop", "seats"]


class Restriction(Record):
    """A limit: at most this mode for the verb on resources that match the pattern."""

    verb: VerbName
    resource: Pattern
    mode: Mode


class ControlChanged(Record):
    """A change of a control: its author, channel, reason and result. It is never rewritten."""

    control: Control
    version: int = Field(ge=1)
    changed_at: Instant
    by: str
    via: str
    address: str
    reason: OutsiderText
    what: str
    """The change in one sentence."""
    modes: tuple[Restriction, ...] = Field(default=(), max_length=MOST)
    """For the control `modes`: all restrictions in force after the change."""
    seat: str = Field(default="", exclude_if=operator.not_)
    """For the control `seats`: the seat that was reinstated."""
    mark: str = Field(default="", exclude_if=operator.not_)
    """For the control `seats`: the digest of the proof that the reinstatement applies to."""


CONTROL_CHANGED: Final = TypeAdapter(ControlChanged)


def restricted_mode(
    rules: Iterable[Rule], restrictions: Iterable[Restriction], verb: str, resource: str
) -> Mode:
    """Return the deployed mode, or the strictest restriction that matches if it is stricter."""
    modes = [mode(rules, verb, resource)]
    modes += [r.mode for r in restrictions if r.verb == verb and matches(r.resource, resource)]
    return min(modes, key=ORDER.index)


def most_autonomous_mode(rules: Iterable[Rule], verb: str) -> Mode:
    """Return the most autonomous mode that the deployment gives the verb on any resource."""
    modes: list[Mode] = [rule.mode for rule in rules if rule.verb == verb]
    return max(modes, key=ORDER.index, default="shadow")


def with_restriction(
    restrictions: Iterable[Restriction], new: Restriction
) -> tuple[Restriction, ...]:
    """Return the restrictions with the new one, which replaces one for the same verb and pattern.

    `autonomous` restricts nothing, so it only removes the earlier restriction.
    """
    same = (new.verb, plain(new.resource))
    kept = [r for r in restrictions if (r.verb, plain(r.resource)) != same]
    return tuple(kept) if new.mode == ORDER[-1] else (*kept, new)

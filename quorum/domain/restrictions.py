"""What people switched off or held back at run time: only ever less than the deployment opted in.

Roles, the permissions boundary and the deployed rules stay what they are. A restriction is read
together with them, and of all that fit the strictest holds.
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
"""Restrictions at once: they are one item, which every decision and every effect reads."""

Control = Literal["modes", "stop", "seats"]


class Restriction(Record):
    """At most this mode for the verb on resources that the pattern matches."""

    verb: VerbName
    resource: Pattern
    mode: Mode


class ControlChanged(Record):
    """Who changed a control, from where and why, and what holds since. Never changed itself."""

    control: Control
    version: int = Field(ge=1)
    changed_at: Instant
    by: str
    via: str
    address: str
    reason: OutsiderText
    what: str
    """The change in a sentence."""
    modes: tuple[Restriction, ...] = Field(default=(), max_length=MOST)
    """Of the control `modes`: all restrictions that hold since."""
    seat: str = Field(default="", exclude_if=operator.not_)
    """Of the control `seats`: the seat that weighs again."""
    mark: str = Field(default="", exclude_if=operator.not_)
    """And the digest of the proof that was lifted."""


CONTROL_CHANGED: Final = TypeAdapter(ControlChanged)


def restricted_mode(
    rules: Iterable[Rule], restrictions: Iterable[Restriction], verb: str, resource: str
) -> Mode:
    """Return the deployed mode, or a stricter one that somebody set."""
    modes = [mode(rules, verb, resource)]
    modes += [
        one.mode for one in restrictions if one.verb == verb and matches(one.resource, resource)
    ]
    return min(modes, key=ORDER.index)


def most_opted_in(rules: Iterable[Rule], verb: str) -> Mode:
    """Return the furthest mode that the deployment gives the verb on any resource."""
    modes: list[Mode] = [rule.mode for rule in rules if rule.verb == verb]
    return max(modes, key=ORDER.index, default="shadow")


def changed(restrictions: Iterable[Restriction], new: Restriction) -> tuple[Restriction, ...]:
    """Return the restrictions with the new one in the place of one for the same pattern.

    `autonomous` restricts nothing, so it only takes the former one away.
    """
    same = (new.verb, plain(new.resource))
    kept = [r for r in restrictions if (r.verb, plain(r.resource)) != same]
    return tuple(kept) if new.mode == ORDER[-1] else (*kept, new)

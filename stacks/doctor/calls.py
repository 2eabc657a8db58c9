"""Calls that a role is expected to be allowed or denied."""

from typing import NamedTuple

Context = tuple[tuple[str, tuple[str, ...]], ...]
"""Condition keys with their values."""


class Expectation(NamedTuple):
    """Every action on every resource is allowed, or every one is denied."""

    role: str
    """The role's short name."""
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    allowed: bool
    context: Context = ()


class Deviation(NamedTuple):
    """A call that IAM decides in another way than expected."""

    role: str
    action: str
    resource: str
    allowed: bool
    """True for a call that should be allowed."""

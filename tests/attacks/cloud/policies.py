"""IAM in process: identity policies, boundaries, and the policies of keys, queues and buckets.

An unknown condition or element is an error, never a denial: it might allow something.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from tests.infrastructure.templates import as_list

Context = Mapping[str, tuple[str, ...]]
"""Condition keys in lower case, each with its values; one that is not sent is absent."""


@cache
def like(pattern: str, value: str) -> bool:
    """Return whether IAM's pattern, with * and ?, matches."""
    return fnmatchcase(value, pattern.replace("[", "[[]"))


ELEMENTS: Final = {"Sid", "Effect", "Action", "Resource", "Principal", "Condition"}
_POSITIVE: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "StringEquals": lambda value, wanted: value == wanted,
    "StringLike": lambda value, wanted: like(wanted, value),
    "StringEqualsIgnoreCase": lambda value, wanted: value.casefold() == wanted.casefold(),
    "ArnEquals": lambda value, wanted: like(wanted, value),
    "ArnLike": lambda value, wanted: like(wanted, value),
    "Bool": lambda value, wanted: value.casefold() == wanted.casefold(),
}
_NEGATIVE: Final = {
    "StringNotEquals": "StringEquals",
    "StringNotLike": "StringLike",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}


class UnknownPolicyError(Exception):
    """A policy has an element that this evaluator does not support."""


class Request(NamedTuple):
    """A principal's call: one action on one resource."""

    action: str
    resource: str
    context: Context = MappingProxyType({})


@dataclass(frozen=True)
class Statement:
    """One statement. `principals` is None in an identity's own policy."""

    allows: bool
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    principals: frozenset[str] | None = None

    def fits(self, request: Request) -> bool:
        """Return whether the statement applies to the request."""
        return (
            any(like(a.lower(), request.action.lower()) for a in self.actions)
            and any(like(r, request.resource) for r in self.resources)
            and all(_holds(*condition, request.context) for condition in self.conditions)
        )


def statements(document: Mapping[str, Any]) -> tuple[Statement, ...]:
    """Return the statements of a resolved document. Raises UnknownPolicyError."""
    return tuple(_statement(found) for found in as_list(document["Statement"]))


def _statement(found: Mapping[str, Any]) -> Statement:
    strange = found.keys() - ELEMENTS
    if strange or found["Effect"] not in {"Allow", "Deny"}:
        raise UnknownPolicyError(f"{sorted(strange)}, {found['Effect']}")
    conditions = tuple(
        (operator, key.lower(), tuple(map(str, as_list(values))))
        for operator, keys in found.get("Condition", {}).items()
        for key, values in keys.items()
    )
    for operator, _, _ in conditions:
        _known(operator)
    return Statement(
        allows=found["Effect"] == "Allow",
        actions=tuple(as_list(found["Action"])),
        resources=tuple(as_list(found["Resource"])),
        conditions=conditions,
        principals=_principals(found.get("Principal")),
    )


def _principals(found: Any) -> frozenset[str] | None:
    match found:
        case None:
            return None
        case "*":
            return frozenset({"*"})
        case dict():
            return frozenset(str(one) for values in found.values() for one in as_list(values))
    raise UnknownPolicyError(f"principal {found!r}")


def _known(operator: str) -> tuple[str, str, bool]:
    """Return the quantifier, the bare operator, and whether an absent key is let pass."""
    quantifier, _, bare = operator.rpartition(":")
    optional = bare.endswith("IfExists")
    bare = bare.removesuffix("IfExists")
    if quantifier not in {"", "ForAllValues", "ForAnyValue"}:
        raise UnknownPolicyError(operator)
    if bare not in _POSITIVE and bare not in _NEGATIVE and bare != "Null":
        raise UnknownPolicyError(operator)
    return quantifier, bare, optional


def _holds(operator: str, key: str, wanted: tuple[str, ...], context: Context) -> bool:
    quantifier, bare, optional = _known(operator)
    values = context.get(key)
    if bare == "Null":
        return (values is None) == (wanted == ("true",))
    negative = bare in _NEGATIVE
    if values is None:
        return optional or negative or quantifier == "ForAllValues"
    matches = _POSITIVE[_NEGATIVE.get(bare, bare)]
    hits = [any(matches(value, one) for one in wanted) != negative for value in values]
    return any(hits) if quantifier == "ForAnyValue" else all(hits)


def verdict(found: Iterable[Statement], request: Request) -> bool | None:
    """Return False when one denies, True when one allows, None when none applies."""
    fitting = [statement.allows for statement in found if statement.fits(request)]
    return None if not fitting else all(fitting)


@dataclass(frozen=True)
class Identity:
    """A role: its ARN, its own policies, and its permissions boundary."""

    name: str
    arn: str
    own: tuple[Statement, ...]
    boundary: tuple[Statement, ...] | None = None
    trusts: tuple[Statement, ...] = ()
    managed: tuple[str, ...] = ()
    """AWS managed policies, whose statements are not available here."""


@dataclass(frozen=True)
class Iam:
    """Every role by its short name, and resource policies by resource."""

    identities: Mapping[str, Identity]
    resources: Mapping[str, tuple[Statement, ...]]
    roots: frozenset[str] = field(default_factory=frozenset)
    """Principals that name the account: allowing one lets identity policies decide."""

    def allows(self, name: str, request: Request) -> bool:
        """Return whether the role may."""
        identity = self.identities[name]
        context = {**request.context, "aws:principalarn": (identity.arn,)}
        asked = request._replace(context=context)
        own, bound = verdict(identity.own, asked), True
        if identity.boundary is not None:
            bound = verdict(identity.boundary, asked) is True
        theirs = self._of(asked.resource)
        named = verdict((s for s in theirs if _names(s, identity.arn)), asked)
        if own is False or named is False or not bound:
            return False
        if asked.action.startswith(("kms:", "sts:")):  # their policies decide, or pass it on
            passed = verdict(
                (s for s in theirs if s.principals and s.principals & self.roots), asked
            )
            return named is True or (passed is True and own is True)
        return own is True or named is True

    def _of(self, resource: str) -> tuple[Statement, ...]:
        bucket = resource.partition("/")[0]
        whole = self.resources.get(resource, ())
        return whole or (self.resources.get(bucket, ()) if ":s3:" in bucket else ())


def _names(statement: Statement, arn: str) -> bool:
    return bool(statement.principals and statement.principals & {"*", arn})

"""Names of resources in dimensions and ARNs, by the rows; text in, text out."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final, NamedTuple

from quorum.services.row import Dimension, Kind
from quorum.services.rows import KINDS, NAMINGS, OWN

_PLACE: Final = {"partition": "[^:]*", "region": "[^:]*", "account": r"\d*"}
_ARN: Final = re.compile(r"arn:[^:]*:(.+)", re.S)
_ACCOUNT_IN_ARN: Final = re.compile(r"arn:[^:]*:[^:]*:[^:]*:(\d{12}):.*", re.S)
_AWS: Final = "AWS/"


class Place(NamedTuple):
    """A partition, region and account of AWS."""

    partition: str
    region: str
    account: str


def in_namespace(namespace: str, dimensions: Mapping[str, str]) -> tuple[str, str] | None:
    """Return (kind, name) of the resource that the dimensions name in AWS's namespace, or None."""
    ways = NAMINGS.get(namespace, ())
    return next(
        ((way.kind, name) for way in ways if (name := _name(way.dimensions, dimensions))), None
    )


def in_any_namespace(dimensions: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield each (kind, name) that the dimensions name whatever the namespace is."""
    for kind in KINDS.values():
        if kind.anywhere and (name := _name(kind.dimensions, dimensions)):
            yield kind.name, name


def by_own_dimension(dimensions: Mapping[str, str]) -> tuple[str, str] | None:
    """Return (kind, name) by the dimensions that teams' libraries write, or None."""
    return in_namespace(OWN, dimensions)


def is_of_aws(namespace: str) -> bool:
    """Return whether AWS writes the namespace: then its dimensions name AWS's resources alone."""
    return namespace.startswith(_AWS)


def account_in(value: str) -> str | None:
    """Return the account of an ARN, or None for any other text."""
    match = _ACCOUNT_IN_ARN.fullmatch(value)
    return match.group(1) if match else None


def of_arn(text: str) -> tuple[str, str] | None:
    """Return (kind, name) of the ARN, without alias or version; None where no row has its form."""
    match = _ARN.fullmatch(text)
    if match is None:
        return None
    for kind in KINDS.values():
        if kind.arn and (named := _pattern(kind.arn, "").fullmatch(match.group(1))):
            name = named.group(1)
            if kind.name == "lambda":  # without alias or version
                name = name.partition(":")[0]
            return kind.name, f"/{name}" if kind.slash else name
    return None


def arn(kind: Kind, name: str, place: Place) -> str:
    """Return the ARN of a resource whose kind has one."""
    form = kind.arn.format(
        region=place.region,
        account=place.account,
        name=name.removeprefix("/") if kind.slash else name,
    )
    return f"arn:{place.partition}:{form}"


def dimensions(
    kind: Kind, name: str, place: Place | None, given: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    """Return the dimensions of the resource's metrics; none where something in them is not known.

    `given`: the dimensions of an alarm on the resource.
    """
    parts = name.split("/", len(kind.dimensions) - 1)
    incomplete = len(parts) != len(kind.dimensions) or set(kind.given) - set(given)
    if not kind.dimensions or incomplete:
        return ()
    own = tuple(
        (one.name, _written(one, part, place))
        for one, part in zip(kind.dimensions, parts, strict=True)
    )
    if any(not value for _, value in own):
        return ()
    usual = ((key, given.get(key, _filled(value, place))) for key, value in kind.constant)
    return (*own, *((key, given[key]) for key in kind.given), *(one for one in usual if one[1]))


def _filled(value: str, place: Place | None) -> str:
    return value.format(account=place.account if place else "")


def _written(dimension: Dimension, name: str, place: Place | None) -> str:
    """Return the dimension's value; empty where it needs a place that is not known."""
    shape = dimension.shape
    if place is None:
        return "" if "{account}" in shape or "{partition}" in shape else shape.format(name)
    return shape.format(name, **place._asdict())


def _name(ways: tuple[Dimension, ...], given: Mapping[str, str]) -> str:
    """Return the name in the dimensions; empty where one is missing or of another form."""
    if any(one.name not in given for one in ways):
        return ""
    found = [_pattern(one.shape, one.pattern).fullmatch(given[one.name]) for one in ways]
    names = [match.group(1) for match in found if match]
    return "/".join(names) if len(names) == len(ways) else ""


@cache
def _pattern(shape: str, pattern: str) -> re.Pattern[str]:
    """Return the expression that reads the name from a value of the shape."""
    if pattern:
        return re.compile(pattern)
    text = re.escape(shape).replace(r"\{name\}", "(.+)").replace(r"\{\}", "(.+)")
    for field, value in _PLACE.items():
        text = text.replace(rf"\{{{field}\}}", value)
    return re.compile(text, re.S)

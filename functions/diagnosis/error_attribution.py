"""Attribute each resource's new errors: to itself, to a dependency, or to throttling.

A resource has one attribution, made of all its new error templates: where about as many lines name
a dependency as there are of the commonest template, its errors are passed on.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from functions.diagnosis.new_templates import new_lines
from quorum.domain.base import ResourceId
from quorum.domain.evidence import Bundle, LogTemplate

MOSTLY: Final = 0.5
THROTTLED: Final = re.compile(
    r"too ?many ?requests|throttl|rate exceeded|throughput ?exceeded", re.I
)
LOCATION: Final = re.compile(
    r" at (?:[\w.$<>()*#@+~-]{1,60}:\d{1,7}(?: in \S{1,60})?|\S{1,60}\(\))$"
)
"""The place in code that a stack trace ends with: its names are no resources'."""


class ErrorAttribution(NamedTuple):
    """The cause of a resource's new errors, as its log lines put it."""

    dependencies: frozenset[ResourceId]
    """Other resources that most lines name; empty where the errors are its own."""
    throttled: bool
    """Most lines report throttling."""


def attribute_errors(bundle: Bundle) -> dict[ResourceId, ErrorAttribution]:
    """Return the attribution of every resource that has new error lines."""
    counted = {t.id: new_lines(bundle, t) for t in bundle.templates if t.level == "error"}
    fresh = [t for t in bundle.templates if counted.get(t.id)]
    return {
        resource: _attribution(bundle, [t for t in fresh if t.resource == resource], counted)
        for resource in sorted({t.resource for t in fresh})
    }


def _attribution(
    bundle: Bundle, templates: list[LogTemplate], counted: Mapping[str, int]
) -> ErrorAttribution:
    known = {s.resource for s in bundle.states} | {s.resource for s in bundle.series}
    commonest = max(counted[t.id] for t in templates)
    lines = [(LOCATION.sub("", t.template.outsider), counted[t.id]) for t in templates]
    named = {
        other
        for other in known - {templates[0].resource}
        if _most(lines, commonest, _word(other.partition(":")[2]))
    }
    return ErrorAttribution(frozenset(named), _most(lines, commonest, THROTTLED))


def _most(lines: Iterable[tuple[str, int]], commonest: int, pattern: re.Pattern[str]) -> bool:
    """Return whether the pattern is in about as many lines as the commonest template has."""
    found = sum(count for text, count in lines if pattern.search(text))
    return found >= MOSTLY * commonest


def _word(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])", re.I)

"""What each resource complains about since the onset: itself, a callee, being turned away.

A traceback is many lines that say one thing. So a resource has one voice, made of all its new
error lines: if about as many name a callee as there are at all, it passes somebody's failure on.
"""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from quorum.domain.evidence import Bundle, LogTemplate

NEW: Final = 8.0
"""How many times more lines than before, in equal time, make an error new."""
LEAST: Final = 3
MOSTLY: Final = 0.5
THROTTLED: Final = re.compile(
    r"too ?many ?requests|throttl|rate exceeded|throughput ?exceeded", re.I
)


class Voice(NamedTuple):
    """One resource's new error lines, as far as they are understood."""

    blames: frozenset[str]
    """Other resources that most of its lines name."""
    throttled: bool
    """Most of its lines speak of being turned away."""


def voices(bundle: Bundle) -> dict[str, Voice]:
    """Return the voice of every resource that has new error lines."""
    fresh = [t for t in bundle.templates if t.level == "error" and is_new(bundle, t)]
    return {
        resource: _voice(bundle, [t for t in fresh if t.resource == resource])
        for resource in sorted({t.resource for t in fresh})
    }


def is_new(bundle: Bundle, template: LogTemplate) -> bool:
    """Return whether the template came far more often after the onset than it did before."""
    start = min((p[0] for s in bundle.series for p in s.points[:1]), default=bundle.onset - 1)
    before = max(1.0, bundle.onset - start)
    after = max(1.0, bundle.taken_at.timestamp() - bundle.onset)
    return template.after >= max(LEAST, NEW * template.before * after / before)


def _voice(bundle: Bundle, lines: list[LogTemplate]) -> Voice:
    known = {s.resource for s in bundle.states} | {s.resource for s in bundle.series}
    loudest = max(t.after for t in lines)
    named = {
        other
        for other in known - {lines[0].resource}
        if _most(lines, loudest, _word(other.partition(":")[2]))
    }
    return Voice(frozenset(named), _most(lines, loudest, THROTTLED))


def _most(lines: Iterable[LogTemplate], loudest: int, pattern: re.Pattern[str]) -> bool:
    """Return whether the pattern comes about as often as the resource's commonest line."""
    found = sum(t.after for t in lines if pattern.search(t.template.outsider))
    return found >= MOSTLY * loudest


def _word(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])", re.I)

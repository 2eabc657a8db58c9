"""New error templates since the onset: who complains, about itself or about somebody else.

The text is an outsider's: it moves probability among the listed candidates and does no more.
"""

import re
from collections.abc import Sequence
from math import exp, log
from typing import Final, NamedTuple

from functions.shared.analysis.dating import dated
from functions.shared.analysis.distributions import normalised
from functions.shared.analysis.graph import addressed, callers, distances_up
from functions.shared.domain.errors import NotApplicableError
from functions.shared.domain.evidence import Bundle, Candidate, LogTemplate
from functions.shared.domain.votes import Opinion
from functions.shared.seating import Deps

UNLISTED: Final = 0.12
"""Prior of a cause that no candidate addresses."""
NEW: Final = 8.0
"""How many times more lines than before, in equal time, make an error new."""
LEAST: Final = 3
SOON_SECONDS: Final = 8.0
LATER: Final = 0.05
"""Share of bad changes whose errors come any time later."""
UNDATED: Final = 0.15
"""A candidate that undoes no change, against one that does at the right time."""
THROTTLED: Final = re.compile(
    r"too ?many ?requests|throttl|rate exceeded|throughput ?exceeded", re.I
)

# How probable such a line is when this candidate's resource is at fault.
SAYS_SO: Final = 0.6
FITS: Final = 0.25
PASSED_ON: Final = 0.3
ODD: Final = 0.03
ANYTHING: Final = 0.2
"""Under a cause that is not listed."""


class Line(NamedTuple):
    """What a new template says, as far as it is understood."""

    resource: str
    names: frozenset[str]
    """Other resources that its text names."""
    throttled: bool


def log_templates(bundle: Bundle, _deps: Deps) -> Opinion:
    """Return how well each candidate's fault would explain the new error lines.

    Raises NotApplicableError when no error template is new.
    """
    fresh = [t for t in bundle.templates if t.level == "error" and is_new(bundle, t)]
    if not fresh or not bundle.candidates:
        raise NotApplicableError("no error template is new since the onset")
    lines = [_read(bundle, template) for template in fresh]
    share = log((1 - UNLISTED) / len(bundle.candidates))
    scores = {
        c.id: share
        + _timely(bundle, c, fresh)
        + sum(log(_likelihood(bundle, c, line)) for line in lines)
        for c in bundle.candidates
    }
    scores[""] = log(UNLISTED) + len(lines) * log(ANYTHING)
    found = normalised(scores)
    none = found.pop("")
    return Opinion(
        probabilities=found,
        none=none,
        reason=f"{len(fresh)} error templates are new since the onset",
        cites=tuple(t.id for t in fresh)[:6],
    )


def is_new(bundle: Bundle, template: LogTemplate) -> bool:
    """Return whether the template came far more often after the onset than it did before."""
    start = min((p[0] for s in bundle.series for p in s.points[:1]), default=bundle.onset - 1)
    before = max(1.0, bundle.onset - start)
    after = max(1.0, bundle.taken_at.timestamp() - bundle.onset)
    return template.after >= max(LEAST, NEW * template.before * after / before)


def _timely(bundle: Bundle, candidate: Candidate, fresh: Sequence[LogTemplate]) -> float:
    """Return the log-likelihood that the first new line came so long after the change."""
    dates = [dated(bundle, c).last for c in bundle.changes if c.id in candidate.cites]
    if not dates:
        return log(UNDATED)
    late = max(0.0, min(t.first_seen for t in fresh) - max(dates))
    return log(LATER + (1 - LATER) * exp(-late / SOON_SECONDS))


def _read(bundle: Bundle, template: LogTemplate) -> Line:
    text = template.template.outsider
    known = {s.resource for s in bundle.states} | {s.resource for s in bundle.series}
    others = known - {template.resource}
    named = frozenset(r for r in others if _word(r.partition(":")[2]).search(text))
    return Line(template.resource, named, bool(THROTTLED.search(text)))


def _word(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])", re.I)


def _likelihood(bundle: Bundle, candidate: Candidate, line: Line) -> float:
    """Return how probable the line is when the candidate's resource is at fault."""
    at = candidate.resource
    if addressed(candidate) == "throttles":
        if line.throttled and line.resource in callers(bundle, at):
            return SAYS_SO if at in line.names else FITS
    elif line.throttled:
        return ODD
    elif at in line.names and line.resource in callers(bundle, at):
        return SAYS_SO if at.startswith("ssm:") else PASSED_ON
    elif line.resource in _speakers(bundle, at):
        return ODD if line.names else SAYS_SO
    feels = line.resource != at and line.resource in distances_up(bundle, at)
    return PASSED_ON if feels and line.names else ODD


def _speakers(bundle: Bundle, resource: str) -> tuple[str, ...]:
    """Return who would log the resource's own errors: itself, or a parameter's readers."""
    return callers(bundle, resource) if resource.startswith("ssm:") else (resource,)

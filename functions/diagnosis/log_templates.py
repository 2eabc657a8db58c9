"""New error lines since the onset: resources that log errors of their own, or a dependency's.

The text is an outsider's: it moves probability among the listed candidates and does no more.
"""

from collections.abc import Mapping, Sequence
from math import exp, log
from typing import Final

from functions.diagnosis.error_attribution import ErrorAttribution, attribute_errors
from quorum.domain.call_graph import addressed_failures, caller_distances, callers
from quorum.domain.errors import NotApplicableError
from quorum.domain.evidence import Bundle
from quorum.domain.votes import Opinion
from quorum.seats.seat import Deps
from quorum.seats.signals.change_windows import change_span, changes_undone
from quorum.seats.signals.distributions import log_mean, normalised

UNLISTED: Final = 0.12
"""Prior of a cause that no candidate addresses."""
SOON_SECONDS: Final = 6.0
LATER: Final = 0.05
"""Share of bad changes whose errors come any time later."""
UNDATED: Final = 0.15
"""Prior weight of a candidate that undoes no change, against one that does."""

CLEAR: Final = 0.85
"""Probability that the resource at fault logs errors of its own, or its caller such as name it."""
VAGUE: Final = 0.4
ODD: Final = 0.04
"""Probability of such errors at a resource that has nothing to do with the fault."""
SILENT: Final = 0.1
"""Probability that the resource at fault logs nothing new."""


def log_templates(bundle: Bundle, _deps: Deps) -> Opinion:
    """Return the probability of each candidate's fault, given the new errors of every resource.

    Raises NotApplicableError when no error template is new, or there is no candidate.
    """
    errors = attribute_errors(bundle)
    if not errors or not bundle.candidates:
        raise NotApplicableError("no new error pattern in the logs since the onset")
    scores = _listed(bundle, errors)
    anywhere = [_fit(bundle, errors, resource, "errors") for resource in errors]
    scores[""] = log(UNLISTED) + log_mean(anywhere)
    found = normalised(scores)
    none = found.pop("")
    cited = [t.id for t in bundle.templates if t.level == "error" and t.resource in errors]
    return Opinion(
        probabilities=found,
        none=none,
        reason=_reason([r for r in errors if not errors[r].dependencies]),
        cites=tuple(cited)[:6],
    )


def _reason(own: Sequence[str]) -> str:
    if not own:
        return "all new errors name a dependency"
    logs = "logs its own errors" if len(own) == 1 else "log their own errors"
    return f"{', '.join(own)} {logs}; none name a dependency"


def _listed(bundle: Bundle, errors: Mapping[str, ErrorAttribution]) -> dict[str, float]:
    late, undone = _lateness(bundle), changes_undone(bundle)
    weights = {c.id: 1.0 if c.id in undone else UNDATED for c in bundle.candidates}
    share = (1 - UNLISTED) / max(1.0, sum(weights.values()))
    return {
        c.id: log(share * weights[c.id] * late.get(c.id, 1.0))
        + _fit(bundle, errors, c.resource, addressed_failures(c))
        for c in bundle.candidates
    }


def _lateness(bundle: Bundle) -> dict[str, float]:
    """Return the likelihood of the time from each change to the errors.

    It counts from the change that came last: where logs are cut off, the first line that is seen
    is not the first that was written.
    """
    ends = {
        i: change_span(bundle, change).last for i, (_, change) in changes_undone(bundle).items()
    }
    errors = [t.first_seen for t in bundle.templates if t.level == "error"]
    before = [end for end in ends.values() if end <= min(errors, default=bundle.onset)]
    latest = max(before, default=min(ends.values(), default=0.0))
    return {
        i: LATER + (1 - LATER) * exp(-max(0.0, latest - end) / SOON_SECONDS)
        for i, end in ends.items()
    }


def _fit(bundle: Bundle, errors: Mapping[str, ErrorAttribution], at: str, symptom: str) -> float:
    """Return the log-likelihood of all errors when this resource is at fault in this way."""
    own = callers(bundle, at) if at.startswith("ssm:") or symptom == "throttles" else (at,)
    feels = set(caller_distances(bundle, at))
    fit = 0.0 if set(own) & set(errors) else log(SILENT)
    for resource, error in errors.items():
        if resource in own:
            fit += log(_first_error(error, at, symptom))
        elif resource in feels:
            fit += log(CLEAR if error.dependencies else ODD)
        else:
            fit += log(ODD)
    return fit


def _first_error(error: ErrorAttribution, at: str, symptom: str) -> float:
    """Return the probability of such errors at the first resource that logs the fault."""
    if symptom == "throttles":
        return (CLEAR if at in error.dependencies else VAGUE) if error.throttled else ODD
    others = {name for name in error.dependencies if name != at and not name.startswith("ssm:")}
    if error.throttled or others:
        return ODD
    settings = error.dependencies - others
    return CLEAR if not settings or at in settings else SILENT

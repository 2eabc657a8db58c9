"""Signature method: the kind of fault that would leave a resource's ratios.

A throttle rejects attempts; a bad release fails since its first request; a bad setting fails within
a version that was good before; a relay of failures fails no more than its callees do. Each kind is
a row of likelihoods, and each verb addresses one kind.
"""

from collections.abc import Mapping
from math import log
from typing import Final

from functions.detection.features import Features, features, slower
from quorum.domain.call_graph import witnesses
from quorum.domain.errors import NotApplicableError
from quorum.domain.evidence import Bundle, Candidate
from quorum.domain.votes import HEALTHY, Opinion
from quorum.seats.seat import Deps
from quorum.seats.signals.change_windows import changes_undone
from quorum.seats.signals.distributions import log_sum, normalised
from quorum.seats.signals.traffic import measured

KINDS: Final[dict[str, Features]] = {
    "throttle": Features(throttled=0.95, failing=0.95, relayed=0.2, since_first=0.1),
    "release": Features(throttled=0.04, failing=0.97, relayed=0.1, since_first=0.9),
    "setting": Features(throttled=0.04, failing=0.97, relayed=0.1, since_first=0.1),
    "passenger": Features(throttled=0.04, failing=0.9, relayed=0.97, since_first=0.2),
    "bystander": Features(throttled=0.01, failing=0.02, relayed=0.02, since_first=0.02),
}
"""Probability of each feature, by kind of fault."""
KIND_OF_VERB: Final = {
    "lambda.rollback_alias": "release",
    "ecs.rollback_service": "release",
    "lambda.raise_reserved_concurrency": "throttle",
    "dynamodb.raise_capacity": "throttle",
    "ssm.restore_parameter": "setting",
}
_LOOKS: Final = {
    "throttle": "throttling",
    "release": "a bad release",
    "setting": "a bad setting",
    "passenger": "failures of a dependency",
    "bystander": "normal operation",
}
PRIOR: Final = {"healthy": 0.1, "unlisted": 0.18, "listed": 0.72}
STATE_ONLY: Final = 0.3
"""Prior weight of a candidate that reverts no change, against one that does."""
CALM: Final = 0.1
ENOUGH: Final = 20
"""Fewer attempts than this after the onset cannot show health."""


def signature(bundle: Bundle, _deps: Deps) -> Opinion:
    """Return the probability of each candidate's kind of fault at its resource.

    Raises NotApplicableError if no resource has request counts before and after the onset.
    """
    seen = {r: shown for r in measured(bundle) if (shown := features(bundle, r)) is not None}
    if not seen:
        raise NotApplicableError("no resource has requests both before and after the onset")
    fits = {(kind, r): _fit(kind, seen[r]) for kind in KINDS for r in seen}
    scores = _listed(bundle, fits)
    scores[HEALTHY] = log(PRIOR["healthy"]) + sum(fits["bystander", r] for r in seen)
    unlisted = [fits[kind, r] for kind in ("throttle", "setting") for r in seen]
    scores[""] = log(PRIOR["unlisted"]) + log_sum(unlisted) - log(len(unlisted))
    probabilities = normalised(scores)
    none = probabilities.pop("")
    if not _is_complete(bundle, seen) or not all(_is_calm(bundle, r, seen[r]) for r in seen):
        probabilities.pop(HEALTHY)
    kind, where = max(fits, key=lambda key: (fits[key], key))
    return Opinion(
        probabilities=probabilities,
        none=none,
        reason=f"symptoms of {where} look like {_LOOKS[kind]}",
        cites=tuple(s.id for s in bundle.series if s.resource == where)[:6],
    )


def _is_calm(bundle: Bundle, resource: str, one: Features) -> bool:
    """Return whether no feature of the resource is worse than before, not even slightly."""
    return max(one.failing, one.throttled) < CALM and not slower(bundle, resource)


def _is_complete(bundle: Bundle, seen: Mapping[str, Features]) -> bool:
    """Return whether every alarmed resource has enough data to be called healthy."""
    alarmed = {r for alarm in bundle.alarms for r in alarm.resources}
    sufficient = {r for r, one in seen.items() if one.attempts >= ENOUGH}
    watched = {s.resource for s in bundle.series if s.alarmed and s.measure == "errors"}
    return not bundle.gaps() and alarmed <= sufficient and bool(watched)


def _listed(bundle: Bundle, fits: Mapping[tuple[str, str], float]) -> dict[str, float]:
    shown = frozenset(resource for _, resource in fits)
    undone = changes_undone(bundle)
    weights = {c.id: 1.0 if c.id in undone else STATE_ONLY for c in bundle.candidates}
    total, scores = max(1.0, sum(weights.values())), {}
    for candidate in bundle.candidates:
        kind = KIND_OF_VERB.get(candidate.verb)
        places = _places(bundle, candidate, shown)
        if kind and places:
            fit = log_sum([fits[kind, r] for r in places]) - log(len(places))
            scores[candidate.id] = log(PRIOR["listed"] * weights[candidate.id] / total) + fit
    return scores


def _places(bundle: Bundle, candidate: Candidate, shown: frozenset[str]) -> tuple[str, ...]:
    """Return the resources at which the candidate's kind of fault would show."""
    if KIND_OF_VERB.get(candidate.verb) == "setting":
        return witnesses(bundle, candidate.resource, shown)
    return (candidate.resource,) if candidate.resource in shown else ()


def _fit(kind: str, seen: Features) -> float:
    """Return the log-likelihood of the features, against a resource without a fault of its own."""
    innocent = [_log_likelihood(KINDS[k], seen) for k in ("passenger", "bystander")]
    return _log_likelihood(KINDS[kind], seen) - (log_sum(innocent) - log(2))


def _log_likelihood(expected: Features, seen: Features) -> float:
    pairs = (
        (expected.throttled, seen.throttled),
        (expected.failing, seen.failing),
        (expected.relayed, seen.relayed),
        (expected.since_first, seen.since_first),
    )
    return sum(log(x * p + (1 - x) * (1 - p)) for p, x in pairs)

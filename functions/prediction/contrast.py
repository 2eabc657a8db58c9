"""How much better two failure rates explain a resource's requests than one does."""

from collections.abc import Mapping, Sequence, Set
from itertools import pairwise
from typing import NamedTuple

from functions.shared.analysis.distributions import log_beta_binomial
from functions.shared.analysis.traffic import points
from functions.shared.domain.evidence import Bundle


class Step(NamedTuple):
    """One period of one resource, or of one version of it."""

    at: int
    attempts: float
    failures: float


def steps(bundle: Bundle, resource: str, version: str | None = None) -> tuple[Step, ...]:
    """Return the periods that tell how many attempts there were, oldest first."""
    requests = points(bundle, resource, "requests", version)
    errors = points(bundle, resource, "errors", version)
    throttles = points(bundle, resource, "throttles", version)
    found = []
    for at in sorted(set(requests) | set(throttles)):
        turned_away = throttles.get(at, 0.0)
        attempts = max(requests.get(at, 0.0), errors.get(at, 0.0)) + turned_away
        found.append(Step(at, attempts, errors.get(at, 0.0) + turned_away))
    return tuple(found)


def gain(old: Sequence[Step], new: Sequence[Step]) -> float:
    """Return the log Bayes factor of two rates over one; 0 when a side is empty."""
    if not old or not new:
        return 0.0
    return _fit(old) + _fit(new) - _fit((*old, *new))


def _fit(part: Sequence[Step]) -> float:
    failures = sum(step.failures for step in part)
    return log_beta_binomial(failures, sum(step.attempts for step in part) - failures, 0.3, 1.0)


def without(whole: Sequence[Step], part: Sequence[Step]) -> tuple[Step, ...]:
    """Return what is left of the periods when a part of their requests is taken out."""
    taken = {step.at: step for step in part}
    rest = []
    for at, attempts, failures in whole:
        other = taken.get(at, Step(at, 0.0, 0.0))
        left = max(0.0, attempts - other.attempts)
        rest.append(Step(at, left, min(left, max(0.0, failures - other.failures))))
    return tuple(step for step in rest if step.attempts)


class Gains:
    """The gains of splitting each resource's requests in time; each is reckoned once."""

    def __init__(self, seen: Mapping[str, tuple[Step, ...]]) -> None:
        self.seen = seen
        self.times = sorted({step.at for whole in seen.values() for step in whole})
        self.period = min((b - a for a, b in pairwise(self.times)), default=1)
        self._known: dict[tuple[str, int], float] = {}

    def at(self, cut: float, resources: Set[str]) -> float:
        """Return what a split at that time gains, over those of the resources that are seen."""
        return sum(self._gain(resource, cut) for resource in self.seen if resource in resources)

    def _gain(self, resource: str, cut: float) -> float:
        whole = self.seen[resource]
        key = (resource, sum(step.at < cut for step in whole))
        if key not in self._known:
            self._known[key] = gain(whole[: key[1]], whole[key[1] :])
        return self._known[key]

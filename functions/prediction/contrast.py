"""How much better two failure rates explain a resource's requests than one does."""

from collections.abc import Mapping, Sequence, Set
from itertools import pairwise

from functions.shared.analysis.distributions import log_beta_binomial
from functions.shared.analysis.traffic import Step, steps, versions
from functions.shared.domain.evidence import Bundle


def gain(*parts: Sequence[Step]) -> float:
    """Return the log Bayes factor of a rate for each part over one rate for all."""
    return sum(_fit(part) for part in parts if part) - _fit([step for p in parts for step in p])


def _fit(part: Sequence[Step]) -> float:
    failures = sum(step.failures for step in part)
    return log_beta_binomial(failures, sum(step.attempts for step in part) - failures, 0.3, 1.0)


def by_version(bundle: Bundle, resource: str, new: str) -> float | None:
    """Return the gain of telling the new version from the others; None without its series."""
    theirs = {v: steps(bundle, resource, v) for v in versions(bundle, resource)}
    others = [step for v, part in theirs.items() if v != new for step in part]
    return gain(others, theirs[new]) if theirs.get(new) else None


class Gains:
    """The gains of splitting each resource's requests in time; each is reckoned once."""

    def __init__(self, seen: Mapping[str, tuple[Step, ...]]) -> None:
        self.seen = seen
        self.times = sorted({step.at for whole in seen.values() for step in whole})
        self.period = min((b - a for a, b in pairwise(self.times)), default=1)
        self._known: dict[tuple[str, int, int], float] = {}

    def at(self, cut: float, resources: Set[str]) -> float:
        """Return what a split at that time gains, over those of the resources that are seen.

        A period that the time falls into has a rate of its own.
        """
        return sum(self._gain(resource, cut) for resource in self.seen if resource in resources)

    def _gain(self, resource: str, cut: float) -> float:
        whole = self.seen[resource]
        ended = sum(step.at + self.period <= cut for step in whole)
        begun = sum(step.at < cut for step in whole)
        key = (resource, ended, begun)
        if key not in self._known:
            self._known[key] = gain(whole[:ended], whole[ended:begun], whole[begun:])
        return self._known[key]

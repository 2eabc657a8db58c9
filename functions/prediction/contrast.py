"""Contrast of failure rates: the evidence for two rates over one in a resource's requests."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise

from quorum.domain.evidence import Bundle
from quorum.seats.signals.distributions import log_beta_binomial
from quorum.seats.signals.traffic import Step, steps, versions


def split_gain(*parts: Sequence[Step]) -> float:
    """Return the log Bayes factor of one rate per part over one rate for all (Beta-binomial)."""
    sums = [(sum(s.attempts for s in part), sum(s.failures for s in part)) for part in parts]
    return _gain(sums)


def _gain(sums: Sequence[tuple[float, float]]) -> float:
    total = (sum(attempts for attempts, _ in sums), sum(failures for _, failures in sums))
    return sum(_fit(*part) for part in sums) - _fit(*total)


def _fit(attempts: float, failures: float) -> float:
    return log_beta_binomial(failures, attempts - failures, 0.3, 1.0)


def version_split_gain(bundle: Bundle, resource: str, new: str) -> float | None:
    """Return the gain of separating the new version; None without its series."""
    by_version = {v: steps(bundle, resource, v) for v in versions(bundle, resource)}
    others = [step for v, part in by_version.items() if v != new for step in part]
    return split_gain(others, by_version[new]) if by_version.get(new) else None


class TimeSplitGains:
    """Gains of splitting each resource's requests in time; each is computed once."""

    def __init__(self, seen: Mapping[str, tuple[Step, ...]]) -> None:
        self.seen = seen
        self.times = sorted({step.at for whole in seen.values() for step in whole})
        self.period = min((b - a for a, b in pairwise(self.times)), default=1)
        self._at = {resource: [step.at for step in whole] for resource, whole in seen.items()}
        self._sums = {resource: _running(whole) for resource, whole in seen.items()}
        self._cached: dict[tuple[str, int, int], float] = {}

    def at(self, cut: float, resource: str) -> float:
        """Return the gain of a split of the resource's requests at that time.

        A period that contains the time gets a rate of its own.
        """
        ended = bisect_right(self._at[resource], cut - self.period)
        begun = bisect_left(self._at[resource], cut)
        key = (resource, ended, begun)
        if key not in self._cached:
            sums = self._sums[resource]
            boundaries = [sums[0], sums[ended], sums[begun], sums[-1]]
            parts = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(boundaries)]
            self._cached[key] = _gain(parts)
        return self._cached[key]


def _running(whole: Sequence[Step]) -> list[tuple[float, float]]:
    """Return the attempts and failures of the first n steps, for every n."""
    attempts = accumulate((step.attempts for step in whole), initial=0.0)
    failures = accumulate((step.failures for step in whole), initial=0.0)
    return list(zip(attempts, failures, strict=True))

"""How much better two failure rates explain a resource's requests than one does."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise

from quorum.domain.evidence import Bundle
from quorum.seats.signals.distributions import log_beta_binomial
from quorum.seats.signals.traffic import Step, steps, versions


def gain(*parts: Sequence[Step]) -> float:
    """Return the log Bayes factor of a rate for each part over one rate for all."""
    sums = [(sum(s.attempts for s in part), sum(s.failures for s in part)) for part in parts]
    return _gain(sums)


def _gain(sums: Sequence[tuple[float, float]]) -> float:
    whole = (sum(attempts for attempts, _ in sums), sum(failures for _, failures in sums))
    return sum(_fit(*part) for part in sums) - _fit(*whole)


def _fit(attempts: float, failures: float) -> float:
    return log_beta_binomial(failures, attempts - failures, 0.3, 1.0)


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
        self._at = {resource: [step.at for step in whole] for resource, whole in seen.items()}
        self._sums = {resource: _running(whole) for resource, whole in seen.items()}
        self._known: dict[tuple[str, int, int], float] = {}

    def at(self, cut: float, resource: str) -> float:
        """Return what a split of the resource's requests at that time gains.

        A period that the time falls into has a rate of its own.
        """
        ended = bisect_right(self._at[resource], cut - self.period)
        begun = bisect_left(self._at[resource], cut)
        key = (resource, ended, begun)
        if key not in self._known:
            sums = self._sums[resource]
            marks = [sums[0], sums[ended], sums[begun], sums[-1]]
            parts = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(marks)]
            self._known[key] = _gain(parts)
        return self._known[key]


def _running(whole: Sequence[Step]) -> list[tuple[float, float]]:
    """Return the attempts and failures of the first n steps, for every n."""
    attempts = accumulate((step.attempts for step in whole), initial=0.0)
    failures = accumulate((step.failures for step in whole), initial=0.0)
    return list(zip(attempts, failures, strict=True))

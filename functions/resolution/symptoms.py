"""Visible symptoms, by a plain threshold on errors and throttles per request, and on usages."""

from math import log
from statistics import median
from typing import Final, NamedTuple

from quorum.domain.evidence import Bundle
from quorum.seats.signals.levels import usages

MIN_RISE: Final = 0.03
"""Rise of errors or throttles per request over the baseline that counts as a symptom."""
SATURATED: Final = log(1.5)
"""Rise of a usage over the highest before the onset, as a logarithm, that counts as a symptom."""


class Symptoms(NamedTuple):
    """Resources by their symptoms."""

    errors: frozenset[str]
    throttles: frozenset[str]
    seen: frozenset[str]
    """Resources with request counts."""
    saturated: frozenset[str] = frozenset()
    """Resources with a usage far above any before: a cause there, or the load of another fault."""

    @property
    def any(self) -> frozenset[str]:
        """Return the resources with any symptom."""
        return self.errors | self.throttles


def symptoms(bundle: Bundle) -> Symptoms:
    """Return the resources with more errors or throttles per request than before the onset, or with
    far more use.
    """
    sums: dict[tuple[str, str, bool], float] = {}
    for series in bundle.series:
        if series.version is None:
            for at, value in series.points:
                key = (series.resource, series.measure, at >= bundle.onset)
                sums[key] = sums.get(key, 0.0) + value
    seen = frozenset(r for r, measure, _ in sums if measure == "requests")

    def has_risen(resource: str, measure: str) -> bool:
        requests = [sums.get((resource, "requests", after), 0.0) for after in (False, True)]
        counts = [sums.get((resource, measure, after), 0.0) for after in (False, True)]
        usual, now = (c / max(1.0, n) for c, n in zip(counts, requests, strict=True))
        return now - usual > MIN_RISE

    return Symptoms(
        frozenset(r for r in seen if has_risen(r, "errors")),
        frozenset(r for r, *_ in sums if has_risen(r, "throttles")),
        seen,
        frozenset(s.resource for s in bundle.series if _is_saturated(bundle, s.resource)),
    )


def _is_saturated(bundle: Bundle, resource: str) -> bool:
    """Return whether the median of a usage since the onset is far above its maximum before."""
    for usage in usages(bundle, resource):
        before = [value for at, value in usage.items() if at < bundle.onset]
        since = [value for at, value in usage.items() if at >= bundle.onset]
        if before and since and median(since) > max(before) + SATURATED:
            return True
    return False

"""Visible symptoms, by a plain threshold on errors and throttles per request."""

from typing import Final, NamedTuple

from quorum.domain.evidence import Bundle

MIN_RISE: Final = 0.03
"""Rise of errors or throttles per request over the baseline that counts as a symptom."""


class Symptoms(NamedTuple):
    """Resources by their symptoms."""

    errors: frozenset[str]
    throttles: frozenset[str]
    seen: frozenset[str]
    """Resources with request counts."""

    @property
    def any(self) -> frozenset[str]:
        """Return the resources with any symptom."""
        return self.errors | self.throttles


def symptoms(bundle: Bundle) -> Symptoms:
    """Return the resources with more errors or throttles per request than before the onset."""
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
    )

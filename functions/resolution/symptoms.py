"""Where anything is visibly wrong, by the plainest rule that there is."""

from typing import Final, NamedTuple

from quorum.domain.evidence import Bundle

MORE: Final = 0.03
"""Errors or throttles per request beyond the baseline's that count as a symptom."""


class Symptoms(NamedTuple):
    """Resources by what shows at them."""

    errors: frozenset[str]
    throttles: frozenset[str]
    seen: frozenset[str]
    """Those that tell how many requests they get."""

    @property
    def any(self) -> frozenset[str]:
        """Return the resources at which anything shows."""
        return self.errors | self.throttles


def symptoms(bundle: Bundle) -> Symptoms:
    """Return which resources show more errors or throttles per request than before the onset."""
    sums: dict[tuple[str, str, bool], float] = {}
    for series in bundle.series:
        if series.version is None:
            for at, value in series.points:
                key = (series.resource, series.measure, at >= bundle.onset)
                sums[key] = sums.get(key, 0.0) + value
    seen = frozenset(r for r, measure, _ in sums if measure == "requests")

    def rose(resource: str, measure: str) -> bool:
        requests = [sums.get((resource, "requests", after), 0.0) for after in (False, True)]
        counts = [sums.get((resource, measure, after), 0.0) for after in (False, True)]
        usual, now = (c / max(1.0, n) for c, n in zip(counts, requests, strict=True))
        return now - usual > MORE

    return Symptoms(
        frozenset(r for r in seen if rose(r, "errors")),
        frozenset(r for r, *_ in sums if rose(r, "throttles")),
        seen,
    )

"""A fingerprint of an incident: a few numbers from 0 to 1, to find similar incidents later.

It holds no names, so that a newly throttled function resembles an older one, and no log text, so
that an author of log lines cannot influence the seat that looks for similar incidents.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from quorum.domain.evidence import Bundle, ChangeKind, Measure, Series

RECENT_SECONDS: Final = 600
FEWER: Final = 0.7
MORE: Final = 1.5
TWICE: Final = 2.0
_KINDS: Final[tuple[ChangeKind, ...]] = (
    "alias",
    "parameter",
    "concurrency",
    "task_definition",
    "table",
)
_FORMER: Final = frozenset({"new-errors"})
"""Features of earlier fingerprints, derived from log lines."""


def fingerprint(bundle: Bundle) -> dict[str, float]:
    """Return the features by name, without those that cannot be computed.

    The features are ratios of failures and throttles, growth of traffic and latency, the kinds of
    settings that changed shortly before, and the share of measured series that are abnormal.
    """
    features = {f"changed-{kind}": 1.0 for kind in _KINDS if _changed(bundle, kind)}
    requests = _growths(bundle, "requests")
    features |= {"traffic-fell": _share(g < FEWER for g in requests)}
    features |= {"traffic-grew": _share(g > MORE for g in requests)}
    features |= {"slower": _share(g > MORE for g in _growths(bundle, "latency"))}
    features |= {"failing": _share(g > TWICE for g in _growths(bundle, "errors"))}
    features |= {"throttled": float(any(g > TWICE for g in _growths(bundle, "throttles")))}
    return features


def without_former_features(features: Mapping[str, float]) -> dict[str, float]:
    """Return an older fingerprint's features without those that are no longer computed."""
    return {name: value for name, value in features.items() if name not in _FORMER}


def _changed(bundle: Bundle, kind: ChangeKind) -> bool:
    return any(
        c.kind == kind and not c.ours and abs(bundle.onset - c.not_before) <= RECENT_SECONDS
        for c in bundle.changes
    )


def _growths(bundle: Bundle, measure: Measure) -> list[float]:
    """Return the mean after the onset over the mean before, per series of a whole resource."""
    return [
        _growth(series, bundle.onset)
        for series in bundle.series
        if series.measure == measure and series.version is None and series.points
    ]


def _growth(series: Series, onset: int) -> float:
    before = [v for at, v in series.points if at < onset]
    after = [v for at, v in series.points if at >= onset]
    baseline = sum(before) / len(before) if before else 0.0
    current = sum(after) / len(after) if after else 0.0
    return (current + 0.1) / (baseline + 0.1)


def _share(flags: Iterable[bool]) -> float:
    values = list(flags)
    return sum(values) / len(values) if values else 0.0

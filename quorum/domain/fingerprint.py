"""What an incident looked like, in a few numbers from 0 to 1: for finding similar ones later.

No names: a new function that is throttled is like an old one that was. No logs: the seat that asks
for similar incidents is not to be moved by whoever writes a line.
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
"""Features that fingerprints had once: of the log lines."""


def fingerprint(bundle: Bundle) -> dict[str, float]:
    """Return the features by name; those that cannot be known are absent.

    Ratios of failures and throttles, growth of traffic and latency, which kinds of settings
    changed shortly before, how much of what is measured is abnormal.
    """
    found = {f"changed-{kind}": 1.0 for kind in _KINDS if _changed(bundle, kind)}
    requests = _growths(bundle, "requests")
    found |= {"traffic-fell": _share(g < FEWER for g in requests)}
    found |= {"traffic-grew": _share(g > MORE for g in requests)}
    found |= {"slower": _share(g > MORE for g in _growths(bundle, "latency"))}
    found |= {"failing": _share(g > TWICE for g in _growths(bundle, "errors"))}
    found |= {"throttled": float(any(g > TWICE for g in _growths(bundle, "throttles")))}
    return found


def of_today(features: Mapping[str, float]) -> dict[str, float]:
    """Return what a fingerprint of before has in common with those of today."""
    return {name: value for name, value in features.items() if name not in _FORMER}


def _changed(bundle: Bundle, kind: ChangeKind) -> bool:
    return any(
        c.kind == kind and not c.ours and abs(bundle.onset - c.not_before) <= RECENT_SECONDS
        for c in bundle.changes
    )


def _growths(bundle: Bundle, measure: Measure) -> list[float]:
    """Return, per series of whole resources, the mean after the onset over the mean before."""
    return [
        _growth(series, bundle.onset)
        for series in bundle.series
        if series.measure == measure and series.version is None and series.points
    ]


def _growth(series: Series, onset: int) -> float:
    before = [v for at, v in series.points if at < onset]
    after = [v for at, v in series.points if at >= onset]
    usual = sum(before) / len(before) if before else 0.0
    now = sum(after) / len(after) if after else 0.0
    return (now + 0.1) / (usual + 0.1)


def _share(flags: Iterable[bool]) -> float:
    known = list(flags)
    return sum(known) / len(known) if known else 0.0

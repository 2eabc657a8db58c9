"""New log templates: those that first came late, or come far more often since the onset."""

from typing import Final

from quorum.domain.evidence import Bundle, LogTemplate
from quorum.domain.evidence_times import log_seconds

SURGE: Final = 8.0
"""Factor over the lines before, in equal time, from which it is a surge."""
LEAST: Final = 3
"""Fewer lines may be one request and its retries."""
CALM: Final = 0.25
"""Part of the time before the onset in which nothing counts as new: it shows what is usual."""


def is_new(bundle: Bundle, template: LogTemplate) -> bool:
    """Return whether the template has new lines."""
    return new_lines(bundle, template) > 0


def new_lines(bundle: Bundle, template: LogTemplate) -> int:
    """Return how many lines of the template are new, 0 where it is not.

    All are where it first came late: alarms fire after the first errors. Else those since the
    onset are, where they are a surge.
    """
    start = window_start(bundle)
    if template.first_seen >= start + CALM * (bundle.onset - start):
        lines = template.before + template.after
        return lines if lines >= LEAST else 0
    before = max(1.0, bundle.onset - start)
    after = max(1.0, bundle.taken_at.timestamp() - bundle.onset)
    surge = SURGE * template.before * after / before
    return template.after if template.after >= max(LEAST, surge) else 0


def window_start(bundle: Bundle) -> float:
    """Return when the log lines of the evidence begin: with the series, or later.

    Lines are read of less time than series, but of no less than the earliest one shows.
    """
    series = min((s.points[0][0] for s in bundle.series if s.points), default=bundle.onset - 1)
    lines = bundle.onset - log_seconds(bundle.alarms[0])
    return max(series, min([lines, *(t.first_seen for t in bundle.templates)]))

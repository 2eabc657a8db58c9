"""A bundle as text for a language model: figures first, external text in a fence at the end.

Freely chosen names are fenced as well: alarms, metrics, and settings before and after a change.
"""

import json
from typing import Any, Final

from quorum.domain.canonical import digest
from quorum.domain.evidence import Alarm, Bundle, Change, Series

MOST_SERIES: Final = 60
MOST_TEMPLATES: Final = 40
TEXT: Final = 300
"""Maximum number of characters of an external text."""


def render(bundle: Bundle) -> str:
    """Return the evidence as JSON, followed by the external texts as JSON inside a fence.

    The fence's name is a digest of the bundle, so that no text in it can contain the closing line.
    """
    fence = f"outsiders-{digest(bundle)[:16]}"
    return "\n".join(
        (
            json.dumps(_figures(bundle), separators=(",", ":")),
            f"<{fence}>",
            json.dumps(_texts(bundle), separators=(",", ":")),
            f"</{fence}>",
        )
    )


def citable(bundle: Bundle) -> set[str]:
    """Return the ids in the bundle that an opinion may cite."""
    lists = (bundle.series, bundle.templates, bundle.changes)
    return {item.id for items in lists for item in items}


def _figures(bundle: Bundle) -> dict[str, Any]:
    return {
        "alarms": [
            {"alarm": n, "resources": a.resources, "period": a.period_seconds}
            for n, a in enumerate(bundle.alarms)
        ],
        "onset": bundle.onset,
        "taken_at": int(bundle.taken_at.timestamp()),
        "candidates": [c.model_dump(include=_CANDIDATE) for c in bundle.candidates],
        "changes": [c.model_dump(exclude=_OUTSIDERS) for c in bundle.changes],
        "calls": [(e.caller, e.callee) for e in bundle.edges],
        "series": [_series(s, bundle.onset) for s in bundle.series[:MOST_SERIES]],
        "gaps": [(s.name, s.status) for s in bundle.gaps()],
    }


_OUTSIDERS: Final = {"actor", "title", "touched", "diff", "setting", "before", "after"}
"""Fields of a change that an outsider may have written, or whose names are freely chosen."""
_CANDIDATE: Final = {"id", "verb", "resource", "summary", "cites"}


def _series(series: Series, onset: int) -> dict[str, Any]:
    before = [value for at, value in series.points if at < onset]
    after = [value for at, value in series.points if at >= onset]
    return {
        "id": series.id,
        "measure": series.measure,
        "version": series.version,
        "period": series.period_seconds,
        "mean_before": round(sum(before) / len(before), 3) if before else None,
        "after": [round(value, 3) for value in after[-20:]],
        **({"from_logs_since": series.logged_since} if series.logged_since is not None else {}),
    }


def _named(number: int, alarm: Alarm) -> dict[str, Any]:
    return {
        "alarm": number,
        "name": alarm.name[:TEXT],
        "metric": alarm.metric[:TEXT] if alarm.metric else None,
        "reason": alarm.reason.outsider[:TEXT],
    }


def _setting(change: Change) -> dict[str, Any]:
    fields = change.model_dump(include={"setting", "before", "after"})
    return {name: v[:TEXT] if isinstance(v, str) else v for name, v in fields.items()}


def _texts(bundle: Bundle) -> dict[str, Any]:
    return {
        "alarms": [_named(n, a) for n, a in enumerate(bundle.alarms)],
        "log_templates": [
            {
                "id": t.id,
                "resource": t.resource,
                "version": t.version,
                "level": t.level,
                "before": t.before,
                "after": t.after,
                "text": t.template.outsider[:TEXT],
            }
            for t in bundle.templates[:MOST_TEMPLATES]
        ],
        "settings": {c.id: _setting(c) for c in bundle.changes},
        "actors": {c.id: c.actor.outsider[:TEXT] for c in bundle.changes if c.actor},
        "titles": {c.id: c.title.outsider[:TEXT] for c in bundle.changes if c.title},
        "diffs": {c.id: c.diff.outsider[:TEXT] for c in bundle.changes if c.diff},
    }

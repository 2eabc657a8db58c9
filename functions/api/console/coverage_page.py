"""Coverage page: each opted-in alarm, what Quorum would see and could do, and what is missing."""

from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from functions.api.dependencies import ApiDependencies
from functions.api.incident_queries import restrictions
from quorum.domain.autonomy import Mode
from quorum.domain.coverage import Covered
from quorum.domain.restrictions import restricted_mode

OUTDATED_SECONDS: Final = 15 * 60
"""Age of a report that missed runs of the inventory, which are five minutes apart."""


class Action(NamedTuple):
    """A verb that could be proposed for a resource, and the autonomy in force for it."""

    verb: str
    resource: str
    mode: Mode


class Row(NamedTuple):
    """An alarm, and its possible actions."""

    covered: Covered
    actions: tuple[Action, ...]


def coverage(deps: ApiDependencies) -> dict[str, Any]:
    """Return the page's content. Raises StoreUnavailableError."""
    report, now = deps.coverage.newest(), deps.now()
    limits = restrictions(deps) if report else ()
    rows = [
        Row(
            covered,
            tuple(
                Action(p.verb, p.resource, restricted_mode(deps.rules, limits, p.verb, p.resource))
                for p in covered.possible
            ),
        )
        for covered in (report.alarms if report else ())
    ]
    at = datetime.fromtimestamp(report.at, UTC) if report else None
    return {
        "at": at,
        "outdated": at is not None and (now - at).total_seconds() > OUTDATED_SECONDS,
        "rows": sorted(rows, key=lambda row: -len(row.covered.missing)),
        "complete": sum(not row.covered.missing for row in rows),
        "now": now,
    }

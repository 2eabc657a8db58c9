"""The read model in memory."""

from collections.abc import Sequence

from quorum.domain.incident_view import IncidentView


class InMemoryReadModel:
    """A `ReadModel`."""

    def __init__(self) -> None:
        self._views: dict[str, IncidentView] = {}

    def put(self, view: IncidentView) -> bool:
        """Store the view unless one of the same or a newer version is there; return whether."""
        stored = self._views.get(view.incident_id)
        if stored is not None and stored.version >= view.version:
            return False
        self._views[view.incident_id] = view
        return True

    def get(self, incident_id: str) -> IncidentView | None:
        """Return the incident's view, or None."""
        return self._views.get(incident_id)

    def by_status(self, status: str, limit: int) -> Sequence[IncidentView]:
        """Return incidents of that status, newest first."""
        found = [view for view in self._views.values() if view.status == status]
        return sorted(found, key=lambda view: view.opened_at, reverse=True)[:limit]

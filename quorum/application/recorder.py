"""Appending a fact when others append too: load, build, append; rebase when the race is lost."""

import random
import time
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from quorum.domain.errors import ConcurrencyConflictError
from quorum.domain.events import GENESIS, Fact, IncidentEvent, event_digest
from quorum.ports.clock import Clock, NewId
from quorum.ports.log import EventStore

ATTEMPTS: Final = 8
BASE_SECONDS: Final = 0.02
CAP_SECONDS: Final = 1.0

F = TypeVar("F", bound=Fact)
Header = dict[str, object]
Build = Callable[[Header, Sequence[IncidentEvent]], F | None]
"""Gets the fields every fact has and the history; returns the fact, or None to add nothing."""


class Recorder:
    """Appends facts to incidents, at most once each however often its caller is retried."""

    def __init__(
        self,
        store: EventStore,
        *,
        now: Clock,
        new_id: NewId,
        jitter: Callable[[float], float] = lambda cap: random.uniform(0, cap),  # noqa: S311
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.store = store
        self._now, self._new_id = now, new_id
        self._jitter, self._sleep = jitter, sleep

    def record(
        self, incident_id: str, build: Build[F], known: Sequence[IncidentEvent] | None = None
    ) -> F | None:
        """Append what `build` returns at the head of the log, rebasing when somebody was faster.

        `build` sees the whole history, so it decides what to do when its fact is already there.
        Whoever has just read the log passes it as `known`: it is read again only after a lost
        race, as nothing can be appended to a log that has grown meanwhile.
        Raises ConcurrencyConflictError after eight lost races (exponential backoff, full jitter).
        """
        event_id = self._new_id()
        for attempt in range(ATTEMPTS):
            history = known or self.store.load(incident_id)
            known = None
            fact = build(self._header(incident_id, event_id, history), history)
            if fact is None:
                return None
            try:
                self.store.append(fact)  # type: ignore[arg-type] # F is a member of the union
            except ConcurrencyConflictError:
                self._sleep(self._jitter(min(CAP_SECONDS, BASE_SECONDS * 2**attempt)))
                continue
            return fact
        raise ConcurrencyConflictError(f"lost {ATTEMPTS} races to append to {incident_id}")

    def record_once(self, incident_id: str, kind: type[F], **fields: object) -> F:
        """Append one fact of this kind, or return the one that is there already."""
        found: list[F] = []

        def build(header: Header, history: Sequence[IncidentEvent]) -> F | None:
            found[:] = [event for event in history if isinstance(event, kind)]
            return None if found else kind.model_validate({**header, **fields})

        return self.record(incident_id, build) or found[0]

    def add(self, incident_id: str, kind: type[F], **fields: object) -> F:
        """Append a fact of this kind, however many there are."""

        def build(header: Header, _: Sequence[IncidentEvent]) -> F:
            return kind.model_validate({**header, **fields})

        fact = self.record(incident_id, build)
        assert fact is not None  # noqa: S101 - `build` never returns None
        return fact

    def _header(self, incident_id: str, event_id: str, history: Sequence[IncidentEvent]) -> Header:
        return {
            "incident_id": incident_id,
            "version": len(history) + 1,
            "event_id": event_id,
            "occurred_at": self._now(),
            "previous": event_digest(history[-1]) if history else GENESIS,
        }

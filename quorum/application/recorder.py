"""Appends events to a log with several writers: load, build, append; rebase after a lost race."""

import random
import time
from collections.abc import Callable, Sequence
from typing import Final, Generic, NamedTuple, TypeVar

from quorum.domain.errors import ConcurrencyConflictError
from quorum.domain.events import GENESIS, BaseEvent, IncidentEvent, event_digest
from quorum.ports.clock import Clock, NewId
from quorum.ports.log import EventStore

ATTEMPTS: Final = 8
BASE_SECONDS: Final = 0.02
CAP_SECONDS: Final = 1.0

F = TypeVar("F", bound=BaseEvent)
Header = dict[str, object]
Build = Callable[[Header, Sequence[IncidentEvent]], F | None]
"""From the common fields and the history to the event, or None to append nothing."""


class Recorded(NamedTuple, Generic[F]):
    """The appended event, or None, and the history that the last `build` received."""

    event: F | None
    history: Sequence[IncidentEvent]


class Recorder:
    """Appends events to incidents, at most once each regardless of retries."""

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
        self, incident_id: str, build: Build[F], already_read: Sequence[IncidentEvent] | None = None
    ) -> Recorded[F]:
        """Append the event that `build` returns at the head of the log; rebase after a lost race.

        `build` receives the whole history and decides what to do when its event is already there. A
        caller that has just read the log passes it as `already_read`: it is read again only after a
        lost race, because an append to a log that has grown fails anyway. Raises
        ConcurrencyConflictError after eight lost races (exponential backoff, full jitter).
        """
        event_id = self._new_id()
        for attempt in range(ATTEMPTS):
            history = already_read or self.store.load(incident_id)
            already_read = None
            event = build(self._header(incident_id, event_id, history), history)
            if event is None:
                return Recorded(None, history)
            try:
                self.store.append(event)  # type: ignore[arg-type] # F is a member of the union
            except ConcurrencyConflictError:
                self._sleep(self._jitter(min(CAP_SECONDS, BASE_SECONDS * 2**attempt)))
                continue
            return Recorded(event, history)
        raise ConcurrencyConflictError(f"lost {ATTEMPTS} races to append to {incident_id}")

    def record_once(self, incident_id: str, kind: type[F], **fields: object) -> F:
        """Append one event of this kind, or return the first existing one."""

        def build(header: Header, history: Sequence[IncidentEvent]) -> F | None:
            exists = any(isinstance(event, kind) for event in history)
            return None if exists else kind.model_validate({**header, **fields})

        recorded = self.record(incident_id, build)
        return recorded.event or next(e for e in recorded.history if isinstance(e, kind))

    def _header(self, incident_id: str, event_id: str, history: Sequence[IncidentEvent]) -> Header:
        return {
            "incident_id": incident_id,
            "version": len(history) + 1,
            "event_id": event_id,
            "occurred_at": self._now(),
            "previous": event_digest(history[-1]) if history else GENESIS,
        }

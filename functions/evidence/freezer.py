"""Freeze one round's evidence: collect it once, store it under its digest, record it once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, NamedTuple

from functions.evidence.bundle_builder import build_bundle, empty_bundle
from functions.evidence.collection import collect
from functions.evidence.parallel_calls import CallFailure, ParallelCalls, call_within
from functions.evidence.recollection import Memories
from functions.evidence.second_fault import second_fault
from functions.evidence.sources import Sources
from quorum.application.recorder import Header, Recorder
from quorum.application.requests import parse_command
from quorum.domain.canonical import canonical_json
from quorum.domain.commands import FreezeEvidence
from quorum.domain.events import EvidenceFrozen, IncidentEvent
from quorum.domain.evidence import Alarm, Bundle, Tried
from quorum.domain.executions import FencedPair
from quorum.domain.incident import replay
from quorum.domain.known_problems import merged
from quorum.ports.clock import Clock
from quorum.ports.execution import ExecutionLedger
from quorum.ports.log import EvidenceStore, OpeningStore

ROUND_SECONDS: Final = 75.0
"""For all of a round: more than the budget of its calls, less than the function's timeout."""


class IncidentOpening(NamedTuple):
    """The alarms and the storm flag of an incident's opening."""

    alarms: tuple[Alarm, ...]
    storm: bool


@dataclass(frozen=True, slots=True)
class Freezer:
    """Freeze rounds of evidence."""

    recorder: Recorder
    evidence: EvidenceStore
    openings: OpeningStore
    sources: Sources
    ledger: ExecutionLedger
    now: Clock
    calls: Callable[[], ParallelCalls] = ParallelCalls
    metrics_requested: Callable[[], int] = lambda: 0
    """Returns the number of series requested since its last call."""
    memories: Memories | None = None

    def freeze(self, event: Mapping[str, Any]) -> EvidenceFrozen:
        """Return the round's event: the recorded one, or a new one once its bundle is stored.

        Raises InvalidInputError, InvalidHistoryError (unknown incident), StoreUnavailableError and
        ConcurrencyConflictError; never an error of a source.
        """
        request = parse_command(FreezeEvidence, event)
        history = self.recorder.store.load(request.incident_id)
        frozen = _frozen(history, request.round)
        return frozen or self._record(
            request, self._bundle(request, self._opened(history)), history
        )

    def _opened(self, history: Sequence[IncidentEvent]) -> IncidentOpening:
        """Return the opening from intake's record; older incidents have it in the event log."""
        incident = replay(history)
        opening = self.openings.find(incident.incident_id)
        if opening is not None:
            return IncidentOpening(opening.alarms, opening.storm)
        joined = (event.alarm for event in incident.joined)
        return IncidentOpening((incident.opened.alarm, *joined), incident.opened.storm)

    def _bundle(self, request: FreezeEvidence, opened: IncidentOpening) -> Bundle:
        """Return the round's bundle; an empty one with the reason where collecting it failed."""
        found = call_within(partial(self._collected, request, opened), ROUND_SECONDS)
        if isinstance(found, CallFailure):
            return empty_bundle(
                request.incident_id, request.round, opened.alarms, self.now(), found.reason
            )
        return found

    def _collected(self, request: FreezeEvidence, opened: IncidentOpening) -> Bundle:
        """Return the round's bundle, checked to be serialisable.

        Raises any error that outsiders' text causes outside of a source's own call.
        """
        tried = tried_actions(self.ledger.actions(request.incident_id))
        undone = {one.action for one in tried if one.result == "undone"}
        calls = self.calls()
        try:
            found = collect(self.sources, calls, opened.alarms, self.now())
        finally:
            calls.close()
        bundle = build_bundle(request.incident_id, request.round, found, self.now())
        beside = {
            "second_fault": second_fault(bundle),
            "storm": opened.storm,
            "tried": tried,
            "candidates": tuple(c for c in bundle.candidates if c.id not in undone),
        }
        whole = bundle.model_copy(update=beside)
        if self.memories is not None:
            whole = self.memories.added_to(whole)
        canonical_json(whole)
        return whole

    def _record(
        self, request: FreezeEvidence, bundle: Bundle, known: Sequence[IncidentEvent]
    ) -> EvidenceFrozen:
        requested = self.metrics_requested()
        key, digest = self.evidence.put_bundle(bundle)

        def build(header: Header, history: Sequence[IncidentEvent]) -> EvidenceFrozen | None:
            if _frozen(history, request.round):
                return None
            return _event({**header, "metrics_requested": requested}, bundle, key, digest)

        event, history = self.recorder.record(request.incident_id, build, known)
        frozen = event or _frozen(history, request.round)
        assert frozen is not None  # noqa: S101 - `build` returns None only for a frozen round
        return frozen


def tried_actions(pairs: Iterable[FencedPair]) -> tuple[Tried, ...]:
    """Return the actions of earlier rounds, as evidence: undone, or still in force."""
    return tuple(
        Tried(
            action=pair.act.action,
            resource=pair.act.resource,
            round=pair.act.round,
            result="kept" if pair.is_in_force else "undone",
        )
        for pair in pairs
        if pair.act.state == "done"
    )


def _frozen(history: Sequence[IncidentEvent], round_: int) -> EvidenceFrozen | None:
    found = (e for e in history if isinstance(e, EvidenceFrozen) and e.round == round_)
    return next(found, None)


def _event(header: Mapping[str, object], bundle: Bundle, key: str, digest: str) -> EvidenceFrozen:
    return EvidenceFrozen.model_validate(
        {
            **header,
            "round": bundle.round,
            "evidence": digest,
            "key": key,
            "sources": bundle.sources,
            "candidates": bundle.candidates,
            "second_fault": bundle.second_fault,
            "vanished": bundle.vanished,
            "seen": merged([one.record for one in bundle.seen if one.is_problem]),
        }
    )

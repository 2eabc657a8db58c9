"""One round's evidence: gathered once, frozen under its digest, recorded once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, NamedTuple

from functions.evidence.asking import Asking, Failed, attempt
from functions.evidence.assembling import assemble, bare
from functions.evidence.faults import second_fault
from functions.evidence.gathering import gather
from functions.evidence.sources import Sources
from quorum.application.recorder import Header, Recorder
from quorum.application.requests import parse_command
from quorum.domain.canonical import canonical_json
from quorum.domain.commands import FreezeEvidence
from quorum.domain.events import EvidenceFrozen, IncidentEvent
from quorum.domain.evidence import Alarm, Bundle
from quorum.domain.incident import replay
from quorum.ports.clock import Clock
from quorum.ports.log import EvidenceStore, OpeningBook

WHOLE_SECONDS: Final = 75.0
"""For all of a round: more than its questions have together, less than the function has."""


class Opened(NamedTuple):
    """What of an incident's opening its evidence rests on."""

    alarms: tuple[Alarm, ...]
    storm: bool


@dataclass(frozen=True, slots=True)
class Freezer:
    """Freezes evidence."""

    recorder: Recorder
    evidence: EvidenceStore
    openings: OpeningBook
    sources: Sources
    now: Clock
    asking: Callable[[], Asking] = Asking

    def freeze(self, event: Mapping[str, Any]) -> EvidenceFrozen:
        """Return the round's fact: the recorded one, or a new one once its bundle is stored.

        Raises InvalidInputError, InvalidHistoryError (unknown incident), StoreUnavailableError and
        ConcurrencyConflictError; never an error of a source.
        """
        request = parse_command(FreezeEvidence, event)
        history = self.recorder.store.load(request.incident_id)
        frozen = _frozen(history, request.round)
        return frozen or self._record(
            request, self._bundle(request, self._opened(history)), history
        )

    def _opened(self, history: Sequence[IncidentEvent]) -> Opened:
        """Return how it opened by intake's record, or by the log of an incident of before it."""
        incident = replay(history)
        opening = self.openings.find(incident.incident_id)
        if opening is not None:
            return Opened(opening.alarms, opening.storm)
        joined = (fact.alarm for fact in incident.joined)
        return Opened((incident.opened.alarm, *joined), incident.opened.storm)

    def _bundle(self, request: FreezeEvidence, opened: Opened) -> Bundle:
        """Return the round's evidence; without any, but with the reason, where that failed."""
        found = attempt(partial(self._gathered, request, opened), WHOLE_SECONDS)
        if isinstance(found, Failed):
            return bare(request.incident_id, request.round, opened.alarms, self.now(), found.reason)
        return found

    def _gathered(self, request: FreezeEvidence, opened: Opened) -> Bundle:
        """Return the round's evidence, which can be frozen. Raises whatever outsiders brought about
        that no source's own isolation holds."""
        asking = self.asking()
        try:
            found = gather(self.sources, asking, opened.alarms, self.now())
        finally:
            asking.close()
        bundle = assemble(request.incident_id, request.round, found, self.now())
        beside = {"second_fault": second_fault(bundle), "storm": opened.storm}
        whole = bundle.model_copy(update=beside)
        canonical_json(whole)
        return whole

    def _record(
        self, request: FreezeEvidence, bundle: Bundle, known: Sequence[IncidentEvent]
    ) -> EvidenceFrozen:
        key, digest = self.evidence.put_bundle(bundle)

        def build(header: Header, history: Sequence[IncidentEvent]) -> EvidenceFrozen | None:
            return None if _frozen(history, request.round) else _fact(header, bundle, key, digest)

        event, history = self.recorder.record(request.incident_id, build, known)
        frozen = event or _frozen(history, request.round)
        assert frozen is not None  # noqa: S101 - `build` returns None only for a frozen round
        return frozen


def _frozen(history: Sequence[IncidentEvent], round_: int) -> EvidenceFrozen | None:
    found = (e for e in history if isinstance(e, EvidenceFrozen) and e.round == round_)
    return next(found, None)


def _fact(header: Header, bundle: Bundle, key: str, digest: str) -> EvidenceFrozen:
    return EvidenceFrozen.model_validate(
        {
            **header,
            "round": bundle.round,
            "evidence": digest,
            "key": key,
            "sources": bundle.sources,
            "candidates": bundle.candidates,
            "second_fault": bundle.second_fault,
        }
    )

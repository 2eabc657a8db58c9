"""The memory's part of the round's evidence: read once, within two seconds.

Both halves are read at once. Similar incidents are chosen by their fingerprints alone; what is
found by text is for people. Where a half is down or slow the bundle says so, and nothing else
waits for it: no seat but `diagnosis-history` needs the first, and none the second.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from functions.evidence.parallel_calls import CallFailure, ParallelCalls
from quorum.application.circuit_breaker import Breaker, call_through
from quorum.application.recollection import Recollection
from quorum.domain.evidence import Bundle, PastCase, SeenBefore
from quorum.domain.experiences import incident_text, structure_of
from quorum.domain.fingerprint import fingerprint
from quorum.domain.hybrid_ranking import Match, seen_before
from quorum.domain.known_problems import problem_id
from quorum.domain.memory_entries import (
    EntryKind,
    Filters,
    MemoryEntry,
    MethodRecord,
    ProblemRecord,
)
from quorum.domain.past_cases import choose_cases, past_case
from quorum.ports.log import PastIncidents

SECONDS: Final = 2.0
"""For all of it, with the wait for an embedding."""
MOST_COMPARED: Final = 1000
FOUND: Final[dict[EntryKind, int]] = {"known_problem": 2, "incident": 3}


@dataclass(frozen=True, slots=True)
class Memories:
    """The memory of numbers, and that of texts if one is configured."""

    past: PastIncidents
    texts: Recollection | None = None
    breaker: Breaker | None = None
    """Of the memory of texts."""
    failed: Callable[[str], None] = lambda _: None
    """Called with the reason when a half could not be read."""
    seconds: float = SECONDS

    def added_to(self, bundle: Bundle) -> Bundle:
        """Return the bundle with what the memory holds. Raises nothing."""
        calls = ParallelCalls(seconds=self.seconds, budget=self.seconds)
        try:
            pending = calls.start(partial(self._past, bundle))
            texts = calls.start(partial(self._seen, bundle))
            past, seen = pending.get(), texts.get()
        finally:
            calls.close()
        failures = [one.reason for one in (past, seen) if isinstance(one, CallFailure)]
        reason = "; ".join(dict.fromkeys(failures))
        if reason:
            self.failed(reason)
        return bundle.model_copy(
            update={
                "past": () if isinstance(past, CallFailure) else past,
                "seen": () if isinstance(seen, CallFailure) else seen,
                "recall_failed": reason,
            }
        )

    def _past(self, bundle: Bundle) -> tuple[PastCase, ...]:
        found = self.past.similar(fingerprint(bundle), MOST_COMPARED)
        return choose_cases(map(past_case, found))

    def _seen(self, bundle: Bundle) -> tuple[SeenBefore, ...]:
        texts, alarm = self.texts, bundle.alarms[0]
        if texts is None:
            return ()
        structure = structure_of(bundle.alarms, bundle)
        search = partial(
            texts.recall,
            FOUND,
            incident_text(bundle.alarms, bundle).outsider,
            structure,
            Filters(account=alarm.account),
        )
        matches = call_through(self.breaker, search) if self.breaker else search()
        own = problem_id(alarm, structure.features)
        return tuple(_seen_before(match, own) for match in matches)


def _seen_before(match: Match, own: str) -> SeenBefore:
    """Return the match for people; the same key or enough likeness is the same problem."""
    entry = match.entry
    return SeenBefore(
        kind="known_problem" if entry.record else "incident",
        same=entry.problem == own or seen_before(match),
        record=entry.record or _single(entry),
        likeness=match.likeness,
        meaning=match.meaning,
        author=entry.author,
        text=entry.text,
    )


def _single(entry: MemoryEntry) -> ProblemRecord:
    """Return the record of one incident."""
    done = (MethodRecord.model_validate({"verb": entry.verb, entry.outcome: 1}),)
    return ProblemRecord(
        times=1,
        first=entry.at,
        last=entry.at,
        methods=done if entry.verb else (),
        incidents=(entry.source.partition(":")[2],),
    )

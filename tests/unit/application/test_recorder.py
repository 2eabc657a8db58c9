"""Appending an event to a log that its caller has just read."""

from collections.abc import Sequence

from quorum.application.recorder import Header, Recorder
from quorum.domain.events import EvidenceFrozen, IncidentEvent, IncidentOpened
from tests.builders.events import add
from tests.builders.seats import freeze
from tests.fakes.clock import CountingIds, FakeClock
from tests.fakes.event_store import InMemoryEventStore
from tests.fakes.evidence_store import InMemoryEvidenceStore
from tests.simulation.scenarios import bad_release

BUNDLE = bad_release(1).bundle()
INCIDENT = BUNDLE.incident_id


class Counting(InMemoryEventStore):
    """A log that counts how often it is read."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = 0

    def load(self, incident_id: str) -> Sequence[IncidentEvent]:
        self.reads += 1
        return super().load(incident_id)


def again(header: Header, history: Sequence[IncidentEvent]) -> IncidentOpened | None:
    """Open once more, unless that was done."""
    done = sum(isinstance(event, IncidentOpened) for event in history) > 1
    opened = {"alarm": BUNDLE.alarms[0], "flapping": False}
    return None if done else IncidentOpened.model_validate({**header, **opened})


def opened() -> tuple[Counting, Recorder, Sequence[IncidentEvent]]:
    """Return a log with one event, a reader's copy of it, and a recorder."""
    store = Counting()
    freeze(store, InMemoryEvidenceStore(), BUNDLE)
    recorder = Recorder(store, now=FakeClock(), new_id=CountingIds("later"), sleep=lambda _: None)
    known = store.load(INCIDENT)
    store.reads = 0
    return store, recorder, known


def test_recorder_does_not_reread_a_known_log() -> None:
    store, recorder, known = opened()
    assert recorder.record(INCIDENT, again, known).event is not None
    assert store.reads == 0
    assert len(store.load(INCIDENT)) == len(known) + 1


def test_recorder_reads_a_log_that_has_grown_and_repeats_no_event() -> None:
    store, recorder, known = opened()
    first = recorder.record(INCIDENT, again).event
    assert recorder.record(INCIDENT, again, known).event is None
    assert store.load(INCIDENT)[len(known) :] == [first]


def test_recorder_appends_after_events_of_other_writers() -> None:
    store, recorder, known = opened()
    other = add(recorder, INCIDENT, EvidenceFrozen, **_frozen(known))
    event = recorder.record(INCIDENT, again, known).event
    assert store.load(INCIDENT)[len(known) :] == [other, event]


def _frozen(known: Sequence[IncidentEvent]) -> dict[str, object]:
    frozen = known[-1]
    assert isinstance(frozen, EvidenceFrozen)
    fields = set(EvidenceFrozen.model_fields) - set(IncidentOpened.model_fields)
    return {name: getattr(frozen, name) for name in fields} | {"round": 2}

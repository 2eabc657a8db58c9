"""The post-mortem is written and recorded once, and lacks only what cannot be read."""

from collections.abc import Sequence

import pytest

from functions.postmortem.receipt import Rates
from functions.postmortem.writer import PostMortemWriter
from quorum.application.recorder import Recorder
from quorum.domain.errors import (
    InvalidHistoryError,
    InvalidInputError,
    StoreUnavailableError,
)
from quorum.domain.events import PostMortemWritten
from quorum.ports.workflow import HistoryStep
from tests.builders.events import INCIDENT
from tests.builders.incident_logs import Log, resolved
from tests.builders.step_functions import History, InMemoryHistory
from tests.fakes.clock import CountingIds
from tests.fakes.event_store import LostResponses
from tests.fakes.evidence_store import InMemoryEvidenceStore

REQUEST = {"incident_id": INCIDENT, "execution_arn": "arn:aws:states:execution"}
KEY = f"post-mortems/{INCIDENT}.md"


class NoHistory:
    """An unavailable `ExecutionHistory`."""

    def steps(self, execution_arn: str) -> Sequence[HistoryStep]:
        raise StoreUnavailableError(execution_arn)


class NoPlace(InMemoryEvidenceStore):
    """An evidence store that cannot store a report."""

    def put_report(self, incident_id: str, markdown: str) -> tuple[str, str]:
        raise StoreUnavailableError(f"{incident_id}: {len(markdown)} characters")


def writer(log: Log, **other: object) -> PostMortemWriter:
    history = History()
    history.call("evidence", 0, 1)
    wired = {
        "recorder": log.recorder,
        "evidence": log.evidence,
        "history": InMemoryHistory(history.steps),
        "rates": Rates(memory={"evidence": 512}),
    }
    return PostMortemWriter(**{**wired, **other})  # type: ignore[arg-type]


def text(log: Log) -> str:
    return log.evidence.objects[KEY].decode()


def test_write_stores_and_records_the_report_with_digest_and_cost() -> None:
    log = resolved()

    written = writer(log).write(REQUEST)

    assert written.key == KEY
    assert (KEY, written.content) == log.evidence.put_report(INCIDENT, text(log))
    assert written.cost_microdollars > 50
    assert log.facts(PostMortemWritten) == [written]
    assert "# Post-mortem: `shop-checkout-errors`" in text(log)
    assert "| 1 function call | $0.000000 |" in text(log)


def test_write_retried_changes_neither_report_nor_log() -> None:
    log = resolved()
    first = writer(log).write(REQUEST)
    report = text(log)

    assert writer(log, history=NoHistory()).write(REQUEST) == first
    assert text(log) == report
    assert len(log.facts(PostMortemWritten)) == 1


def test_write_after_a_crash_before_recording_writes_again() -> None:
    log = resolved()
    store = LostResponses(log.store)
    recorder = Recorder(store, now=log.clock, new_id=CountingIds("x"))

    with pytest.raises(StoreUnavailableError):
        writer(log, recorder=recorder).write(REQUEST)

    assert writer(log).write(REQUEST).key == KEY
    assert len(log.facts(PostMortemWritten)) == 1


def test_write_without_the_history_has_an_unknown_cost() -> None:
    log = resolved()

    writer(log, history=NoHistory()).write(REQUEST)

    assert "| State transitions: unknown | unknown |" in text(log)
    assert "Part of the cost is unknown" in text(log)


def test_write_without_the_evidence_names_the_gap() -> None:
    log = resolved()
    empty = InMemoryEvidenceStore()

    writer(log, evidence=empty).write(REQUEST)

    assert b"could not be read again" in empty.objects[KEY]


def test_write_that_cannot_store_records_nothing() -> None:
    log = resolved()

    with pytest.raises(StoreUnavailableError):
        writer(log, evidence=NoPlace()).write(REQUEST)

    assert log.facts(PostMortemWritten) == []


def test_write_refuses_an_inconsistent_log() -> None:
    log, forged = resolved(), Log()
    for event in log.events:
        changed = {"reason": "forged"} if event.type == "DecisionMade" else {}
        forged.store.append(event.model_copy(update=changed))

    with pytest.raises(InvalidHistoryError):
        writer(forged, evidence=log.evidence).write(REQUEST)


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        ({"incident_id": "x", "execution_arn": "a"}, "incident_id"),
        ({"incident_id": INCIDENT}, "execution_arn"),
        ({"incident_id": "f" * 32, "execution_arn": "a"}, "incident_id"),
    ],
)
def test_write_names_a_wrong_field(request_: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidInputError, match=field):
        writer(resolved()).write(request_)

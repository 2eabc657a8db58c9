"""The report is written once and recorded once, and lacks only what cannot be read."""

from collections.abc import Sequence

import pytest

from functions.postmortem.receipt import Rates
from functions.postmortem.write import Desk, write
from quorum.application.recorder import Recorder
from quorum.domain.errors import (
    InvalidHistoryError,
    InvalidInputError,
    StoreUnavailableError,
)
from quorum.domain.events import PostMortemWritten
from quorum.ports.workflow import HistoryStep
from tests.fakes.clock import CountingIds
from tests.fakes.event_store import LostResponses
from tests.fakes.evidence_store import InMemoryEvidenceStore
from tests.unit.narrative.stories import INCIDENT, Log, resolved
from tests.unit.postmortem.histories import History, InMemoryHistory

REQUEST = {"incident_id": INCIDENT, "execution_arn": "arn:aws:states:execution"}
KEY = f"post-mortems/{INCIDENT}.md"


class NoHistory:
    """An `ExecutionHistory` that does not answer."""

    def steps(self, execution_arn: str) -> Sequence[HistoryStep]:
        raise StoreUnavailableError(execution_arn)


class NoPlace(InMemoryEvidenceStore):
    """An evidence store that takes no report."""

    def put_report(self, incident_id: str, markdown: str) -> tuple[str, str]:
        raise StoreUnavailableError(f"{incident_id}: {len(markdown)} characters")


def desk(log: Log, **other: object) -> Desk:
    history = History()
    history.call("evidence", 0, 1)
    wired = {
        "recorder": log.recorder,
        "evidence": log.evidence,
        "history": InMemoryHistory(history.steps),
        "rates": Rates(memory={"evidence": 512}),
    }
    return Desk(**{**wired, **other})  # type: ignore[arg-type]


def text(log: Log) -> str:
    return log.evidence.objects[KEY].decode()


def test_the_report_is_stored_and_recorded_with_its_digest_and_cost() -> None:
    log = resolved()

    written = write(REQUEST, desk(log))

    assert written.key == KEY
    assert (KEY, written.content) == log.evidence.put_report(INCIDENT, text(log))
    assert written.cost_microdollars > 50
    assert log.facts(PostMortemWritten) == [written]
    assert "# Post-mortem: `shop-checkout-errors`" in text(log)
    assert "| 1 function call | $0.000000 |" in text(log)


def test_a_retried_call_changes_neither_report_nor_log() -> None:
    log = resolved()
    first = write(REQUEST, desk(log))
    report = text(log)

    assert write(REQUEST, desk(log, history=NoHistory())) == first
    assert text(log) == report
    assert len(log.facts(PostMortemWritten)) == 1


def test_a_crash_before_the_fact_writes_the_report_again() -> None:
    log = resolved()
    store = LostResponses(log.store)
    recorder = Recorder(store, now=log.clock, new_id=CountingIds("x"))

    with pytest.raises(StoreUnavailableError):
        write(REQUEST, desk(log, recorder=recorder))

    assert write(REQUEST, desk(log)).key == KEY
    assert len(log.facts(PostMortemWritten)) == 1


def test_without_the_history_the_report_is_written_and_its_cost_is_partly_not_known() -> None:
    log = resolved()

    write(REQUEST, desk(log, history=NoHistory()))

    assert "| State transitions: not known | not known |" in text(log)
    assert "A part of the cost is not known" in text(log)


def test_without_the_evidence_the_report_is_written() -> None:
    log = resolved()
    empty = InMemoryEvidenceStore()

    write(REQUEST, desk(log, evidence=empty))

    assert b"could not be read again" in empty.objects[KEY]


def test_without_a_place_for_the_report_nothing_is_recorded() -> None:
    log = resolved()

    with pytest.raises(StoreUnavailableError):
        write(REQUEST, desk(log, evidence=NoPlace()))

    assert log.facts(PostMortemWritten) == []


def test_a_log_that_contradicts_itself_has_no_report() -> None:
    log, forged = resolved(), Log()
    for fact in log.events:
        changed = {"reason": "forged"} if fact.type == "DecisionMade" else {}
        forged.store.append(fact.model_copy(update=changed))

    with pytest.raises(InvalidHistoryError):
        write(REQUEST, desk(forged, evidence=log.evidence))


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        ({"incident_id": "x", "execution_arn": "a"}, "incident_id"),
        ({"incident_id": INCIDENT}, "execution_arn"),
        ({"incident_id": "f" * 32, "execution_arn": "a"}, "incident_id"),
    ],
)
def test_a_wrong_request_names_the_field(request_: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidInputError, match=field):
        write(request_, desk(resolved()))

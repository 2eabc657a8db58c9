"""The fold takes a log that is whole, and nothing else."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorum.domain.errors import InvalidHistoryError
from quorum.domain.events import GENESIS, IncidentEvent, event_digest
from quorum.domain.incident import replay
from tests.builders.event_contents import OPENED
from tests.builders.events import OTHER
from tests.builders.histories import bodies, chain, histories


def changed(event: IncidentEvent, **fields: Any) -> IncidentEvent:
    return event.model_copy(update=fields)


@given(histories())
def test_a_whole_history_replays_to_its_head(history: list[IncidentEvent]) -> None:
    incident = replay(history)

    assert incident.version == len(history)
    assert incident.head == event_digest(history[-1])


@given(histories(least=1), st.data())
def test_fold_accepts_only_the_next_version(history: list[IncidentEvent], data: Any) -> None:
    at = data.draw(st.integers(1, len(history) - 1))
    wrong = data.draw(st.integers(1, 20).filter(lambda version: version != at + 1))

    with pytest.raises(InvalidHistoryError):
        replay([*history[:at], changed(history[at], version=wrong)])


@given(histories(least=1), st.data())
def test_a_rewritten_event_is_detected(history: list[IncidentEvent], data: Any) -> None:
    at = data.draw(st.integers(0, len(history) - 2))
    history[at] = changed(history[at], event_id="rewritten")

    with pytest.raises(InvalidHistoryError):
        replay(history)


@given(histories(least=1), st.data())
def test_an_omitted_event_is_detected(history: list[IncidentEvent], data: Any) -> None:
    at = data.draw(st.integers(0, len(history) - 2))
    del history[at]

    with pytest.raises(InvalidHistoryError):
        replay(history)


@given(histories(least=1), st.data())
def test_an_omitted_event_with_renumbering_is_detected(
    history: list[IncidentEvent], data: Any
) -> None:
    at = data.draw(st.integers(1, len(history) - 1))
    left = history[:at] + [changed(f, version=f.version - 1) for f in history[at + 1 :]]
    if len(left) == at:
        return

    with pytest.raises(InvalidHistoryError):
        replay(left)


@given(histories(least=2), st.data())
def test_reordered_events_are_detected(history: list[IncidentEvent], data: Any) -> None:
    shuffled = data.draw(st.permutations(history).filter(lambda other: other != history))

    with pytest.raises(InvalidHistoryError):
        replay(shuffled)


@given(histories(least=1), st.data())
def test_an_event_of_another_incident_is_detected(history: list[IncidentEvent], data: Any) -> None:
    at = data.draw(st.integers(1, len(history) - 1))
    history[at] = changed(history[at], incident_id=OTHER)

    with pytest.raises(InvalidHistoryError, match=OTHER):
        replay(history)


@given(bodies())
def test_a_history_that_does_not_open_the_incident_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(InvalidHistoryError):
        replay(chain([body]))


def test_an_incident_is_opened_once() -> None:
    with pytest.raises(InvalidHistoryError, match="twice"):
        replay(chain([OPENED, OPENED]))


def test_an_empty_history_is_refused() -> None:
    with pytest.raises(InvalidHistoryError, match="without events"):
        replay([])


@pytest.mark.parametrize("change", [{"version": 2}, {"previous": "f" * 64}])
def test_a_history_without_its_first_event_is_refused(change: dict[str, Any]) -> None:
    (opened,) = chain([OPENED])
    assert opened.previous == GENESIS

    with pytest.raises(InvalidHistoryError):
        replay([changed(opened, **change)])

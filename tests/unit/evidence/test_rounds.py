"""Each round has one bundle, recorded once."""

from typing import Any

import pytest

from functions.evidence.parallel_calls import ParallelCalls
from quorum.domain.errors import (
    InvalidHistoryError,
    InvalidInputError,
    StoreUnavailableError,
)
from quorum.domain.events import EvidenceFrozen
from quorum.domain.evidence import Bundle
from tests.builders.events import INCIDENT
from tests.builders.incidents import execution
from tests.builders.shop import Shop
from tests.builders.topology import FAULT, FRONT

OURS = execution(
    incident_id="f" * 32,
    resource=FRONT,
    started_at=float(FAULT),
    written={"alias_version": "4"},
)


def test_evidence_event_has_the_bundles_digest_and_gaps() -> None:
    shop = Shop()
    shop.logs.error = StoreUnavailableError("logs are down")
    bundle = shop.bundle()
    fact = shop.frozen()
    assert fact.sources == bundle.sources
    assert fact.candidates == bundle.candidates
    assert [g.name for g in bundle.gaps()] == ["logs"]


def test_retried_round_returns_the_recorded_evidence_and_reads_no_source() -> None:
    shop = Shop()
    shop.open()
    request = {"incident_id": INCIDENT, "round": 1}
    first = shop.freezer().freeze(request)
    shop.release("front", "4")
    shop.clock.advance(5)
    for source in (shop.metrics, shop.logs, shop.states, shop.topology):
        source.error = StoreUnavailableError("must not be asked")
    assert shop.freezer().freeze(request) == first
    assert len(shop.store.load(INCIDENT)) == 2
    assert len(shop.evidence.objects) == 1


def test_concurrent_rounds_both_return_the_first_recorded_evidence() -> None:
    shop = Shop()
    shop.open()
    request = {"incident_id": INCIDENT, "round": 1}
    slow = shop.freezer()
    put = shop.evidence.put_bundle
    others: list[Any] = []

    def overtaken(bundle: Bundle) -> tuple[str, str]:
        if not others:
            others.append(None)
            shop.clock.advance(1)
            others[0] = shop.freezer().freeze(request)
        return put(bundle)

    shop.evidence.put_bundle = overtaken  # type: ignore[method-assign]
    assert slow.freeze(request) == others[0]
    events = [f for f in shop.store.load(INCIDENT) if isinstance(f, EvidenceFrozen)]
    assert [f.evidence for f in events] == [others[0].evidence]


def test_second_round_has_its_own_evidence() -> None:
    shop = Shop()
    shop.bundle()
    shop.release("front", "4")
    second = shop.bundle(round_=2)
    assert second.round == 2
    assert shop.frozen(1).evidence != shop.frozen(2).evidence
    assert second.changes


@pytest.mark.parametrize(
    "event", [{}, {"incident_id": "x", "round": 1}, {"incident_id": INCIDENT, "round": 0}]
)
def test_invalid_request_error_names_the_field(event: dict[str, Any]) -> None:
    with pytest.raises(InvalidInputError, match="request fields"):
        Shop().freezer().freeze(event)


def test_an_unknown_incident_is_an_error() -> None:
    with pytest.raises(InvalidHistoryError):
        Shop().freezer().freeze({"incident_id": INCIDENT, "round": 1})


def test_two_faults_at_once_are_recorded_for_the_decision() -> None:
    one, two = Shop(), Shop()
    one.release("front", "4")
    two.release("front", "4", failing=2.0)
    two.release("back", "8", failing=1.0)
    one.bundle()
    two.bundle()
    assert [shop.frozen().second_fault for shop in (one, two)] == [False, True]


def test_threads_are_released_after_every_round() -> None:
    class Watched(ParallelCalls):
        def close(self) -> None:
            closed.append(True)
            super().close()

    closed: list[bool] = []
    shop = Shop()
    shop.calls = Watched
    shop.bundle()
    shop.calls = lambda: Watched(budget=-1)
    shop.bundle(round_=2)
    assert closed == [True, True]


def test_an_action_that_was_undone_is_evidence_and_no_candidate_of_the_next_round() -> None:
    shop = Shop()
    shop.release("front", "4")
    first = shop.bundle()
    undone, *others = first.candidates
    act = execution(action=undone.id, resource=undone.resource)
    for fence in (act, act.model_copy(update={"operation": "undo"})):
        shop.ledger.fence(fence)

    second = shop.bundle(round_=2)

    assert [(one.action, one.result) for one in second.tried] == [(undone.id, "undone")]
    assert [candidate.id for candidate in second.candidates] == [one.id for one in others]
    assert first.tried == ()


def test_an_action_in_force_is_evidence_too() -> None:
    shop = Shop()
    shop.open()
    shop.ledger.fence(execution())

    assert [one.result for one in shop.bundle(round_=2).tried] == ["kept"]

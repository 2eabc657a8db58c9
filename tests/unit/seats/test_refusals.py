"""A seat's refusals: no ballot is ever about another request than the seat's own."""

from dataclasses import replace
from typing import Any

import pytest

from quorum.domain.errors import InvalidHistoryError, InvalidInputError
from quorum.domain.votes import HEALTHY, Opinion
from tests.builders.seats import SEAT, Table
from tests.fakes.ballot_box import InMemoryBallotBox
from tests.simulation.scenarios import bad_release

BUNDLE = bad_release(1).bundle()
FIRST, SECOND = BUNDLE.candidates[0].id, BUNDLE.candidates[1].id


def sure(action: str, probability: float = 0.9) -> Opinion:
    return Opinion(probabilities={action: probability}, none=0.05, reason="because")


@pytest.mark.parametrize(
    "changed",
    [{"evidence": "f" * 64}, {"incident": "f" * 32}, {"seat": "detection-signature"}, {"round": 2}],
)
def test_stored_ballot_of_another_request_is_refused(changed: dict[str, Any]) -> None:
    table = Table(BUNDLE, sure(FIRST))
    table.seating.answer(table.request())
    ballot = table.box.read(SEAT, BUNDLE.incident_id, 1).ballot
    assert ballot is not None
    forged = ballot.model_copy(update={"vote": ballot.vote.model_copy(update=changed)})
    box = InMemoryBallotBox()
    box._ballots[SEAT, BUNDLE.incident_id, 1] = forged
    with pytest.raises(InvalidHistoryError, match="another"):
        replace(table.seating, box=box).answer(table.request())


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"seat": "diagnosis-model"}, "seat"),
        ({"tier": "change-onset"}, "tier"),
        ({"round": 0}, "round"),
        ({"round": 2}, "round"),
        ({"incident_id": "x"}, "incident_id"),
        ({"more": 1}, "more"),
    ],
)
def test_invalid_request_error_names_the_field(wrong: dict[str, Any], field: str) -> None:
    table = Table(BUNDLE, sure(FIRST))
    with pytest.raises(InvalidInputError, match=field):
        table.seating.answer(table.request(**wrong))
    assert table.thoughts == 0


def test_evidence_that_was_tampered_with_is_refused() -> None:
    table = Table(BUNDLE, sure(FIRST))
    table.evidence.objects[table.frozen.key] += b" "
    with pytest.raises(InvalidHistoryError):
        table.seating.answer(table.request())


@pytest.mark.parametrize("changed", [{"incident_id": "f" * 32}, {"round": 2}], ids=str)
def test_evidence_of_another_incident_or_round_is_refused(changed: dict[str, Any]) -> None:
    """A genuine bundle of another incident, named by a forged event of this one."""
    table = Table(BUNDLE, sure(FIRST))
    foreign = BUNDLE.model_copy(update=changed)
    key, digest = table.evidence.put_bundle(foreign)
    event = table.frozen.model_copy(update={"evidence": digest, "key": key})
    seating = replace(table.seating, frozen_rounds={(BUNDLE.incident_id, 1): event})

    with pytest.raises(InvalidHistoryError, match="the evidence belongs to"):
        seating.answer(table.request())
    assert table.box.read(SEAT, BUNDLE.incident_id, 1).ballot is None


@pytest.mark.parametrize(
    "opinion",
    [
        sure("lambda.rollback_alias:000000000000"),
        Opinion(probabilities={FIRST: 0.7, SECOND: 0.7}, reason=""),
        Opinion(probabilities={FIRST: -0.1}, reason=""),
        Opinion(probabilities={FIRST: float("nan")}, reason=""),
        Opinion(probabilities={FIRST: 0.7}, none=0.6, reason=""),
    ],
)
def test_an_opinion_that_is_no_distribution_over_the_listed_is_refused(opinion: Opinion) -> None:
    table = Table(BUNDLE, opinion)
    with pytest.raises(InvalidInputError, match="opinion"):
        table.seating.answer(table.request())
    assert table.box.read(SEAT, BUNDLE.incident_id, 1).ballot is None


def test_only_detection_may_vote_for_health() -> None:
    table = Table(BUNDLE, sure(HEALTHY))
    assert table.seating.answer(table.request())["action"] == HEALTHY
    other = replace(table.seating, seat="resolution-policy", methods={"policy-rules": table.think})
    with pytest.raises(InvalidInputError, match="opinion"):
        other.answer(table.request(seat="resolution-policy", tier="policy-rules"))

"""A seat that contradicts itself is suspended by its own signatures, and by nothing else."""

from typing import Any

import pytest

from functions.learning.equivocation_review import EquivocationReview
from quorum.application.equivocation import Suspensions
from quorum.domain.events import SeatEquivocated
from quorum.domain.votes import Vote
from tests.builders.events import add
from tests.builders.incident_logs import Log
from tests.builders.people import lifted
from tests.builders.streams import published
from tests.fakes import InMemoryControls, InMemoryVerifier, sealed
from tests.fakes.control_log import InMemoryControlLog

SEAT = "diagnosis-change"


class Scene:
    """An incident with an event about a seat that signed two votes."""

    def __init__(self, signer: str = SEAT, seat: str = SEAT, **changed: Any) -> None:
        self.log = Log().open()
        self.controls, self.control_log = InMemoryControls(), InMemoryControlLog()
        texts = [
            sealed(Vote(**{**self._vote(seat), "conf_bp": conf, **changed}), signer)
            for conf in (8000, 9000)
        ]
        proof = (texts[0], texts[1])
        add(
            self.log.recorder,
            self.log.incident_id,
            SeatEquivocated,
            seat=SEAT,
            round=1,
            proof=proof,
        )

    def _vote(self, seat: str) -> dict[str, Any]:
        return {
            "incident": self.log.incident_id,
            "round": 1,
            "evidence": "e" * 64,
            "seat": seat,
            "action": "lambda.rollback_alias:" + "0" * 32,
            "exp": 1,
        }

    def review(self) -> list[str]:
        suspensions = Suspensions(self.controls, self.control_log)
        reviewer = EquivocationReview(
            self.log.store, suspensions, InMemoryVerifier(), self.log.clock
        )
        return reviewer.review(published(self.log.events)[-1])


def test_review_suspends_an_equivocating_seat_with_the_proof() -> None:
    scene = Scene()

    assert scene.review() == [SEAT]

    held = scene.controls.suspended()[SEAT]
    assert len(held.proof) == 2
    assert held.since == scene.log.clock.now.timestamp()


@pytest.mark.parametrize(
    "scene",
    [
        Scene(signer="another signer"),
        Scene(seat="diagnosis-model", signer="diagnosis-model"),
        Scene(incident="f" * 32),
        Scene(round=2),
        Scene(conf_bp=8000),
    ],
    ids=["not its signature", "another seat", "another incident", "another round", "one vote"],
)
def test_review_ignores_an_event_without_a_valid_proof(scene: Scene) -> None:
    assert scene.review() == []
    assert scene.controls.suspended() == {}


def test_review_keeps_a_reinstated_seat_when_the_event_repeats() -> None:
    scene = Scene()
    scene.review()
    scene.control_log.append(lifted(SEAT, scene.controls.suspended()[SEAT].mark()))

    scene.review()

    assert Suspensions(scene.controls, scene.control_log).in_force() == {}

"""Dismissal needs an explicit *healthy* from both detection seats, on complete evidence."""

from typing import Any

import pytest

from quorum.domain.evidence import Source
from quorum.domain.votes import HEALTHY
from tests.builders.candidates import ROLLBACK
from tests.builders.consensus import DETECTION, Round

METRICS = Source(name="metrics", status="ok")


def test_dismissal_needs_both_detection_seats_and_complete_evidence() -> None:
    round_ = Round()
    round_.healthy()

    made = round_.decide()

    assert (made.route, made.action, made.level) == ("dismiss", None, None)


def test_dismissal_names_the_best_action_for_the_case_that_the_alarm_stays() -> None:
    round_ = Round()
    round_.all_vote(ROLLBACK.id, 3000, but=DETECTION)
    round_.healthy()

    made = round_.decide()

    assert (made.route, made.action, made.score_bp) == ("dismiss", ROLLBACK.id, 2400)


def test_dismissal_names_no_action_without_an_opt_in() -> None:
    round_ = Round(rules=())
    round_.all_vote(ROLLBACK.id, 3000, but=DETECTION)
    round_.healthy()

    made = round_.decide()

    assert (made.route, made.action) == ("dismiss", None)
    assert (ROLLBACK.id, 2400) in made.ranking


@pytest.mark.parametrize("silent", DETECTION)
def test_abstention_is_no_vote_for_dismissal(silent: str) -> None:
    round_ = Round()
    round_.healthy()
    round_.vote(silent, None)

    assert round_.decide().route == "escalate"


@pytest.mark.parametrize("silent", DETECTION)
def test_silent_seat_is_no_vote_for_dismissal(silent: str) -> None:
    round_ = Round()
    (other,) = (name for name in DETECTION if name != silent)
    round_.vote(other, HEALTHY)

    assert round_.decide().route == "escalate"


def test_healthy_vote_without_confidence_is_no_vote_for_dismissal() -> None:
    round_ = Round()
    round_.healthy(0)

    assert round_.decide().route == "escalate"


@pytest.mark.parametrize(
    "setup",
    [
        {"sources": (METRICS, Source(name="logs", status="failed"))},
        {"sources": (METRICS, Source(name="changes", status="stale"))},
        {"sources": (Source(name="metrics", status="stale"),)},
        {"sources": (Source(name="metrics", status="absent"),)},
        {"sources": ()},
        {"second_fault": True},
        {"flapping": True},
    ],
)
def test_gaps_second_faults_and_flapping_forbid_dismissal(setup: dict[str, Any]) -> None:
    round_ = Round(**setup)
    round_.healthy()

    assert round_.decide().route == "escalate"


def test_unconfigured_source_does_not_forbid_dismissal() -> None:
    round_ = Round(sources=(METRICS, Source(name="traces", status="absent")))
    round_.healthy()

    assert round_.decide().route == "dismiss"


def test_quorum_for_an_action_precedes_dismissal() -> None:
    round_ = Round()
    round_.all_vote(ROLLBACK.id, 10_000, but=DETECTION)
    round_.healthy()

    made = round_.decide()

    assert made.score_bp == 8000
    assert made.route == "execute"


def test_seats_outside_detection_cannot_dismiss() -> None:
    round_ = Round()
    round_.healthy()
    round_.vote("diagnosis-change", HEALTHY)

    made = round_.decide()

    assert [(s.seat, s.reason) for s in made.silent if s.seat == "diagnosis-change"] == [
        ("diagnosis-change", f"invalid vote: it is for an unknown action: {HEALTHY}")
    ]

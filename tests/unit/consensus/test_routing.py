"""Routes of a round, and the doubts that prevent autonomy."""

from typing import Any

import pytest

from quorum.domain.evidence import Source, Spread, Vanished
from quorum.domain.votes import HEALTHY
from tests.builders.candidates import RAISE, REDRIVE, ROLLBACK
from tests.builders.consensus import DETECTION, Round
from tests.fakes.clock import FakeClock

ONE_CALLER = Spread(
    resource="lambda:checkout",
    field="client_id",
    failing=90,
    most=80,
    callers_before=9,
    before=100,
    most_before=1,
)
FAILED_LOGS = (Source(name="metrics", status="ok"), Source(name="logs", status="failed"))
GONE = Vanished(resource="ssm:/shop/limit", last_seen=int(FakeClock()().timestamp()) - 300)
OLD = GONE.model_copy(update={"last_seen": int(FakeClock()().timestamp()) - 2 * 86_400})
MUCH_MISSING = (Source(name="metrics", status="failed"), Source(name="logs", status="failed"))


def test_quorum_for_an_autonomous_action_is_executed() -> None:
    round_ = Round()
    round_.all_vote(ROLLBACK.id, 8000)

    made = round_.decide()

    assert (made.route, made.action, made.score_bp, made.level) == (
        "execute",
        ROLLBACK.id,
        8000,
        None,
    )
    assert made.ranking == ((ROLLBACK.id, 8000),)


@pytest.mark.parametrize(
    ("setup", "why"),
    [
        ({"flapping": True}, "flapping"),
        ({"storm": True}, "alarm storm"),
        ({"second_fault": True}, "two independent faults"),
        ({"sources": MUCH_MISSING}, "too much evidence"),
        ({"vanished": (GONE,)}, "ssm:/shop/limit existed before and does not exist any more"),
        ({"spread": (ONE_CALLER,)}, "80 of 90 failing requests come from one client_id"),
    ],
)
def test_doubt_replaces_autonomy_by_approval(setup: dict[str, Any], why: str) -> None:
    round_ = Round(**setup)
    round_.all_vote(ROLLBACK.id)

    made = round_.decide()

    assert (made.route, made.action, made.level) == ("approve", ROLLBACK.id, "senior_sre")
    assert why in made.reason


def test_resource_that_vanished_long_before_the_onset_keeps_autonomy() -> None:
    round_ = Round(vanished=(OLD, OLD.model_copy(update={"last_seen": None})))
    round_.all_vote(ROLLBACK.id)

    assert round_.decide().route == "execute"


def test_one_missing_source_keeps_autonomy() -> None:
    round_ = Round(sources=FAILED_LOGS)
    round_.all_vote(ROLLBACK.id)

    assert round_.decide().route == "execute"


def test_an_action_without_an_inverse_is_never_autonomous() -> None:
    round_ = Round()
    round_.all_vote(REDRIVE.id)

    made = round_.decide()

    assert made.route == "approve"
    assert "cannot be undone" in made.reason


def test_score_below_the_threshold_requests_approval_of_the_best_action() -> None:
    round_ = Round()
    round_.all_vote(ROLLBACK.id, 6999)

    made = round_.decide()

    assert (made.route, made.action, made.score_bp) == ("approve", ROLLBACK.id, 6999)
    assert (made.reason, made.level) == ("below the threshold", "senior_sre")


def test_score_equal_to_the_threshold_is_executed() -> None:
    round_ = Round()
    round_.all_vote(ROLLBACK.id, 7000)

    assert round_.decide().route == "execute"


def test_a_score_is_rounded_down() -> None:
    round_ = Round()
    round_.all_vote(ROLLBACK.id, 7000)
    round_.vote(DETECTION[0], ROLLBACK.id, 6999)

    made = round_.decide()

    assert (made.score_bp, made.route) == (6999, "approve")


def test_round_without_a_supported_action_is_escalated() -> None:
    made = Round().decide()

    assert (made.route, made.action, made.score_bp, made.level) == (
        "escalate",
        None,
        0,
        "senior_sre",
    )


def test_a_vote_without_confidence_supports_nothing() -> None:
    round_ = Round()
    round_.all_vote(ROLLBACK.id, 0)

    assert (round_.decide().route, round_.decide().action) == ("escalate", None)


@pytest.mark.parametrize(
    ("score", "route", "action"), [(1500, "approve", ROLLBACK.id), (1499, "escalate", None)]
)
def test_action_below_the_proposal_share_is_ranked_and_not_proposed(
    score: int, route: str, action: str | None
) -> None:
    round_ = Round()
    round_.all_vote(ROLLBACK.id, score)
    round_.vote(DETECTION[0], HEALTHY, 100)
    round_.vote(DETECTION[1], ROLLBACK.id, 2 * score)

    made = round_.decide()

    assert (made.route, made.action, made.level) == (route, action, "senior_sre")
    assert made.score_bp == (score if action else 0)
    assert dict(made.ranking)[ROLLBACK.id] == score
    assert ("no proposal stands out" in made.reason) == (action is None)


def test_dismissal_keeps_no_action_below_the_proposal_share() -> None:
    round_ = Round()
    round_.all_vote(ROLLBACK.id, 1500, but=DETECTION)
    for seat in DETECTION:
        round_.vote(seat, HEALTHY)

    made = round_.decide()

    assert (made.route, made.action, made.score_bp) == ("dismiss", None, 0)


def test_ranking_is_best_first() -> None:
    round_ = Round()
    round_.all_vote(RAISE.id, 5000, but=("diagnosis-change", *DETECTION))
    round_.vote("diagnosis-change", ROLLBACK.id)
    round_.vote(DETECTION[0], HEALTHY, 1000)

    made = round_.decide()

    assert made.ranking == ((RAISE.id, 3500), (ROLLBACK.id, 900), (HEALTHY, 100))
    assert (made.route, made.action, made.score_bp) == ("approve", RAISE.id, 3500)

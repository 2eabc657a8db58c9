"""Decisions in words, with score and threshold, and the table of votes."""

import pytest

from quorum.domain.events import DecisionMade, Route
from quorum.domain.votes import HEALTHY
from quorum.narrative import (
    Actions,
    actions,
    beside_the_quorum,
    best_voters,
    decision_words,
    missed_by,
    plain,
    seat_rows,
    share,
)
from tests.builders.candidates import RAISE, ROLLBACK
from tests.builders.incident_logs import Log, vote


def decided(**more: object) -> tuple[DecisionMade, Actions]:
    log = Log().open().freeze().decide(**more)
    return log.facts(DecisionMade)[0], actions(log.events)


@pytest.mark.parametrize(
    ("score", "missed"), [(7000, ""), (6999, "0.0001"), (6600, "0.04"), (0, "0.70"), (9000, "")]
)
def test_missed_by_is_exact(score: int, missed: str) -> None:
    decision, _ = decided(score_bp=score)

    assert missed_by(decision) == missed


@pytest.mark.parametrize(
    ("bp", "text"), [(0, "0.00"), (10_000, "1.00"), (6600, "0.66"), (6999, "0.6999"), (50, "0.005")]
)
def test_share_is_never_rounded(bp: int, text: str) -> None:
    assert share(bp) == text


@pytest.mark.parametrize(
    ("route", "action", "words"),
    [
        ("execute", ROLLBACK.id, "act automatically: Roll back checkout:live"),
        ("approve", ROLLBACK.id, "approval needed for: Roll back checkout:live"),
        ("dismiss", None, "dismissed if the alarm returns to OK. No action was scored"),
        ("dismiss", ROLLBACK.id, "Otherwise approval is requested for: Roll back checkout:live"),
        ("escalate", RAISE.id, "best supported action: Raise the reserved concurrency of prices"),
    ],
)
def test_decision_words_name_route_and_action(route: Route, action: str | None, words: str) -> None:
    decision, known = decided(route=route, action=action)

    assert words in plain(decision_words(decision, known))


@pytest.mark.parametrize("ranking", [(), ((HEALTHY, 1500),), ((ROLLBACK.id, 0),)])
def test_decision_words_without_support_name_no_action(ranking: object) -> None:
    decision, known = decided(route="escalate", action=None, score_bp=0, ranking=ranking)

    text = plain(decision_words(decision, known))

    assert "escalate to a person; the votes support no action. No action was scored" in text


def test_decision_words_show_the_best_of_what_does_not_stand_out() -> None:
    ranking = ((HEALTHY, 1500), (RAISE.id, 800), (ROLLBACK.id, 700))
    decision, known = decided(route="escalate", action=None, score_bp=0, ranking=ranking)

    text = plain(decision_words(decision, known))

    assert "no proposal stands out" in text
    assert "Raise the reserved concurrency of prices" in text
    assert "0.08 of 1.00 (proposed from 0.15)" in text
    assert "Roll back" not in text


def test_decision_words_give_the_reason_for_approval_above_the_threshold() -> None:
    decision, known = decided(route="approve", reason="role diagnosis is pivotal")

    text = plain(decision_words(decision, known))

    assert "Score 0.81 of 1.00 (threshold to act automatically: 0.70)." in text
    assert "Reason: “role diagnosis is pivotal”." in text
    assert "short" not in text


def test_decision_words_give_the_distance_to_the_threshold() -> None:
    decision, known = decided(route="escalate", score_bp=6600, level="senior_sre")

    text = plain(decision_words(decision, known))

    assert "Score 0.66 of 1.00 (threshold to act automatically: 0.70, 0.04 short)." in text
    assert "Escalation level: senior_sre." in text


def test_seat_rows_follow_the_seat_tables_order() -> None:
    decision, known = decided()

    rows = seat_rows(decision, known)

    assert [row.seat for row in rows] == [
        "detection-statistical",
        "detection-signature",
        "diagnosis-topology",
        "diagnosis-change",
        "diagnosis-history",
        "diagnosis-model",
        "prediction-forecast",
        "prediction-burnrate",
        "prediction-model",
        "resolution-policy",
    ]
    assert [row.role for row in rows].count("diagnosis") == 4


def test_seat_rows_have_action_method_confidence_reason_and_citations() -> None:
    cast = vote("diagnosis-model", RAISE.id, 4100, cites=("c1", "t1"), skipped=("model: gone",))
    decision, known = decided(votes=(cast,), silent=())

    [row] = seat_rows(decision, known)

    assert plain(row.action) == "Raise the reserved concurrency of prices from 2 to 4"
    assert (row.tier, row.conf_bp, row.cites, row.skipped) == (
        "model-diagnosis",
        4100,
        ("c1", "t1"),
        ("model: gone",),
    )
    assert row.reason.outsider == "model-diagnosis says so"


def test_seat_rows_distinguish_abstention_missing_vote_and_health() -> None:
    votes = (
        vote("detection-signature", HEALTHY, 9000),
        vote("diagnosis-change", None, 0),
        vote("a-seat-of-the-past", ROLLBACK.id, 1),
    )
    decision, known = decided(votes=votes)

    rows = {row.seat: (plain(row.action), row.conf_bp) for row in seat_rows(decision, known)}

    assert rows == {
        "detection-signature": ("dismiss: no fault found", 9000),
        "diagnosis-change": ("abstained", None),
        "diagnosis-history": ("no valid vote", None),
        "a-seat-of-the-past": ("Roll back checkout:live from version 4 to 3", 1),
    }
    assert [row.seat for row in seat_rows(decision, known)][-1] == "a-seat-of-the-past"


def test_beside_the_quorum_names_the_most_confident_seat_and_whether_it_differs() -> None:
    votes = (vote("diagnosis-change", RAISE.id, 9700), vote("diagnosis-model", ROLLBACK.id, 9000))
    decision, known = decided(votes=votes)

    text = plain(beside_the_quorum(decision, known))

    assert "diagnosis-change (change-onset) 0.97 for: Raise the reserved concurrency" in text
    assert "best action differs: Roll back checkout:live from version 4 to 3, score 0.81." in text


def test_best_voters_are_all_of_the_highest_confidence() -> None:
    votes = (vote("diagnosis-change", RAISE.id, 9000), vote("diagnosis-model", ROLLBACK.id, 9000))
    decision, known = decided(votes=votes)

    assert [best.seat for best in best_voters(decision)] == ["diagnosis-change", "diagnosis-model"]
    assert "diagnosis-model (model-diagnosis)" in plain(beside_the_quorum(decision, known))


def test_beside_the_quorum_without_a_vote_for_an_action() -> None:
    decision, known = decided(votes=(vote("diagnosis-change", None, 0),))

    assert best_voters(decision) == ()
    assert plain(beside_the_quorum(decision, known)).startswith("No seat voted")

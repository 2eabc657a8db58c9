"""The decision in words, with the score, the threshold, and the best single voter beside it."""

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
from tests.unit.narrative.stories import RAISE, ROLLBACK, Log, vote


def decided(**more: object) -> tuple[DecisionMade, Actions]:
    log = Log().open().freeze().decide(**more)
    return log.facts(DecisionMade)[0], actions(log.events)


@pytest.mark.parametrize(
    ("score", "missed"), [(7000, ""), (6999, "0.0001"), (6600, "0.04"), (0, "0.70"), (9000, "")]
)
def test_the_shortfall_is_exact(score: int, missed: str) -> None:
    decision, _ = decided(score_bp=score)

    assert missed_by(decision) == missed


@pytest.mark.parametrize(
    ("bp", "text"), [(0, "0.00"), (10_000, "1.00"), (6600, "0.66"), (6999, "0.6999"), (50, "0.005")]
)
def test_a_share_is_never_rounded(bp: int, text: str) -> None:
    assert share(bp) == text


@pytest.mark.parametrize(
    ("route", "action", "words"),
    [
        ("execute", ROLLBACK.id, "The quorum decided to act: Point checkout:live back"),
        ("approve", ROLLBACK.id, "A person has to approve: Point checkout:live back"),
        ("dismiss", None, "dismissed if the alarm goes back to OK. No action has a score"),
        ("dismiss", ROLLBACK.id, "If it does not, a person is asked about: Point checkout:live"),
        ("escalate", None, "A person has to decide; the votes support no action."),
        ("escalate", RAISE.id, "best supported: Raise the reserved concurrency of prices"),
    ],
)
def test_every_way_is_told(route: Route, action: str | None, words: str) -> None:
    decision, known = decided(route=route, action=action)

    assert words in plain(decision_words(decision, known))


def test_a_score_above_the_threshold_that_needs_a_person_says_why() -> None:
    decision, known = decided(route="approve", reason="role diagnosis is pivotal")

    told = plain(decision_words(decision, known))

    assert "Score 0.81 of 1.00; 0.70 is needed. Reason: “role diagnosis is pivotal”." in told


def test_the_table_has_every_seat_in_the_seat_tables_order() -> None:
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


def test_a_row_says_what_why_and_on_what_it_rests() -> None:
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


def test_abstentions_silences_and_health_are_told_apart() -> None:
    votes = (
        vote("detection-signature", HEALTHY, 9000),
        vote("diagnosis-change", None, 0),
        vote("a-seat-of-the-past", ROLLBACK.id, 1),
    )
    decision, known = decided(votes=votes)

    told = {row.seat: (plain(row.action), row.conf_bp) for row in seat_rows(decision, known)}

    assert told == {
        "detection-signature": ("dismiss: nothing is wrong", 9000),
        "diagnosis-change": ("abstained", None),
        "diagnosis-history": ("no answer that counts", None),
        "a-seat-of-the-past": ("Point checkout:live back from version 4 to 3", 1),
    }
    assert [row.seat for row in seat_rows(decision, known)][-1] == "a-seat-of-the-past"


def test_the_best_single_voter_stands_beside_the_quorum() -> None:
    votes = (vote("diagnosis-change", RAISE.id, 9700), vote("diagnosis-model", ROLLBACK.id, 9000))
    decision, known = decided(votes=votes)

    assert plain(beside_the_quorum(decision, known)) == (
        "Most confident alone: diagnosis-change by change-onset with 0.97 for: "
        "Raise the reserved concurrency of prices from 2 to 4. That is not the same as the "
        "quorum's best, Point checkout:live back from version 4 to 3, with score 0.81."
    )


def test_equally_confident_voters_are_all_named() -> None:
    votes = (vote("diagnosis-change", RAISE.id, 9000), vote("diagnosis-model", ROLLBACK.id, 9000))
    decision, known = decided(votes=votes)

    assert [best.seat for best in best_voters(decision)] == ["diagnosis-change", "diagnosis-model"]
    assert "diagnosis-model by model-diagnosis" in plain(beside_the_quorum(decision, known))


def test_without_a_choice_there_is_nobody_to_compare_with() -> None:
    decision, known = decided(votes=(vote("diagnosis-change", None, 0),))

    assert best_voters(decision) == ()
    assert plain(beside_the_quorum(decision, known)).startswith("No seat chose anything")

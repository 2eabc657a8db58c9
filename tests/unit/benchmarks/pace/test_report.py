"""Goals and tables from the counts per cell."""

from typing import Any

from benchmarks.pace.cells import AlarmShape, Cell
from benchmarks.pace.report import measured
from benchmarks.pace.run import Ballot, Outcome
from benchmarks.pace.table import Trial, calibration, healthy, row

CELL = Cell("total", 100.0, alarm=AlarmShape(3, 5), topology="pair")
RIGHT = Outcome(
    fired=200.0,
    decided="right",
    decision=38.0,
    effect=45.0,
    effect_right=True,
    verdict="recovered",
    verified=400.0,
    alarm_ok=300.0,
    first_message=10.0,
    score=0.8,
)
ASKED = RIGHT._replace(decided="asked", proposal_right=True, effect=200.0, why="below", score=0.6)
WRONG = Outcome(fired=200.0, decided="asked", effect=100.0, verdict="failed", undone=True)


def result(*rows: dict[str, Any], acted: int = 0) -> dict[str, Any]:
    counts = {"runs": 3000, "acted": acted, "fired": 1, "asked": 0, "dismissed": 0}
    return {
        "cells": list(rows),
        "healthy": {**counts, "kinds": {"noise": counts}},
        "calibration": [],
    }


def goals(found: dict[str, Any]) -> dict[str, tuple[float, bool]]:
    return {goal.what: (goal.measured, goal.met) for goal in measured(found).goals}


def test_a_cell_counts_what_was_decided_and_what_became_of_it() -> None:
    undone = ASKED._replace(verdict="failed", undone=True, verified=None)
    trials = [
        Trial(RIGHT, RIGHT, WRONG),
        Trial(ASKED, ASKED, WRONG._replace(undone=False)),
        Trial(ASKED, undone, None),
        Trial(Outcome(), Outcome(), None),
    ]
    found = row(CELL, trials)
    names = ("runs", "right", "asked", "wrong", "undone_right", "unverified_right", "kept_wrong")
    assert [found[name] for name in names] == [4, 1, 2, 0, 1, 0, 1]
    assert (found["decision_s"], found["recovered_s"]) == (38.0, 400.0)
    assert found["floor"] == {"alarm_s": 200.0, "ok_s": 300.0}
    more = found["more"]
    assert (more["acted_right"], more["acted_wrong"], more["no_alarm"]) == (3, 2, 1)
    assert (more["right_in_time"], more["asked_right"], more["why"]) == (1, 2, "below")


def test_a_decision_after_two_periods_is_not_in_time() -> None:
    late = RIGHT._replace(decision=121.0)
    assert row(CELL, [Trial(late, late, None)])["more"]["right_in_time"] == 0


def test_the_goals_are_shares_over_their_cells() -> None:
    good = row(CELL, [Trial(RIGHT, RIGHT, None)] * 19, "goal")
    bad = row(CELL, [Trial(ASKED, ASKED, None)], "goal")
    within = "% of total failures decided right within two periods, >= 10 requests/min"
    assert goals(result(good, bad))[within] == (95.0, True)
    assert goals(result(good, bad, bad))[within][1] is False
    assert goals(result(good, acted=1))["runs without a fault that acted"] == (1, False)


def test_the_worst_kind_is_a_goal_of_its_own() -> None:
    good = row(CELL, [Trial(RIGHT, RIGHT, None)] * 99, "goal")
    bad = row(CELL._replace(rate=CELL.rate + 1), [Trial(ASKED, ASKED, None)], "goal")
    worst = "the same in the worst of its kinds (alarm, topology, requests/min)"
    assert goals(result(good, good))[worst] == (100.0, True)
    assert goals(result(good, bad))[worst] == (0.0, False)


def test_throttled_sources_cost_the_difference_of_the_scores() -> None:
    plain = row(CELL, [Trial(RIGHT, RIGHT, None)], "sources")
    low = RIGHT._replace(score=0.65)
    throttled = row(CELL._replace(throttled=True), [Trial(low, low, None)], "sources")
    assert goals(result(plain, throttled))["score lost to throttled sources"] == (0.15, False)


def test_misses_are_listed_with_the_most_common_reason() -> None:
    bad = row(CELL, [Trial(ASKED, ASKED, None)], "goal")
    (table,) = [t for t in measured(result(bad)).tables if t.title == "Misses"]
    (missed,) = table.rows
    assert missed["reason"] == "below"
    assert "0/1 in time" in str(missed["missed"])


def test_twins_are_counted_by_kind() -> None:
    acted, quiet = Outcome(fired=1.0, decided="wrong"), Outcome()
    cell = CELL._replace(fault="none", twin="load")
    found = healthy([(cell, [Trial(acted, acted, None), Trial(quiet, quiet, None)])])
    assert (found["runs"], found["acted"], found["fired"]) == (2, 1, 1)
    assert found["kinds"]["load"]["runs"] == 2


def test_calibration_compares_confidence_with_how_often_it_was_right() -> None:
    votes = (
        Ballot("a", 0.9, right=True),
        Ballot("a", 0.92, right=False),
        Ballot("b", 0.5, right=True),
    )
    alone = RIGHT._replace(ballots=votes)
    found = {(r["seat"], r["confidence from"]): r for r in calibration([Trial(alone, alone, None)])}
    assert found["a", 0.9]["right"] == 0.5
    assert found["a", 0.9]["brier"] == round((0.01 + 0.92**2) / 2, 3)
    assert found["all seats", 0.4]["votes"] == 1

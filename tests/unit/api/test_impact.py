"""Figures over many incidents: definitions, values, and the minimum number of cases."""

from datetime import timedelta
from typing import Any

import pytest

from functions.api.console.calibration import calibration
from functions.api.console.figures import ENOUGH, cost, shares, times
from quorum.domain.incident_view import IncidentView
from quorum.domain.memories import SeatOutcome
from tests.fakes.clock import START


def view(n: int, **details: Any) -> IncidentView:
    fields = {"outcome": "resolved", "fired_at": at(0), "acted": False, **details}
    return IncidentView(
        incident_id=f"{n:032x}", version=9, status="closed", opened_at=START, details=fields
    )


def at(seconds: float) -> str:
    return (START + timedelta(seconds=seconds)).isoformat()


def test_times_are_medians_from_the_alarm_with_the_ninetieth_percentile() -> None:
    views = [view(n, decided_at=at(10 * (n + 1)), answered_at=None) for n in range(9)]

    acknowledge, decide, recover = times(views)
    assert (decide.value, decide.cases, decide.detail) == ("50 s", 9, "90% within 1 min 22 s")
    assert (acknowledge.value, acknowledge.cases) == (None, 0)
    assert recover.value is None


@pytest.mark.parametrize(("cases", "value"), [(ENOUGH - 1, None), (ENOUGH, "40 s")])
def test_a_figure_needs_enough_cases(cases: int, value: str | None) -> None:
    figure = times([view(n, recovered_at=at(40)) for n in range(cases)])[2]

    assert (figure.value, figure.cases) == (value, cases)


def test_shares_count_the_incidents_of_their_definition() -> None:
    views = [
        *(view(n, acted=True, autonomous=n < 3, undone=n == 4) for n in range(5)),
        *(view(9 + n, outcome="dismissed") for n in range(2)),
        view(20, outcome="escalated"),
    ]

    found = {figure.name: (figure.value, figure.detail) for figure in shares(views)}
    assert found == {
        "Autonomous": ("60%", "3 of 5"),
        "Undone": ("20%", "1 of 5"),
        "Escalated": ("12%", "1 of 8"),
        "False alarms": ("25%", "2 of 8"),
    }


def test_unknown_costs_are_left_out_of_the_median() -> None:
    costs = [None, 1000, 2000, 3000, 4000, 50_000]
    figure = cost([view(n, cost_microdollars=c) for n, c in enumerate(costs)])

    assert (figure.value, figure.cases, figure.detail) == ("$0.0030", 5, "$0.06 in total")


def test_a_row_of_an_older_projection_counts_where_it_can() -> None:
    old = IncidentView(
        incident_id="0" * 32, version=1, status="closed", opened_at=START, details={}
    )

    assert [figure.cases for figure in (*times([old]), *shares([old]), cost([old]))] == [
        *(0, 0, 0),
        *(0, 0, 1, 1),
        0,
    ]


def test_calibration_counts_only_votes_with_a_verified_outcome() -> None:
    votes = [(9000, True), (9000, True), (8000, False), (8000, True), (6000, None), (6000, True)]
    outcomes = [
        SeatOutcome(seat="diagnosis-change", tier="t", action="a", conf_bp=conf, right=right)
        for conf, right in votes
    ]

    (row,) = calibration(outcomes)
    assert (row.seat, row.cases, row.correct) == ("diagnosis-change", 5, 0.8)
    assert row.confidence == pytest.approx(0.8)
    assert row.brier == pytest.approx((0.01 + 0.01 + 0.64 + 0.04 + 0.16) / 5)
    assert calibration(outcomes[:4])[0].correct is None
    assert calibration([]) == []

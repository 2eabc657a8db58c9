"""The simulation of voters: calibrated confidences, correlated errors, Quorum's own counting."""

import json
from pathlib import Path
from random import Random
from statistics import fmean

import pytest

from benchmarks.correlated_voters import (
    DECOY,
    RIGHT,
    SimulatedVote,
    count,
    incident,
    simulate,
    spread,
)
from benchmarks.quorum_value import Accuracies, main
from quorum.domain.seats import SEATS

PERFECT = [1 - 1e-9] * 10


def drawn(
    correlation: float, accuracy: float = 0.8, times: int = 3000
) -> list[list[SimulatedVote]]:
    random = Random(1)  # noqa: S311 - a simulation
    return [incident(random, [accuracy] * 10, correlation) for _ in range(times)]


@pytest.mark.parametrize("correlation", [0.0, 0.6, 1.0])
def test_confidences_are_calibrated(correlation: float) -> None:
    votes = [vote for row in drawn(correlation) for vote in row]
    for low in (0.5, 0.7, 0.9):
        bucket = [vote for vote in votes if low <= vote.confidence < low + 0.1]
        right = fmean(vote.action == RIGHT for vote in bucket)
        assert right == pytest.approx(fmean(vote.confidence for vote in bucket), abs=0.04)


def test_correlation_makes_all_seats_err_together() -> None:
    def all_but_one_err(correlation: float) -> float:
        return fmean(sum(s.action == DECOY for s in row) >= 9 for row in drawn(correlation))

    assert all_but_one_err(0.0) == 0
    assert all_but_one_err(0.3) < all_but_one_err(0.9)


def test_votes_are_counted_by_threshold_and_second_rule() -> None:
    votes = {seat.name: SimulatedVote(RIGHT, 0.9) for seat in SEATS}
    assert count("2/4/3/1", votes) == count("1/1/1/1", votes) == RIGHT
    votes["diagnosis-topology"] = SimulatedVote(DECOY, 1.0)
    assert (count("2/4/3/1", votes), count("1/1/1/1", votes)) == (RIGHT, None)


def test_perfect_seats_never_err_and_never_escalate() -> None:
    found = simulate(PERFECT, 0.5, shuffled=False, incidents=50)

    assert found.ten == found.four == found.best == found.as_often == (1, 0)
    assert found.ten.escalated == 0


def test_less_accurate_seats_give_worse_shares() -> None:
    good, bad = (simulate(spread(mean), 0.3, shuffled=True, incidents=300) for mean in (0.9, 0.7))

    assert good.ten.right > bad.ten.right
    assert good.ten.escalated < bad.ten.escalated
    assert good.as_often.right + good.as_often.wrong == pytest.approx(1 - good.ten.escalated)


def test_measured_accuracies_add_a_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.quorum_value.MEANS", ())
    given, out = tmp_path / "given.json", tmp_path / "out.json"
    measured = Accuracies(seats={seat.name: 0.9 for seat in SEATS}, correlations=(0.5,))
    given.write_text(measured.model_dump_json())

    assert main(["--accuracies", str(given), "--json", str(out)]) == 0

    tables = json.loads(out.read_text())["tables"]
    assert [len(table["rows"]) for table in tables] == [0, 1]


def test_a_missing_accuracy_raises_key_error() -> None:
    with pytest.raises(KeyError, match="detection-statistical"):
        Accuracies(seats={}).in_order()

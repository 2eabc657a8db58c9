"""The simulation keeps its promises: honest confidences, correlated errors, counted by the code."""

import json
from pathlib import Path
from random import Random
from statistics import fmean

import pytest

from benchmarks.jury import DECOY, RIGHT, Said, count, incident, spread, worth
from benchmarks.worth import Accuracies, main
from quorum.domain.seats import SEATS

PERFECT = [1 - 1e-9] * 10


def drawn(correlation: float, accuracy: float = 0.8, times: int = 3000) -> list[list[Said]]:
    random = Random(1)  # noqa: S311 - a simulation
    return [incident(random, [accuracy] * 10, correlation) for _ in range(times)]


@pytest.mark.parametrize("correlation", [0.0, 0.6, 1.0])
def test_of_votes_with_a_confidence_so_many_are_right(correlation: float) -> None:
    votes = [said for row in drawn(correlation) for said in row]
    for low in (0.5, 0.7, 0.9):
        bucket = [said for said in votes if low <= said.confidence < low + 0.1]
        right = fmean(said.action == RIGHT for said in bucket)
        assert right == pytest.approx(fmean(said.confidence for said in bucket), abs=0.04)


def test_the_more_errors_go_together_the_more_often_all_err() -> None:
    def all_but_one_err(correlation: float) -> float:
        return fmean(sum(s.action == DECOY for s in row) >= 9 for row in drawn(correlation))

    assert all_but_one_err(0.0) == 0
    assert all_but_one_err(0.3) < all_but_one_err(0.9)


def test_votes_are_counted_by_the_code_that_decides() -> None:
    said = {seat.name: Said(RIGHT, 0.9) for seat in SEATS}
    assert count("2/4/3/1", said) == count("1/1/1/1", said) == RIGHT
    said["diagnosis-topology"] = Said(DECOY, 1.0)
    assert (count("2/4/3/1", said), count("1/1/1/1", said)) == (RIGHT, None)


def test_seats_that_are_always_right_never_err_and_never_ask() -> None:
    found = worth(PERFECT, 0.5, shuffled=False, incidents=50)

    assert found.ten == found.four == found.best == found.as_often == (1, 0)
    assert found.ten.escalated == 0


def test_the_shares_of_a_worse_quorum_are_worse() -> None:
    good, bad = (worth(spread(mean), 0.3, shuffled=True, incidents=300) for mean in (0.9, 0.7))

    assert good.ten.right > bad.ten.right
    assert good.ten.escalated < bad.ten.escalated
    assert good.as_often.right + good.as_often.wrong == pytest.approx(1 - good.ten.escalated)


def test_measured_accuracies_are_a_table_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchmarks.worth.MEANS", ())
    given, out = tmp_path / "given.json", tmp_path / "out.json"
    measured = Accuracies(seats={seat.name: 0.9 for seat in SEATS}, correlations=(0.5,))
    given.write_text(measured.model_dump_json())

    assert main(["--accuracies", str(given), "--json", str(out)]) == 0

    tables = json.loads(out.read_text())["tables"]
    assert [len(table["rows"]) for table in tables] == [0, 1]


def test_a_seat_without_a_measured_accuracy_is_missed() -> None:
    with pytest.raises(KeyError, match="detection-statistical"):
        Accuracies(seats={}).in_order()

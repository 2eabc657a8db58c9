"""One cell from end to end: the real product over the model of AWS."""

from benchmarks.pace.cells import AlarmShape, Cell
from benchmarks.pace.run import run
from benchmarks.pace.table import healthy, row, trial

PLAIN = Cell(
    rate=100, alarm=AlarmShape(3, 5), topology="pair", lag=60, season=False, innocent=False
)


def test_a_bad_release_is_rolled_back_and_a_wrong_action_undone() -> None:
    found = trial(PLAIN, 7, wrongly=True)
    assert found.alone.error == ""
    assert found.alone.decided == "right"
    assert found.alone.verdict == "recovered"
    assert found.wrong is not None
    assert found.wrong.approved
    assert not found.wrong.effect_right
    assert found.wrong.undone
    counted = row(PLAIN, [found])
    assert (counted["runs"], counted["right"], counted["kept_wrong"]) == (1, 1, 0)
    assert counted["floor"]["alarm_s"] > 3 * 60


def test_a_run_is_the_same_for_the_same_seed() -> None:
    assert run(PLAIN, 3) == run(PLAIN, 3)


def test_a_twin_without_a_fault_is_left_alone() -> None:
    twin = PLAIN._replace(fault="none", twin="release")
    assert healthy([(twin, [trial(twin, 5, wrongly=False)])])["acted"] == 0

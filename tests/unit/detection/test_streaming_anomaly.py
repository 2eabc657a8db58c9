"""The streaming detector: causal, indifferent to units, bounded, quiet where nothing happens."""

import random
from bisect import insort
from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.detection.novelty import MAX_PEAKS, MIN_VALUES, PeakHistory
from functions.detection.series_views import MAX_POINTS
from functions.detection.streaming_anomaly import TUNING, AnomalyDetector, readings

ANY = st.floats(allow_nan=True, allow_infinity=True, width=32)
WHOLE = st.integers(-50, 50).map(float)
STEP = 60
LONG = 900
EARLY = 300


def timed(values: list[float]) -> list[tuple[int, float]]:
    return [(n * STEP, value) for n, value in enumerate(values)]


def noise(count: int, seed: int = 1) -> list[float]:
    dice = random.Random(seed)  # noqa: S311
    return [round(dice.gauss(100, 8)) + 0.0 for _ in range(count)]


def with_spike(at: int = LONG, by: float = 400, seed: int = 1) -> list[float]:
    values = noise(LONG + 200, seed)
    values[at] += by
    return values


@given(st.lists(ANY, max_size=80), st.integers(0, 80))
def test_readings_of_a_prefix_do_not_depend_on_later_values(values: list[float], cut: int) -> None:
    assert readings(timed(values))[:cut] == readings(timed(values[:cut]))


def test_readings_of_a_prefix_with_an_anomaly_do_not_depend_on_later_values() -> None:
    points, whole = timed(with_spike()), readings(timed(with_spike()))
    assert max(reading.score for reading in whole) > 2
    for cut in range(0, len(points), 97):
        assert readings(points[:cut]) == whole[:cut]


@pytest.mark.parametrize("factor", [0.25, 2, 1024])
def test_readings_do_not_depend_on_the_unit(factor: float) -> None:
    values = with_spike()
    assert readings(timed([v * factor for v in values])) == readings(timed(values))


@given(st.integers(-1000, 1000))
def test_readings_do_not_depend_on_an_offset(shift: int) -> None:
    values = with_spike()[LONG - 150 : LONG + 20]
    moved = readings(timed([v + shift for v in values]))
    assert [r.score for r in moved] == pytest.approx([r.score for r in readings(timed(values))])


def test_readings_depend_on_the_order_of_values() -> None:
    rising = [float(n) for n in range(400)]
    shuffled = random.Random(3).sample(rising, len(rising))  # noqa: S311
    assert readings(timed(rising)) != readings(timed(shuffled))


@given(st.lists(st.one_of(ANY, WHOLE), max_size=120))
def test_readings_never_raise_and_tails_are_probabilities(values: list[float]) -> None:
    for reading in readings(timed(values)):
        assert 0 <= reading.tail <= 1


@pytest.mark.parametrize("value", [0.0, -7.5, 1e300])
def test_constant_series_has_no_anomaly(value: float) -> None:
    assert {r.tail for r in readings(timed([value] * 500))} == {1.0}


def test_gap_does_not_change_the_model() -> None:
    values, gappy = with_spike(), []
    for n, value in enumerate(values):
        gappy += [value, nan] if n % 50 == 0 else [value]
    known = [r for r, v in zip(readings(timed(gappy)), gappy, strict=True) if v == v]  # noqa: PLR0124
    assert max(r.score for r in known) == pytest.approx(
        max(r.score for r in readings(timed(values))), abs=0.2
    )


@pytest.mark.parametrize("by", [400, -400])
def test_spike_is_found_at_once_and_reported_once(by: float) -> None:
    found = readings(timed(with_spike(by=by)))
    assert found[LONG].is_new
    assert max(found[EARLY:], key=lambda r: r.score) == found[LONG]
    assert not [r for r in found[LONG + 1 : LONG + 1 + TUNING.quiet_points] if r.is_new]


def test_level_shift_is_found_and_then_normal() -> None:
    values = noise(LONG) + [v + 200 for v in noise(600, 2)]
    found = readings(timed(values))
    assert found[LONG].tail < 1e-2
    assert not [r for r in found[LONG + 150 :] if r.is_new and r.score > 2.6]


def test_anomaly_after_many_others_needs_a_larger_deviation() -> None:
    values = noise(2500)
    for n, at in enumerate(range(1000, 2500, 250)):
        values[at] += 300 * 2**n
    found = readings(timed(values))
    scores = [found[at].score for at in range(1000, 2500, 250)]
    assert all(r.is_new for r in (found[at] for at in range(1000, 2500, 250)))
    assert scores[-1] < scores[0] + 0.2


@pytest.mark.parametrize("slope", [-1.0, 0.0, 1.0])
def test_memory_is_bounded(slope: float) -> None:
    detector = AnomalyDetector()
    for point in timed([slope * n for n in range(2000)]):
        detector.observe(*point)
    assert len(detector._window.values) == MAX_POINTS
    assert len(detector._highest) <= TUNING.quiet_points + 1
    assert all(len(one.peaks._heights) <= MAX_PEAKS for one in detector._views)


@given(st.lists(st.integers(0, 40).map(float), max_size=200), st.sampled_from([0.0, 0.1, 0.5]))
def test_record_age_equals_a_linear_search(values: list[float], margin: float) -> None:
    record, seen = PeakHistory(), list[float]()
    for place, value in enumerate(values):
        width = max(seen) - min(seen) if seen else 0.0
        higher = [n for n, v in enumerate(seen) if v > value - margin * width]
        expected = place - (higher[-1] if higher else -1)
        enough = place >= MIN_VALUES and width > 0
        assert record.observe(value, (margin,)) == [expected if enough else 0]
        seen.append(value)
    assert len(record._heights) <= MAX_PEAKS


def test_record_age_of_exchangeable_values_is_calibrated() -> None:
    dice, old, count = random.Random(5), 0, 40_000  # noqa: S311
    record = PeakHistory()
    for _ in range(count):
        old += record.observe(dice.random(), (0.0,))[0] > 100
    assert old / count == pytest.approx(1 / 101, rel=0.15)


def test_tail_probability_is_calibrated() -> None:
    tails: list[float] = []
    for seed in range(6):
        for reading in readings(timed(noise(1500, seed)))[300:]:
            insort(tails, reading.tail)
    for tail in (0.03, 0.01, 0.003):
        assert sum(t <= tail for t in tails) / len(tails) <= 1.5 * tail


def test_tail_probability_is_bounded_by_the_number_of_points() -> None:
    for seen, reading in enumerate(readings(timed(with_spike(at=60))), start=1):
        assert reading.tail >= 1 / (seen + 1)

"""Times that the collection of evidence and the seats agree on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorum.domain.evidence_times import delivery_seconds, is_complete, log_seconds
from tests.builders.topology import alarm


@pytest.mark.parametrize(("period", "seconds"), [(1, 5), (10, 50), (60, 300), (300, 300)])
def test_points_of_minutes_take_five_of_them_and_finer_ones_less(period: int, seconds: int) -> None:
    assert delivery_seconds(period) == seconds


@given(st.integers(0, 10**9), st.sampled_from([1, 5, 60, 300]), st.integers(0, 10_000))
def test_a_period_stays_complete(at: int, period: int, later: int) -> None:
    end = at + period + delivery_seconds(period)
    assert is_complete(at, period, end + later)
    assert not is_complete(at, period, end - 1)


def test_lines_go_back_twenty_evaluations_and_a_day_at_most() -> None:
    assert log_seconds(alarm(period_seconds=60, evaluation_periods=3)) == 3600
    assert log_seconds(alarm(period_seconds=3600, evaluation_periods=3)) == 86_400

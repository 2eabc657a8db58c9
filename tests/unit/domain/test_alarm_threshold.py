"""Thresholds of alarms: values at, above and below, and alarms without one."""

import pytest

from quorum.domain.alarm_threshold import breaches, has_threshold
from tests.builders.alarms import alarm


@pytest.mark.parametrize(
    ("comparison", "breaching"),
    [
        ("GreaterThanOrEqualToThreshold", {5.0, 6.0}),
        ("GreaterThanThreshold", {6.0}),
        ("LessThanThreshold", {4.0}),
        ("LessThanOrEqualToThreshold", {4.0, 5.0}),
        ("GreaterThanUpperThreshold", set()),
        (None, set()),
    ],
)
def test_value_breaches_by_the_alarms_comparison(
    comparison: str | None, breaching: set[float]
) -> None:
    found = alarm(threshold=5.0, comparison=comparison)

    assert {value for value in (4.0, 5.0, 6.0) if breaches(found, value)} == breaching
    assert has_threshold(found) == bool(breaching)


def test_alarm_without_a_threshold_is_breached_by_no_value() -> None:
    found = alarm(threshold=None, comparison="GreaterThanThreshold")

    assert not has_threshold(found)
    assert not breaches(found, 1e9)

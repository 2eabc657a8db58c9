"""The forecast text of the alarm's next periods."""

import pytest

from functions.prediction.alarm_forecast import alarm_periods, forecast_text
from quorum.domain.evidence import Bundle
from tests.builders.bundles import shop_alarm, shop_bundle
from tests.builders.evidence import ONSET, A, line

PERIODS = 60
SECONDS = 10


def evidence(before: float, after: float, **fields: object) -> Bundle:
    series = line(A, "errors", before, after, alarmed=True, start=ONSET - PERIODS * SECONDS)
    alarms = (shop_alarm().model_copy(update=fields),)
    return shop_bundle((series,), alarms=alarms)


@pytest.mark.parametrize(("statistic", "value"), [("Sum", 10.0), ("Maximum", 1.0)])
def test_points_are_aggregated_as_the_alarm_does(statistic: str, value: float) -> None:
    assert alarm_periods(evidence(1, 1, statistic=statistic))[:PERIODS] == [value] * PERIODS


def test_forecast_below_the_threshold_has_the_breach_time() -> None:
    text = forecast_text(evidence(0.1, 0.1))
    assert "next period 1 (80% range 1 to 1)" in text
    assert "within 120 s: 0%" in text


def test_forecast_above_the_threshold_has_no_breach_time() -> None:
    text = forecast_text(evidence(0.1, 9))
    assert "next period" in text
    assert "breach" not in text


@pytest.mark.parametrize(
    "fields", [{"threshold": None}, {"comparison": "LessThanThreshold"}, {"comparison": None}]
)
def test_forecast_without_an_upper_threshold_is_empty(fields: dict[str, object]) -> None:
    assert forecast_text(evidence(1, 1, **fields)) == ""


def test_forecast_without_points_is_empty() -> None:
    assert forecast_text(shop_bundle()) == ""

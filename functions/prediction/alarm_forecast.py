"""Forecast of the alarm's own series, shown to people: the vote does not depend on it."""

from typing import Final

from functions.prediction.breach_forecast import breach_chances
from functions.prediction.interval_forecast import forecast_interval
from quorum.domain.evidence import Bundle
from quorum.seats.signals.traffic import alarmed

LIKELY: Final = 0.5
_RISING: Final = frozenset({"GreaterThanThreshold", "GreaterThanOrEqualToThreshold"})


def forecast_text(bundle: Bundle) -> str:
    """Return the expected next period, and the time to a breach if it is not breaching.

    Empty if the alarm has no upper threshold, or there is too little data.
    """
    alarm, values = bundle.alarms[0], alarm_periods(bundle)
    if alarm.threshold is None or alarm.comparison not in _RISING or not values:
        return ""
    expected = forecast_interval(values, 1)
    text = "" if expected is None else f"; next period {_range_text(*expected[1:])}"
    if values[-1] > alarm.threshold:
        return text
    found = breach_chances(values, alarm.threshold)
    first = next((c for c in found if c.probability >= LIKELY), found[-1] if found else None)
    if first is None:
        return text
    seconds = first.horizon * alarm.period_seconds
    return f"{text}; breach of the threshold within {seconds} s: {first.probability:.0%}"


def alarm_periods(bundle: Bundle) -> list[float]:
    """Return the alarmed series in the alarm's own periods, oldest first, complete ones only.

    Sums add up; of any other statistic the highest counts. A period without a point is left out.
    """
    alarm, found = bundle.alarms[0], dict[int, float]()
    ended_periods = (int(bundle.taken_at.timestamp()) - bundle.onset) // alarm.period_seconds
    for at, value in sorted(alarmed(bundle).items()):
        period = (at - bundle.onset) // alarm.period_seconds
        before = found.get(period)
        if before is None:
            found[period] = value
        else:
            found[period] = before + value if alarm.statistic == "Sum" else max(before, value)
    return [value for period, value in found.items() if period < ended_periods]


def _range_text(expected: float, low: float, high: float) -> str:
    return f"{expected:.3g} (80% range {low:.3g} to {high:.3g})"

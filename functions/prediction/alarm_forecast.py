"""What the alarm's own series will do next, for people: the vote does not rest on it."""

from typing import Final

from functions.prediction.breach_forecast import chances
from functions.prediction.interval_forecast import interval
from quorum.domain.evidence import Bundle
from quorum.seats.signals.traffic import alarmed

LIKELY: Final = 0.5
_RISING: Final = frozenset({"GreaterThanThreshold", "GreaterThanOrEqualToThreshold"})


def outlook(bundle: Bundle) -> str:
    """Return what is expected of the alarm's next period, and when it breaches, if it does not.

    Empty where the alarm has no upper threshold, or too little was seen to tell.
    """
    alarm, values = bundle.alarms[0], periods(bundle)
    if alarm.threshold is None or alarm.comparison not in _RISING or not values:
        return ""
    expected = interval(values, 1)
    told = "" if expected is None else f"; next period {_range(*expected[1:])}"
    if values[-1] > alarm.threshold:
        return told
    found = chances(values, alarm.threshold)
    first = next((c for c in found if c.probability >= LIKELY), found[-1] if found else None)
    if first is None:
        return told
    seconds = first.horizon * alarm.period_seconds
    return f"{told}; breach of the threshold within {seconds} s: {first.probability:.0%}"


def periods(bundle: Bundle) -> list[float]:
    """Return the alarmed series in the alarm's own periods, oldest first, as far as they are over.

    Sums add up; of any other statistic the highest counts. A period without a point is left out.
    """
    alarm, found = bundle.alarms[0], dict[int, float]()
    over = (int(bundle.taken_at.timestamp()) - bundle.onset) // alarm.period_seconds
    for at, value in sorted(alarmed(bundle).items()):
        place = (at - bundle.onset) // alarm.period_seconds
        before = found.get(place)
        if before is None:
            found[place] = value
        else:
            found[place] = before + value if alarm.statistic == "Sum" else max(before, value)
    return [value for place, value in found.items() if place < over]


def _range(expected: float, low: float, high: float) -> str:
    return f"{expected:.3g} (80% range {low:.3g} to {high:.3g})"

"""CloudWatch alarms, evaluated by a clock, on the periods of one metric.

MiniStack evaluates on arrival of data, over all dimensions. Unlike on AWS, a period ends now
instead of on the minute, so that a fault shows within a second or two.
"""

import threading
import time
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from local.emulator_patches.patching import Wrapper, service, wrap

TICK_SECONDS = 1.0
EVICT_EVERY_SECONDS = 60.0
WORDS = {
    "GreaterThanThreshold": "greater than",
    "GreaterThanOrEqualToThreshold": "greater than or equal to",
    "LessThanThreshold": "less than",
    "LessThanOrEqualToThreshold": "less than or equal to",
}


def apply() -> None:
    """Patch the evaluation and the actions, and start the clock."""
    cloudwatch = service("services.cloudwatch")
    wrap(cloudwatch, "_evict_old_metrics", _now_and_then)
    wrap(cloudwatch, "_parse_ts", _at_once)
    wrap(cloudwatch, "_evaluate_all_alarms", lambda _: lambda: None)
    wrap(cloudwatch, "_evaluate_alarm", lambda _: lambda alarm: _evaluate(cloudwatch, alarm))
    threading.Thread(target=_tick, args=(cloudwatch,), daemon=True).start()


def _now_and_then(evict: Wrapper) -> Wrapper:
    """Evict old points once a minute: eviction reads every point, and ran with every request."""
    last = time.monotonic()

    def corrected() -> None:
        nonlocal last
        if time.monotonic() - last > EVICT_EVERY_SECONDS:
            last = time.monotonic()
            evict()

    return corrected


def _at_once(parse: Wrapper) -> Wrapper:
    """Parse the most frequent time format first; the original tries one after the other."""

    def corrected(value: Any) -> float | None:
        if isinstance(value, str) and value.endswith("Z"):
            try:
                return datetime.fromisoformat(value).timestamp()
            except ValueError:
                pass
        read: float | None = parse(value)
        return read

    return corrected


def _tick(cloudwatch: Any) -> None:
    while True:
        time.sleep(TICK_SECONDS)
        try:
            for alarm in list(cloudwatch._alarms.values()):  # noqa: SLF001
                _evaluate(cloudwatch, alarm)
        except RuntimeError:  # an alarm was added while we listed them: the next tick has it
            continue


def _evaluate(cloudwatch: Any, alarm: dict[str, Any]) -> None:
    """Set the alarm's state from its last periods, and dispatch its actions if it changed."""
    now, period = time.time(), int(alarm.get("Period") or 60)
    by_hand = not str(alarm["StateReason"]).startswith(("Threshold Crossed", "Unchecked"))
    if by_hand and now - alarm["StateUpdatedTimestamp"] < period:
        return  # a state set by hand lasts until the next evaluation period
    values = [_value(cloudwatch, alarm, now - i * period) for i in range(_periods(alarm))]
    breaching = [None if v is None else _breaches(alarm, v) for v in values]
    state = _state(alarm, breaching)
    if state == alarm["StateValue"]:
        return
    seen, past = [v for v in values if v is not None], alarm["StateValue"]
    reason = _reason(alarm, seen, breaching.count(state == "ALARM"))
    alarm |= {"StateValue": state, "StateReason": reason, "StateUpdatedTimestamp": int(now)}
    cloudwatch._record_history(alarm["AlarmName"], past, state, reason)  # noqa: SLF001
    cloudwatch._dispatch_alarm_actions(alarm, past, state, reason)  # noqa: SLF001
    cloudwatch._evaluate_parent_alarms(alarm)  # noqa: SLF001


def _periods(alarm: dict[str, Any]) -> int:
    return int(alarm.get("EvaluationPeriods") or 1)


def _value(cloudwatch: Any, alarm: dict[str, Any], end: float) -> float | None:
    """Return the statistic of the metric with exactly these dimensions, over one period."""
    dimensions = {d["Name"]: d["Value"] for d in alarm.get("Dimensions") or []}
    key = (alarm.get("Namespace"), alarm.get("MetricName"), cloudwatch._dims_key(dimensions))  # noqa: SLF001
    points = list(_within(cloudwatch._metrics.get(key) or [], end, int(alarm.get("Period") or 60)))  # noqa: SLF001
    if not points:
        return None
    name = alarm.get("ExtendedStatistic") or alarm.get("Statistic", "Average")
    value: float | None = cloudwatch._stat_value(cloudwatch._calc_stats(points), name, points)  # noqa: SLF001
    return value


def _within(points: list[Any], end: float, period: int) -> Iterable[Any]:
    """Yield the points of one period, newest first; a publisher may be late by up to a period."""
    for point in reversed(points):
        if point["Timestamp"] < end - 2 * period:
            return
        if end - period <= point["Timestamp"] < end:
            yield point


def _breaches(alarm: dict[str, Any], value: float) -> bool:
    threshold, operator = float(alarm.get("Threshold") or 0), str(alarm["ComparisonOperator"])
    if value == threshold:
        return "OrEqualTo" in operator
    return operator.startswith("Greater") == (value > threshold)


def _state(alarm: dict[str, Any], breaching: list[bool | None]) -> str:
    """Return ALARM when enough periods breach; missing data is treated as the alarm configures."""
    missing = alarm.get("TreatMissingData") or "missing"
    if missing in {"breaching", "notBreaching"}:
        breaching = [missing == "breaching" if b is None else b for b in breaching]
    if all(b is None for b in breaching):
        return str(alarm["StateValue"]) if missing == "ignore" else "INSUFFICIENT_DATA"
    needed = int(alarm.get("DatapointsToAlarm") or _periods(alarm))
    return "ALARM" if breaching.count(True) >= needed else "OK"


def _reason(alarm: dict[str, Any], seen: list[float], count: int) -> str:
    if not seen:
        return "Threshold Crossed: no datapoints were received in the evaluation periods"
    words = WORDS.get(alarm["ComparisonOperator"], alarm["ComparisonOperator"])
    verb = "was" if alarm["StateValue"] != "ALARM" else "was not"
    return (
        f"Threshold Crossed: {count} out of the last {_periods(alarm)} datapoints {seen} "
        f"{verb} {words} the threshold ({alarm.get('Threshold')})"
    )

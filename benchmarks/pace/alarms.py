"""CloudWatch alarms: the documented evaluation, once a minute, on what is delivered by then."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import fmean, pstdev
from typing import Any, Final, Literal, NamedTuple

from benchmarks.pace.cells import AlarmShape, Missing
from benchmarks.pace.facts import DUE_MARGIN, EVALUATED_EVERY, EXTRA_PERIODS
from benchmarks.pace.metrics import Delivery, MetricStore
from quorum.ports.telemetry import AlarmDescription, AlarmStatus, MetricQuery, WatchedMetric

State = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]
ACCOUNT: Final = "000000000000"
REGION: Final = "eu-west-1"
COMPARISON: Final = "GreaterThanOrEqualToThreshold"
BAND_HOURS: Final = 3
BAND_WIDTH: Final = 2.0
"""Standard deviations, as in the documented default of ANOMALY_DETECTION_BAND."""


class Rule(NamedTuple):
    """M of N periods, how to treat missing data, and the periods retrieved beyond N."""

    datapoints: int
    periods: int
    missing: Missing
    extra: int = EXTRA_PERIODS

    @property
    def retrieved(self) -> int:
        """Return the number of periods of the evaluation range."""
        return self.periods + self.extra


def evaluate(rule: Rule, breaching: Sequence[bool | None], before: State) -> State:
    """Return the alarm's state from the evaluation range, the oldest period first.

    None is a missing datapoint. As documented ("How alarm state is evaluated when data is
    missing"): with as many real datapoints as periods, the newest of them decide; with fewer, all
    of them count and the others are filled. `missing` and `ignore` fill nothing: without any real
    datapoint that breaches early enough they end in INSUFFICIENT_DATA or the state before.
    """
    real = [point for point in breaching if point is not None]
    newest = real[-rule.periods :]
    filled = rule.periods - len(newest) if rule.missing == "breaching" else 0
    if sum(newest) + filled >= rule.datapoints:
        return "ALARM"
    if rule.missing in {"breaching", "notBreaching"} or not all(newest):
        return "OK"
    if rule.missing == "ignore":
        return before
    if not newest:
        return "INSUFFICIENT_DATA"
    return "ALARM" if _early(rule, breaching) else before


def _early(rule: Rule, breaching: Sequence[bool | None]) -> bool:
    """Return whether the oldest datapoint is as old as M periods; all of them breach."""
    ages = [age for age, point in enumerate(reversed(breaching), 1) if point is not None]
    return max(ages) >= rule.datapoints


@dataclass
class AlarmModel:
    """One metric alarm, evaluated lazily up to a time."""

    name: str
    query: MetricQuery
    shape: AlarmShape
    threshold: float
    store: MetricStore
    delivery: Delivery
    starts: float
    """Epoch seconds of the first evaluation; the alarm is OK until then."""
    state: State = "OK"
    since: float = 0.0
    reason_data: dict[str, Any] = field(default_factory=dict)
    without_data: bool = False
    """True if the newest change rests on missing data alone, as its reason would say."""
    _next: float = 0.0

    def __post_init__(self) -> None:
        """Place the evaluations right after a period is delivered: the least data to fire on."""
        first = int(self.starts) // EVALUATED_EVERY * EVALUATED_EVERY
        self._next = first + self.delivery.lag % EVALUATED_EVERY + DUE_MARGIN
        self.since = self.starts - 3600.0

    @property
    def rule(self) -> Rule:
        """Return its rule; alarms on AWS/DynamoDB ignore missing data whatever they declare."""
        keeps = self.query.namespace == "AWS/DynamoDB"
        missing: Missing = "ignore" if keeps else self.shape.missing
        return Rule(self.shape.datapoints, self.shape.periods, missing)

    def advance(self, now: float) -> list[tuple[float, State]]:
        """Evaluate every minute up to `now`; return the changes."""
        found = []
        while self._next <= now:
            self._evaluate(self._next)
            if self.since == self._next:
                found.append((self._next, self.state))
            self._next += EVALUATED_EVERY
        return found

    def _evaluate(self, at: float) -> None:
        """Evaluate at the given time. State and reason change together, and only then."""
        period, rule = self.shape.period, self.rule
        newest = int(at - self.delivery.lag) // period * period - period
        starts = [newest - period * back for back in reversed(range(rule.retrieved))]
        values = [self.store.datapoint(self.query, start, at) for start in starts]
        limit = self._limit(newest, at) if self.shape.kind == "band" else self.threshold
        breaching = [None if value is None else value >= limit for value in values]
        state = evaluate(rule, breaching, self.state)
        if state == self.state:
            return
        seen = [(s, v) for s, v in zip(starts, values, strict=True) if v is not None]
        self.state, self.since, self.without_data = state, at, not seen
        self.reason_data = self._data(seen[-rule.periods :][::-1], at)

    def _limit(self, newest: int, at: float) -> float:
        """Return the upper edge of the band: the mean and deviation of the hours before."""
        end = newest - self.shape.period * self.rule.retrieved
        starts = range(end - BAND_HOURS * 3600, end, self.shape.period)
        found = (self.store.datapoint(self.query, start, at) for start in starts)
        values = [value for value in found if value is not None] or [0.0]
        return max(self.threshold, fmean(values) + BAND_WIDTH * pstdev(values))

    def _data(self, newest_first: Sequence[tuple[int, float]], at: float) -> dict[str, Any]:
        """Return the data of the reason as CloudWatch writes it, the newest datapoint first."""
        return {
            "version": "1.0",
            "queryDate": _stamp(at),
            "startDate": _stamp(newest_first[-1][0] if newest_first else at),
            "statistic": self.query.statistic,
            "period": self.shape.period,
            "recentDatapoints": [value for _, value in newest_first[::-1]],
            "threshold": self.threshold,
            "evaluatedDatapoints": [
                {"timestamp": _stamp(start), "value": value} for start, value in newest_first
            ],
        }


@dataclass
class CompositeModel:
    """A composite alarm: in ALARM while one of its children is."""

    name: str
    children: tuple[AlarmModel, ...]
    state: State = "OK"
    since: float = 0.0
    reason_data: dict[str, Any] = field(default_factory=dict)

    def follow(self, at: float) -> list[tuple[float, State]]:
        """Take the children's states at `at`; return the change, if any."""
        firing = [child for child in self.children if child.state == "ALARM"]
        now: State = "ALARM" if firing else "OK"
        if now == self.state:
            return []
        self.state, self.since = now, at
        self.reason_data = {
            "triggeringAlarms": [
                {"arn": arn(child.name), "state": {"value": child.state, "timestamp": _stamp(at)}}
                for child in firing
            ]
        }
        return [(at, now)]


class Change(NamedTuple):
    """One state change of one alarm, as an event for intake."""

    at: float
    name: str
    state: State
    body: str


class AlarmBook:
    """All alarms: an `AlarmSource` and `AlarmDescriptions`, and the events of their changes."""

    def __init__(
        self, alarms: Sequence[AlarmModel], composite: CompositeModel | None = None
    ) -> None:
        self.alarms, self.composite = alarms, composite
        self._all: dict[str, AlarmModel | CompositeModel] = {a.name: a for a in alarms}
        if composite is not None:
            composite.since = alarms[0].since
            self._all[composite.name] = composite

    def advance(self, now: float) -> list[Change]:
        """Evaluate every alarm up to `now`; return the changes in order."""
        found: list[Change] = []
        for model in self.alarms:
            for at, state in model.advance(now):
                found.append(self._change(model, at, state))
        if self.composite is not None:
            for change in sorted(found):
                for at, state in self.composite.follow(change.at):
                    found.append(self._change(self.composite, at, state))
        return sorted(found)

    def states(self, names: Sequence[str]) -> Mapping[str, AlarmStatus]:
        """Return the existing alarms among these, by name."""
        return {name: self._status(name) for name in names if name in self._all}

    def describe(self, names: Sequence[str]) -> Mapping[str, AlarmDescription]:
        """Return the configuration of the existing alarms among these, by name."""
        return {name: self._description(name) for name in names if name in self._all}

    def _status(self, name: str) -> AlarmStatus:
        model = self._all[name]
        more: Any = {}
        if "without_data" in AlarmStatus._fields and isinstance(model, AlarmModel):
            more["without_data"] = model.without_data
        return AlarmStatus(name, model.state, datetime.fromtimestamp(model.since, UTC), **more)

    def contributors(self, _name: str) -> Sequence[Mapping[str, str]]:
        """Return no series: each alarm compares one."""
        return ()

    def _description(self, name: str) -> AlarmDescription:
        model, more = self._all[name], dict[str, Any]()
        reason = f"Threshold Crossed: {json.dumps(model.reason_data.get('recentDatapoints', []))}"
        if "reason_data" in AlarmDescription._fields:
            more["reason_data"] = json.dumps(model.reason_data)
        if isinstance(model, CompositeModel):
            rule = " OR ".join(f'ALARM("{child.name}")' for child in model.children)
            return AlarmDescription(
                self._status(name), "a child is in ALARM", "composite", rule=rule, **more
            )
        band, query = model.shape.kind == "band", model.query
        return AlarmDescription(
            status=self._status(name),
            reason=reason,
            kind="math" if band else "metric",
            watched=(WatchedMetric(query.namespace, query.dimensions),),
            metric=query.metric,
            statistic=query.statistic,
            threshold=None if band else model.threshold,
            comparison="GreaterThanUpperThreshold" if band else COMPARISON,
            period_seconds=model.shape.period,
            evaluation_periods=model.shape.periods,
            **more,
        )

    def _change(self, model: AlarmModel | CompositeModel, at: float, state: State) -> Change:
        event = {
            "version": "0",
            "source": "aws.cloudwatch",
            "detail-type": "CloudWatch Alarm State Change",
            "account": ACCOUNT,
            "region": REGION,
            "time": datetime.fromtimestamp(at, UTC).isoformat(),
            "resources": [arn(model.name)],
            "detail": {
                "alarmName": model.name,
                "state": {
                    "value": state,
                    "reason": "Threshold Crossed",
                    "reasonData": json.dumps(model.reason_data),
                    "timestamp": _stamp(at),
                },
            },
        }
        return Change(at, model.name, state, json.dumps(event))


def arn(name: str) -> str:
    """Return the alarm's ARN."""
    return f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{name}"


def _stamp(at: float) -> str:
    """Return the time as CloudWatch writes it in the data of a reason."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")

"""Incidents to attack: an account with an old incident in it, and one that is about to begin.

A stage is everything of the honest product between two moments at which an intruder may move.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from quorum.domain.evidence import Alarm, Bundle
from tests.attacks.cloud.account import Account
from tests.attacks.cloud.machine import Machine
from tests.attacks.cloud.state import State

DAYS: Final = 3
"""The age of the old incident, in days: all its votes have expired."""
WAIT: Final = "WaitForAnswerOrLook"
DEAF: Final = ("Tell", "PostMortem")
"""States that only notify: a move before them has the same effect as one after them."""


@dataclass(frozen=True)
class Scene:
    """An honest course, and how often an intruder may step in."""

    name: str
    bundle: Bundle
    heals: bool = False
    """The effect cures: the alarm goes back to OK."""
    earlier: Callable[["World"], None] = lambda _: None
    """Steps before the alarm fires."""
    later: Callable[["World"], None] = lambda _: None
    """Steps once the incident is open, before any other."""
    moments: Callable[["World"], bool] = lambda _: True
    """Returns whether an intruder may step in before the next stage."""


class World:
    """The account with one scene; everything honest in it is the product's own code."""

    def __init__(self, account: Account, old: Bundle) -> None:
        self.account, self.machine = account, Machine(account)
        self.old_bundle = old
        self.old = self._old_incident(old)
        self.drain("outbox", "courier")
        self.rested = account.state.copy()
        self.incident = ""
        self.scene: Scene | None = None

    @property
    def state(self) -> State:
        """Return the account's."""
        return self.account.state

    def begin(self, scene: Scene) -> None:
        """Open the scene's incident."""
        self.account.restore(self.rested)
        self.account.shop.bundles = {}
        self.scene = scene
        self.state.now = scene.bundle.taken_at - timedelta(seconds=5)
        scene.earlier(self)
        self.incident = self._open(scene.bundle, heals=scene.heals)
        scene.later(self)

    @property
    def between_looks(self) -> bool:
        """Return whether the incident waits for its second look, or is about to take it."""
        return (self._place(), self._round()) in {(WAIT, 1), ("Evidence", 2)}

    def next_stage(self) -> str | None:
        """Return what the honest product does next; None when nothing is left to do."""
        place = self._place()
        if place is not None:
            return place
        return None if "background" in self.state.past else "background"

    def step(self) -> None:
        """Do the next stage: one state, and those that no intruder would move before."""
        if self._place() is None:
            self._background()
            return
        while True:
            self._run_one()
            place = self._place()
            if place is None or not self._is_dull(place):
                return

    def finish(self) -> None:
        """Do all that is left."""
        while self.next_stage() is not None:
            self.step()

    def _place(self) -> str | None:
        for name in self.state.executions:
            place = self.machine.place(name)
            if place is not None:
                return place
        return None

    def _is_dull(self, place: str) -> bool:
        kind = self.machine.kind(place)
        stages = {"Task", "Parallel"} if self._round() == 1 else {"Task"}
        return kind not in stages or place.startswith(DEAF)

    def _round(self) -> int:
        """Return the round of what runs; votes of a later one are cast as those of the first."""
        running = (r for n, r in self.state.executions.items() if self.machine.place(n) is not None)
        return max((int(run.data.get("round", 1)) for run in running), default=1)

    def _run_one(self) -> None:
        for name in self.state.executions:
            if self.machine.place(name) is not None:
                self.machine.step(name)
                return

    def _background(self) -> None:
        """Have the queues emptied and the watchdog look."""
        self.state.past = (*self.state.past, "background")
        for queue, function in (("alarms", "intake"), ("outbox", "courier")):
            self.drain(queue, function)
        self.account.sleep(600)
        self.call("watchdog", {"quorum": "sweep"})
        self.drain("outbox", "courier")
        while self._place() is not None:
            self._run_one()

    def drain(self, queue: str, function: str) -> None:
        """Have the function take what is in the queue; what it gives back is with dead letters."""
        if function in self.account.host.silent:
            return
        url, dead = self.queue(queue), self.queue("dead-letters")
        bodies = self.state.queues.get(url, ())
        if not bodies:
            return
        self.state.queues[url] = ()
        answer = self.call(function, records(bodies))
        failures = answer.get("batchItemFailures", [])
        again = {one["itemIdentifier"] for one in failures} if "errorType" not in answer else None
        back = [b for n, b in enumerate(bodies) if again is None or f"m{n}" in again]
        self.state.queues[dead] = (*self.state.queues.get(dead, ()), *back)

    @cache  # noqa: B019 - one world lives as long as its tests
    def queue(self, name: str) -> str:
        """Return the queue's URL."""
        found = self.account.deployed.of("AWS::SQS::Queue")
        return next(
            str(self.account.deployed.value({"Ref": logical}))
            for logical, queue in found
            if queue["QueueName"] == self.account.named(name)
        )

    @cache  # noqa: B019
    def key(self, signer: str) -> str:
        """Return the ARN of the key that the function of that short name signs with."""
        alias = f"alias/{self.account.named(signer)}"
        found = self.account.deployed.of("AWS::KMS::Alias")
        return next(str(a["TargetKeyId"]) for _, a in found if a["AliasName"] == alias)

    @cache  # noqa: B019
    def bucket(self) -> str:
        """Return the bucket of evidence."""
        environment = next(
            f["Environment"]["Variables"]
            for _, f in self.account.deployed.of("AWS::Lambda::Function")
            if f["FunctionName"] == self.account.named("evidence")
        )
        return str(environment["EVIDENCE_BUCKET"])

    def call(self, function: str, event: dict[str, Any]) -> dict[str, Any]:
        """Invoke a function as AWS does."""
        return self.account.host.invoke(self.account.named(function), event)

    def _open(self, bundle: Bundle, *, heals: bool = False) -> str:
        (alarm, *_), known = bundle.alarms, set(self.state.executions)
        self.state.now = max(bundle.taken_at - timedelta(seconds=5), self.state.now)
        self.state.heals = heals
        self.state.alarms[alarm.name] = described(alarm, "ALARM")
        self.state.queues[self.queue("alarms")] = (transition(alarm),)
        self.drain("alarms", "intake")
        (incident,) = set(self.state.executions) - known
        self.account.shop.bundles[incident] = bundle
        return incident

    def _old_incident(self, bundle: Bundle) -> str:
        """Have ten seats vote on the old incident, and its run be aborted before the effect."""
        early = shifted(bundle, -DAYS)
        self.state.now = early.taken_at - timedelta(seconds=5)
        incident = self._open(early)
        while self.machine.place(incident) != "Act":
            assert self.machine.place(incident) is not None, "no quorum in the old incident"
            self.machine.step(incident)
        run = self.state.executions[incident]
        self.state.executions[incident] = replace(run, place=None, status="ABORTED")
        self.call(
            "closing", {"incident_id": incident, "outcome": "escalated", "reason": "pipeline"}
        )
        self.state.alarms[bundle.alarms[0].name] = described(bundle.alarms[0], "OK")
        return incident


def shifted(bundle: Bundle, days: int) -> Bundle:
    """Return the same evidence of so many days later."""
    by, seconds = timedelta(days=days), days * 24 * 3600

    def later(parts: Any, *fields: str) -> tuple[Any, ...]:
        moved = ({f: getattr(part, f) + seconds for f in fields} for part in parts)
        return tuple(p.model_copy(update=u) for p, u in zip(parts, moved, strict=True))

    series = [
        one.model_copy(update={"points": tuple((at + seconds, value) for at, value in one.points)})
        for one in bundle.series
    ]
    alarms = [one.model_copy(update={"fired_at": one.fired_at + by}) for one in bundle.alarms]
    return bundle.model_copy(
        update={
            "taken_at": bundle.taken_at + by,
            "onset": bundle.onset + seconds,
            "alarms": tuple(alarms),
            "series": tuple(series),
            "templates": later(bundle.templates, "first_seen"),
            "changes": later(bundle.changes, "at", "not_before"),
        }
    )


def described(alarm: Alarm, value: str) -> dict[str, Any]:
    """Return the alarm as CloudWatch describes it."""
    return {
        "AlarmName": alarm.name,
        "AlarmArn": alarm.arn,
        "StateValue": value,
        "StateUpdatedTimestamp": alarm.fired_at,
        "StateTransitionedTimestamp": alarm.fired_at,
        "Namespace": alarm.namespace,
        "MetricName": alarm.metric,
        "Dimensions": [],
        "Period": alarm.period_seconds,
        "EvaluationPeriods": 1,
        "Threshold": alarm.threshold,
        "ComparisonOperator": alarm.comparison,
        "Statistic": "Sum",
    }


def transition(alarm: Alarm, value: str = "ALARM", at: datetime | None = None) -> str:
    """Return CloudWatch's event of the alarm's transition."""
    function = alarm.resources[0].partition(":")[2]
    metric = {
        "namespace": alarm.namespace,
        "name": alarm.metric,
        "dimensions": {"FunctionName": function},
    }
    stat = {"metric": metric, "period": alarm.period_seconds, "stat": "Sum"}
    when = at or alarm.fired_at
    body = {
        "version": "0",
        "source": "aws.cloudwatch",
        "detail-type": "CloudWatch Alarm State Change",
        "account": alarm.account,
        "region": alarm.region,
        "time": when.isoformat(),
        "resources": [alarm.arn],
        "detail": {
            "alarmName": alarm.name,
            "configuration": {"metrics": [{"id": "m", "returnData": True, "metricStat": stat}]},
            "previousState": {"value": "OK", "timestamp": "2026-01-01T00:00:00.000+0000"},
            "state": {
                "value": value,
                "reason": "Threshold Crossed",
                "reasonData": "{}",
                "timestamp": when.strftime("%Y-%m-%dT%H:%M:%S.000+0000"),
            },
        },
    }
    return json.dumps(body)


def records(bodies: tuple[str, ...]) -> dict[str, Any]:
    """Return a batch of a queue, as Lambda hands it over."""
    return {
        "Records": [
            {
                "messageId": f"m{n}",
                "body": body,
                "receiptHandle": "r",
                "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "0"},
                "messageAttributes": {},
                "md5OfBody": "",
                "eventSource": "aws:sqs",
                "eventSourceARN": "",
                "awsRegion": "",
            }
            for n, body in enumerate(bodies)
        ]
    }

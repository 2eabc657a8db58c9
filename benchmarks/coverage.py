"""Alarms that teams really have: what of each the product understands.

`python -m benchmarks.coverage --alarms FILE [--json OUT]`. FILE is a JSON list of alarms, each with
its form, statistic, metrics and expressions. Each becomes CloudWatch's event and its answer to
DescribeAlarms, and goes through the product's own code: parsing, description, resolution, metric
queries, catalogue. Nothing is resolved here a second time.
"""

import json
import re
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

from benchmarks.result import Goal, Result, ResultTable, machine
from functions.evidence.queries import math_requests, series_requests
from functions.intake.alarm_context import AlarmContext
from functions.intake.alarm_event import parse
from quorum.adapters.telemetry.cloudwatch_alarms import CloudWatchAlarms
from quorum.domain.catalogue import Situation, candidates
from quorum.domain.changes import CHANGED_AT
from quorum.domain.conventions import metrics_of
from quorum.domain.errors import InvalidInputError
from quorum.domain.evidence import Alarm, Change, ChangeKind, ResourceState, Scalar
from quorum.domain.topology import ServiceMap

ACCOUNT: Final = "123456789012"
REGION: Final = "eu-west-1"
AT: Final = datetime(2026, 11, 23, 12, tzinfo=UTC)
NAME: Final = "an alarm"
ARN: Final = f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{NAME}"
_IDENTIFIER: Final = re.compile(r"\b[a-z][A-Za-z0-9_]*\b(?!\s*\()")
_OWN_STATISTICS: Final = frozenset({"Sum", "Average", "Minimum", "Maximum", "SampleCount"})
_CLASSES: Final = frozenset({"Class", "Currency", "LinkedAccount"})
"""Dimensions of bills and of usage against quotas: they name a class of resources."""
_BY_AWS: Final = (
    "AWS/",
    "CWAgent",
    "CloudWatchSynthetics",
    "ContainerInsights",
    "ECS/ContainerInsights",
    "Glue",
    "LambdaInsights",
    "SecretsManager",
)
"""Namespaces in which the names of dimensions are AWS's, and those that its agents write."""
COUNTS: Final = (
    "tried",
    "parsed",
    "names_a_resource",
    "resolved",
    "own_series",
    "publishes_signals",
    "signals",
    "verbs",
)


class Seen(NamedTuple):
    """One alarm: its own metrics, and the findings of the product."""

    service: str
    has_metrics: bool
    names_a_resource: bool
    parsed: bool
    resolved: bool
    own_series: bool
    publishes_signals: bool
    signals: bool
    verbs: bool


def measure(alarm: Mapping[str, Any]) -> Seen:
    """Return the findings of the product on the alarm."""
    read = _through_the_product(alarm)
    names = _names_a_resource(alarm)
    resources = read.resources if read else ()
    alarms = (read,) if read else ()
    own = [(r, m) for r in resources for m in metrics_of(r, None, alarms)]
    asked = (*series_requests(alarms, own, 60), *math_requests(alarms))
    return Seen(
        service=_service(alarm),
        has_metrics=bool(alarm["metrics"]) or alarm["form"] == "search",
        names_a_resource=names,
        parsed=read is not None,
        resolved=bool(resources),
        own_series=any(one.alarm == NAME for one in asked),
        publishes_signals=names and all(_is_by_aws(n) for n in _namespaces(alarm)),
        signals=bool(own),
        verbs=any(candidates(_most_favourable(r)) for r in resources),
    )


def counts(seen: Sequence[Seen]) -> dict[str, int]:
    """Return how many alarms there are, and of how many each is so."""
    whole = {name: sum(getattr(one, name) for one in seen) for name in COUNTS[1:]}
    return {"tried": len(seen), **whole}


def report(seen: Sequence[Seen]) -> dict[str, Any]:
    """Return the counts in total and by service."""
    services = sorted({one.service for one in seen})
    by_service = {s: counts([one for one in seen if one.service == s]) for s in services}
    return {"total": counts(seen), "by_service": by_service}


def goals(seen: Sequence[Seen]) -> list[Goal]:
    """Return the goals, of the alarms to which each applies."""
    named = [one for one in seen if one.names_a_resource]
    measured = [one for one in seen if one.has_metrics]
    published = [one for one in seen if one.publishes_signals]
    blind = {one.service for one in published} - {one.service for one in published if one.signals}
    resolved = sum(one.resolved for one in named) / max(1, len(named))
    own = sum(one.own_series for one in measured) / max(1, len(measured))
    return [
        Goal(what="alarms parsed", rule="exactly", limit=len(seen), measured=_parsed(seen)),
        Goal(
            what="share of the alarms that name a resource whose resource is found",
            rule="at least",
            limit=0.95,
            measured=round(resolved, 4),
        ),
        Goal(
            what="share of the alarms with metrics whose own series is queried",
            rule="exactly",
            limit=1,
            measured=round(own, 4),
        ),
        Goal(
            what="services that publish signals of which none is known",
            rule="exactly",
            limit=0,
            measured=len(blind),
        ),
    ]


def _parsed(seen: Sequence[Seen]) -> int:
    return sum(one.parsed for one in seen)


class _Answer:
    """CloudWatch's client, with one alarm."""

    def __init__(self, description: Mapping[str, Any]) -> None:
        self._page = {
            "CompositeAlarms" if "AlarmRule" in description else "MetricAlarms": [description]
        }

    def get_paginator(self, _operation: str) -> "_Answer":
        return self

    def paginate(self, **_selection: Any) -> Iterator[Mapping[str, Any]]:
        yield self._page


class _NoMap:
    def service_map(self) -> ServiceMap:
        return ServiceMap()


def _through_the_product(alarm: Mapping[str, Any]) -> Alarm | None:
    """Return the alarm as intake opens an incident with it, or None where it is not parsed."""
    book = CloudWatchAlarms(cast("Any", _Answer(description(alarm))))
    context = AlarmContext(_NoMap(), book, lambda: AT, lambda _: None)
    try:
        event = parse(json.dumps(_event()))
        return context.describe(event, book.describe([NAME])[NAME])
    except InvalidInputError:
        return None


def _event() -> dict[str, Any]:
    """Return the event of a change to ALARM. What it says of the metrics is not used."""
    state = {"value": "ALARM", "reason": "Threshold Crossed", "timestamp": AT.isoformat()}
    return {
        "version": "0",
        "detail-type": "CloudWatch Alarm State Change",
        "source": "aws.cloudwatch",
        "account": ACCOUNT,
        "region": REGION,
        "resources": [ARN],
        "detail": {"alarmName": NAME, "configuration": {}, "state": state},
    }


def description(alarm: Mapping[str, Any]) -> dict[str, Any]:
    """Return DescribeAlarms' answer for the alarm."""
    found: dict[str, Any] = {
        "AlarmName": NAME,
        "AlarmArn": ARN,
        "StateValue": "ALARM",
        "StateReason": "Threshold Crossed",
        "StateUpdatedTimestamp": AT,
        "EvaluationPeriods": 1,
        "ComparisonOperator": "GreaterThanThreshold",
    }
    statistic = alarm["statistic"]
    if alarm["form"] == "composite":
        return {**found, "AlarmRule": 'ALARM("another")'}
    if alarm["form"] == "metric":
        (metric,) = alarm["metrics"]
        kind = "Statistic" if statistic in _OWN_STATISTICS else "ExtendedStatistic"
        return {**found, **_metric(metric), kind: statistic, "Period": 60, "Threshold": 1.0}
    entries = [*_stats(alarm), *_expressions(alarm)]
    if alarm["form"] == "anomaly":
        return {**found, "Metrics": entries, "ThresholdMetricId": entries[-1]["Id"]}
    return {**found, "Metrics": entries, "Threshold": 1.0}


def _stats(alarm: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the metrics' entries, by the names that the expressions use."""
    used = [n for text in alarm["expressions"] for n in _IDENTIFIER.findall(text)]
    ids = list(dict.fromkeys(used))
    ids += [f"metric{n}" for n in range(len(alarm["metrics"]))]
    shown = alarm["form"] == "anomaly" and len(alarm["expressions"]) == 1
    return [
        {
            "Id": id_,
            "MetricStat": {"Metric": _metric(m), "Period": 60, "Stat": alarm["statistic"]},
            "ReturnData": shown,
        }
        for id_, m in zip(ids, alarm["metrics"], strict=False)
    ]


def _expressions(alarm: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the expressions' entries, a band last."""
    texts = sorted(alarm["expressions"], key=lambda text: text.startswith("ANOMALY"))
    return [
        {"Id": f"result{n}", "Expression": text, "Period": 300, "ReturnData": True}
        for n, text in enumerate(texts)
    ]


def _metric(metric: Mapping[str, Any]) -> dict[str, Any]:
    dimensions = [{"Name": n, "Value": v} for n, v in metric["dimensions"].items()]
    return {
        "Namespace": metric["namespace"],
        "MetricName": metric["name"],
        "Dimensions": dimensions,
    }


def _names_a_resource(alarm: Mapping[str, Any]) -> bool:
    """Return whether a metric of the alarm has a dimension that names something of the account.

    A metric of the whole account has none, nor has a bill, and a team's own namespace names what
    the team means by it.
    """
    return any(
        _is_by_aws(m["namespace"]) and m["dimensions"] and not _CLASSES & set(m["dimensions"])
        for m in alarm["metrics"]
    )


def _is_by_aws(namespace: str) -> bool:
    return namespace.startswith(_BY_AWS)


def _namespaces(alarm: Mapping[str, Any]) -> list[str]:
    return [m["namespace"] for m in alarm["metrics"]]


def _service(alarm: Mapping[str, Any]) -> str:
    """Return the namespace of the alarm's first metric, without AWS's prefix."""
    names = _namespaces(alarm)
    return names[0].removeprefix("AWS/") if names else f"({alarm['form']})"


class _Favourable(NamedTuple):
    """Settings in which a verb of a kind is possible, and the change that led to them."""

    settings: dict[str, Scalar]
    change: tuple[ChangeKind, str, Scalar, Scalar] | None = None


_FAVOURABLE: Final[Mapping[str, _Favourable]] = {
    "lambda": _Favourable(
        {"alias": "live", "alias_version": "8", "alias_revision": "r", "reserved_concurrency": 5},
        ("alias", "live", "7", "8"),
    ),
    "dynamodb": _Favourable(
        {
            "billing": "PROVISIONED",
            "read_units": 5,
            "write_units": 5,
            "status": "ACTIVE",
            "autoscaled": False,
        },
        ("table", "read_units", 10, 5),
    ),
    "ecs": _Favourable(
        {"task_definition": "checkout:42", "status": "ACTIVE", "deploying": False},
        ("task_definition", "task_definition", "checkout:41", "checkout:42"),
    ),
    "sqs": _Favourable({"dlq": "dead", "dead_letters": 3}),
    "ssm": _Favourable({"version": 2, CHANGED_AT: int(AT.timestamp())}),
}


def _most_favourable(resource: str) -> Situation:
    """Return the situation in which most verbs of the resource are possible."""
    at = int(AT.timestamp())
    row = _FAVOURABLE.get(resource.partition(":")[0])
    if row is None:
        return Situation((), ())
    states = (ResourceState(resource=resource, settings=row.settings),)
    if row.change is None:
        return Situation(states, ())
    kind, setting, before, after = row.change
    change = Change(
        id="change:favourable",
        resource=resource,
        kind=kind,
        setting=setting,
        not_before=at,
        at=at,
        before=before,
        after=after,
    )
    return Situation(states, (change,))


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the counts and goals, and write the counts to the file; return 0."""
    parser = ArgumentParser(prog="python -m benchmarks.coverage")
    parser.add_argument("--alarms", type=Path, required=True, help="a JSON list of alarms")
    parser.add_argument("--json", type=Path, help="also write the counts to this file")
    parser.add_argument("--result", type=Path, help="also write the figures of the page")
    given = parser.parse_args(arguments)
    seen = [measure(alarm) for alarm in json.loads(given.alarms.read_text())]
    found = report(seen)
    print(json.dumps(found["total"]))
    for goal in goals(seen):
        verdict = "met" if goal.met else "MISSED"
        print(f"{verdict}: {goal.what}: {goal.measured:g}, {goal.rule} {goal.limit:g}")
    if given.json:
        given.json.write_text(json.dumps(found, indent=1) + "\n")
    if given.result:
        given.result.write_text(_result(seen, found).model_dump_json(indent=1) + "\n")
    return 0


def _result(seen: Sequence[Seen], found: Mapping[str, Any]) -> Result:
    """Return the figures for the page of benchmarks."""
    about, _, more = (__doc__ or "").partition("\n")
    rows = [{"service": name, **row} for name, row in found["by_service"].items()]
    return Result(
        benchmark="coverage",
        about=f"{about}\n{more}",
        goals=goals(seen),
        tables=[
            ResultTable(title="Alarms by the service of their first metric", rows=rows),
            ResultTable(title="Together", rows=[found["total"]]),
        ],
        command="python -m benchmarks.coverage --alarms FILE",
        date=datetime.now(UTC).replace(microsecond=0),
        machine=machine(),
    )


if __name__ == "__main__":
    sys.exit(main())

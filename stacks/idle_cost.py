"""The cost of a month in which no alarm fires, in US dollars, from the synthesised templates.

    python -m stacks.idle_cost [--stage dev] [-c key=value] [--resources 50] [--json]

Counted in the templates: keys, shards, alarms, provisioned environments, schedules, and queues that
Lambda polls. Assumed, and named in the output: how long a scheduled run takes, how much it logs,
and the number of resources that the inventory reads. No figure is measured in an account.
"""

import argparse
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple

from stacks import list_prices as prices
from stacks.config import Config
from stacks.list_prices import Price

Template = Mapping[str, Any]

HOURS: Final = 730
MINUTES: Final = HOURS * 60
RESOURCES: Final = 50
SECONDS: Final[Mapping[str, Decimal]] = {
    "inventory": Decimal(30),
    "watchdog": Decimal("0.3"),
    "warmer": Decimal(1),
}
"""Assumed billed time of a scheduled run. The inventory waits for its tenth of Lambda's quota: 45
requests for eleven functions among 50 resources. The warmer waits for the functions it calls."""
WARM_SECONDS: Final = Decimal("0.02")
LOG_BYTES: Final = 700
"""Assumed log of one run: Lambda's own lines and one of metrics."""
POLLERS: Final = 5
"""Long polls that Lambda keeps open on a queue, each of 20 seconds."""
ALARMS_PER_POLICY: Final = 2
"""Alarms that target tracking makes for a scaling policy."""
ROOT: Final = Path(__file__).parents[1]
_METRIC: Final = re.compile(r'add_metric\(name="(\w+)"')


class Line(NamedTuple):
    """One part of the bill."""

    what: str
    quantity: Decimal
    price: Price

    @property
    def dollars(self) -> Decimal:
        """Return the cost of a month."""
        return self.price.of(self.quantity)


class Idle:
    """The resources of both stacks."""

    def __init__(self, templates: Sequence[Template], resources: int = RESOURCES) -> None:
        self._all = {i: r for template in templates for i, r in template["Resources"].items()}
        self._watched = resources

    def lines(self) -> list[Line]:
        """Return the parts of the bill that are not zero, the largest first."""
        found = [*self._standing(), *self._scheduled()]
        return sorted((one for one in found if one.quantity), key=lambda one: -one.dollars)

    def _standing(self) -> Iterator[Line]:
        shards = sum(p["ShardCount"] for p in self._of("AWS::Kinesis::Stream"))
        policies = len(self._of("AWS::ApplicationAutoScaling::ScalingPolicy"))
        alarms = len(self._of("AWS::CloudWatch::Alarm")) + ALARMS_PER_POLICY * policies
        seconds = self._provisioned() * HOURS * 3600
        yield Line("keys", Decimal(len(self._of("AWS::KMS::Key"))), prices.KMS_KEY)
        yield Line("event stream", Decimal(shards * HOURS), prices.SHARD_HOUR)
        yield Line("alarms on Quorum itself", Decimal(alarms), prices.ALARM)
        yield Line("provisioned concurrency", seconds, prices.PROVISIONED_GB_SECOND)
        polls = POLLERS * 3 * MINUTES * self._polled_queues()
        yield from self.memory()
        yield Line("polling of the queues by Lambda", Decimal(polls), prices.SQS_REQUEST)

    def memory(self) -> Iterator[Line]:
        """Yield what the memory costs idle: a domain its nodes, a table or a collection nothing.

        A collection whose group has no minimal capacity scales to zero after ten idle minutes.
        """
        for domain in self._of("AWS::OpenSearchService::Domain"):
            nodes = Decimal(domain["ClusterConfig"]["InstanceCount"])
            size = domain["EBSOptions"]["VolumeSize"]
            yield Line("nodes of the memory", nodes * HOURS, prices.SEARCH_NODE_HOUR)
            yield Line("storage of the memory", nodes * size, prices.SEARCH_GIGABYTE)

    def _scheduled(self) -> Iterator[Line]:
        runs = self._runs()
        warmed = runs.get("warmer", 0) * self._warmed()
        requests = sum(runs.values()) + warmed
        busy = sum((self._gigabytes(n) * SECONDS[n] * runs[n] for n in runs), Decimal(0))
        busy += sum(map(self._gigabytes, self._warm_names()), Decimal(0)) * (
            WARM_SECONDS * runs.get("warmer", 0)
        )
        reads = runs.get("inventory", 0) * self._watched
        yield Line("scheduled runs and warm calls", Decimal(requests), prices.LAMBDA_REQUEST)
        yield Line("time of scheduled runs and warm calls", busy, prices.LAMBDA_GB_SECOND)
        yield Line("logs of them", Decimal(requests * LOG_BYTES) / 10**9, prices.LOG_GIGABYTE)
        yield Line("metrics of scheduled runs", Decimal(sum(map(_metrics, runs))), prices.METRIC)
        if any(p.get("TracingConfig", {}).get("Mode") == "Active" for p in self._functions()):
            yield Line("traces of scheduled runs", Decimal(sum(runs.values())), prices.TRACE)
        yield Line("snapshots of the inventory", Decimal(reads), prices.DYNAMODB_WRITE)
        yield Line("report of the coverage, 1 KB each", Decimal(reads), prices.DYNAMODB_WRITE)
        yield Line("reads of the last snapshots", Decimal(reads) / 2, prices.DYNAMODB_READ)
        lists = Decimal(runs.get("inventory", 0))
        yield Line("lists of alarms", lists, prices.CLOUDWATCH_CALL)

    def _of(self, kind: str) -> list[dict[str, Any]]:
        return [r.get("Properties", {}) for r in self._all.values() if r["Type"] == kind]

    def _functions(self) -> list[dict[str, Any]]:
        return [p for p in self._of("AWS::Lambda::Function") if "FunctionName" in p]

    def _runs(self) -> dict[str, int]:
        """Return the scheduled runs of a month by function."""
        found: dict[str, int] = {}
        for rule in self._of("AWS::Events::Rule"):
            if "ScheduleExpression" in rule:
                every = int(re.findall(r"\d+", rule["ScheduleExpression"])[0])
                for target in rule["Targets"]:
                    found[self._called(target["Arn"]["Ref"])] = MINUTES // every
        return found

    def _called(self, alias: str) -> str:
        """Return the short name of the function behind an alias's logical id."""
        function = self._all[self._all[alias]["Properties"]["FunctionName"]["Ref"]]
        return _short(function["Properties"]["FunctionName"])

    def _warm_names(self) -> list[str]:
        warmer = next(f for f in self._functions() if _short(f["FunctionName"]) == "warmer")
        text = json.dumps(warmer["Environment"]["Variables"]["WARM_ARNS"])
        return re.findall(r":function:quorum-[a-z]+-([a-z-]+):", text)

    def _warmed(self) -> int:
        return len(self._warm_names())

    def _gigabytes(self, name: str) -> Decimal:
        return next(
            Decimal(f["MemorySize"]) / 1024
            for f in self._functions()
            if _short(f["FunctionName"]) == name
        )

    def _provisioned(self) -> Decimal:
        """Return the memory of all provisioned environments, in GB."""
        total = Decimal(0)
        for logical, resource in self._all.items():
            if resource["Type"] == "AWS::Lambda::Alias":
                config = resource["Properties"].get("ProvisionedConcurrencyConfig", {})
                kept = config.get("ProvisionedConcurrentExecutions", 0)
                total += kept * self._gigabytes(self._called(logical))
        return total

    def _polled_queues(self) -> int:
        queues = {i for i, r in self._all.items() if r["Type"] == "AWS::SQS::Queue"}
        sources = (p["EventSourceArn"] for p in self._of("AWS::Lambda::EventSourceMapping"))
        return sum(one.get("Fn::GetAtt", [""])[0] in queues for one in sources)


def _short(name: str) -> str:
    """Return the name of a function without Quorum's prefix and the stage."""
    return name.split("-", 2)[2]


def _metrics(function: str) -> int:
    """Return the number of metrics that every run of the function publishes."""
    return len(_METRIC.findall((ROOT / "functions" / function / "handler.py").read_text()))


def total(lines: Sequence[Line]) -> Decimal:
    """Return the sum in dollars."""
    return sum((one.dollars for one in lines), Decimal(0))


def memory_line(choice: str, templates: Sequence[Template]) -> str:
    """Return what the chosen memory costs a month in which no incident opens."""
    dollars = total(list(Idle(templates).memory()))
    return f"memory: {choice}, ${dollars:.2f} a month when idle (list price, {prices.AS_OF})"


def table(lines: Sequence[Line]) -> str:
    """Return the bill as Markdown."""
    rows = [
        f"| {one.what} | {_amount(one.quantity)} | {one.price.unit} | {one.dollars:.2f} |"
        for one in lines
    ]
    head = ["| for | quantity | unit | $ a month |", "| --- | ---: | --- | ---: |"]
    return "\n".join([*head, *rows, f"| **total** | | | **{total(lines):.2f}** |"])


def _amount(quantity: Decimal) -> str:
    whole = quantity == quantity.to_integral_value() or quantity >= 100  # noqa: PLR2004
    return f"{quantity:,.0f}" if whole else f"{quantity:.2f}"


def readme(templates: Sequence[Template], provisioned: Sequence[Template]) -> str:
    """Return the README's part: the bill of stage dev, and what provisioned concurrency adds.

    `provisioned` are the templates with one provisioned environment per function.
    """
    plain, warm = Idle(templates).lines(), Idle(provisioned).lines()
    kept = next(one for one in warm if one.price == prices.PROVISIONED_GB_SECOND).dollars
    alarms = total(warm) - total(plain) - kept
    return (
        f"{table(plain)}\n\n"
        f"For stage `dev` with {RESOURCES} resources in the inventory, at the list prices of "
        f"us-east-1 as known on {prices.AS_OF}, before free tiers: `python -m stacks.idle_cost`. "
        f"`provisioned_concurrency` adds ${kept:.2f} for each environment, and ${alarms:.2f} for "
        "its scaling alarms. Estimated from the templates, not measured in an account."
    )


def templates_of(config: Config) -> list[Template]:
    """Synthesise both stacks without layers; makes no AWS calls."""
    from aws_cdk import App  # noqa: PLC0415 - starts Node, which readers of templates do not need

    from app import build  # noqa: PLC0415

    with TemporaryDirectory() as out:
        context = {**project_context(), "aws:cdk:bundling-stacks": []}
        app = App(outdir=out, context=context, analytics_reporting=False)
        stacks = build(app, config)
        assembly = app.synth()
        return [assembly.get_stack_by_name(stack.stack_name).template for stack in stacks]


def project_context() -> dict[str, Any]:
    """Return the context of `cdk.json`: the CDK's flags, and the operator's configuration."""
    found: dict[str, Any] = json.loads((ROOT / "cdk.json").read_text())["context"]
    return found


def main() -> None:
    """Print the bill of a stage's configuration."""
    parser = argparse.ArgumentParser(prog="python -m stacks.idle_cost", description=main.__doc__)
    parser.add_argument("--stage", choices=("dev", "prod"), default="dev")
    parser.add_argument("-c", "--context", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--resources", type=int, default=RESOURCES, help="in the inventory")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    context = {**project_context(), **dict(one.partition("=")[::2] for one in given.context)}
    config = Config.from_context({**context, "stage": given.stage})
    lines = Idle(templates_of(config), given.resources).lines()
    if given.json:
        print(json.dumps({"lines": [_as_json(one) for one in lines], "total": float(total(lines))}))
    else:
        print(table(lines))


def _as_json(line: Line) -> dict[str, Any]:
    return {
        "what": line.what,
        "quantity": float(line.quantity),
        "unit": line.price.unit,
        "dollars": float(line.dollars),
        "source": line.price.source,
    }


if __name__ == "__main__":
    main()

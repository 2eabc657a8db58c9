"""Faults of a shop, injected with the API calls of a person or a pipeline.

Nothing is marked as a fault: Quorum sees only the state that AWS reports.
"""

import io
import json
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from local.emulator_patches.late_metrics import METRIC, NAMESPACE
from local.shop.load import AT_ONCE
from local.shop.plan import ALIAS, BAD_VALUES, GOOD_VALUES, Member, Plan

SERVICE = Path(__file__).with_name("service")
REPLACED = "order.py"
POLICY_ROW = {"id": {"S": "policy"}}


@dataclass(frozen=True)
class InjectedChange:
    """A change of a resource, with its state before and after."""

    resource: str
    what: str
    before: str
    after: str


class Faults:
    """Change a deployed shop."""

    def __init__(self, plan: Plan, client: Callable[[str], Any]) -> None:
        self.plan = plan
        self._lambda, self._ssm = client("lambda"), client("ssm")
        self._dynamodb, self._sqs, self._iam = client("dynamodb"), client("sqs"), client("iam")
        self._cloudwatch = client("cloudwatch")

    def release(self, member: Member, source: Path) -> InjectedChange:
        """Publish a version with the source as its `order.py`, and move the alias to it."""
        return self.move_alias(member, self.publish(member, source))

    def publish(self, member: Member, source: Path) -> str:
        """Publish a version with the source as its `order.py`; the alias stays where it is."""
        self._lambda.update_function_code(FunctionName=member.name, ZipFile=package(source))
        self._lambda.get_waiter("function_updated_v2").wait(FunctionName=member.name)
        version: str = self._lambda.publish_version(FunctionName=member.name)["Version"]
        return version

    def warm(self, member: Member, version: str) -> None:
        """Serve some orders at once with a version before traffic reaches it, as pipelines do."""
        order = json.dumps({"item": "tea", "quantity": 1}).encode()

        def invoke(_: int) -> None:
            self._lambda.invoke(FunctionName=member.name, Qualifier=version, Payload=order)

        with ThreadPoolExecutor(AT_ONCE) as several:
            list(several.map(invoke, range(AT_ONCE)))

    def move_alias(self, member: Member, version: str) -> InjectedChange:
        """Point the alias at the version, without weights."""
        before = self.live_version(member)
        self._lambda.update_alias(
            FunctionName=member.name,
            Name=ALIAS,
            FunctionVersion=version,
            RoutingConfig={"AdditionalVersionWeights": {}},
        )
        return InjectedChange(f"lambda:{member.name}", "alias moved", before, version)

    def weigh_alias(self, member: Member, version: str, weight: float) -> InjectedChange:
        """Send a share (0 to 1) of the traffic to the version, as a canary deployment does."""
        weights = {"AdditionalVersionWeights": {version: weight}}
        self._lambda.update_alias(FunctionName=member.name, Name=ALIAS, RoutingConfig=weights)
        before = self.live_version(member)
        return InjectedChange(
            f"lambda:{member.name}", "alias weighted", before, f"{weight}@{version}"
        )

    def live_version(self, member: Member) -> str:
        """Return the version that the alias points to."""
        version: str = self._lambda.get_alias(FunctionName=member.name, Name=ALIAS)[
            "FunctionVersion"
        ]
        return version

    def reserve(self, member: Member, executions: int | None) -> InjectedChange:
        """Reserve concurrency, which is also the limit; None removes the limit."""
        answer = self._lambda.get_function_concurrency(FunctionName=member.name)
        before = str(answer.get("ReservedConcurrentExecutions"))
        if executions is None:
            self._lambda.delete_function_concurrency(FunctionName=member.name)
        else:
            self._lambda.put_function_concurrency(
                FunctionName=member.name, ReservedConcurrentExecutions=executions
            )
        return InjectedChange(
            f"lambda:{member.name}", "concurrency reserved", before, str(executions)
        )

    def misconfigure(self, member: Member) -> InjectedChange:
        """Set the member's setting to a value that its code cannot parse."""
        return self._set(member, BAD_VALUES[member.setting])

    def configure(self, member: Member) -> InjectedChange:
        """Set the member's setting to its correct value."""
        return self._set(member, GOOD_VALUES[member.setting])

    def _set(self, member: Member, value: str) -> InjectedChange:
        before = self._ssm.get_parameter(Name=member.parameter)["Parameter"]["Value"]
        self._ssm.put_parameter(Name=member.parameter, Value=value, Overwrite=True)
        return InjectedChange(f"ssm:{member.parameter}", "parameter changed", before, value)

    def delay_metrics(self, seconds: int) -> InjectedChange:
        """Have the emulator deliver the points of metrics so much later."""
        point = {"MetricName": METRIC, "Value": float(seconds)}
        self._cloudwatch.put_metric_data(Namespace=NAMESPACE, MetricData=[point])
        return InjectedChange("emulator:metrics", "delivery delayed", "0 s", f"{seconds} s")

    def poison_row(self) -> InjectedChange:
        """Write a row that no version of the deepest function can parse: no rollback helps."""
        row = {**POLICY_ROW, "reorder_at": {"S": "soon"}}
        self._dynamodb.put_item(TableName=self.plan.table, Item=row)
        return InjectedChange(f"dynamodb:{self.plan.table}", "row written", "none", json.dumps(row))

    def cleanse_row(self) -> InjectedChange:
        """Delete that row."""
        self._dynamodb.delete_item(TableName=self.plan.table, Key=POLICY_ROW)
        return InjectedChange(f"dynamodb:{self.plan.table}", "row removed", "policy", "none")

    def revoke_table(self) -> InjectedChange:
        """Deny the deepest function access to its table: no rollback helps."""
        role = self.plan.deepest.name
        denial = {"Effect": "Deny", "Action": "dynamodb:*", "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [denial]})
        self._iam.put_role_policy(RoleName=role, PolicyName=_DENIAL, PolicyDocument=document)
        return InjectedChange(f"iam:{role}", "policy attached", "none", document)

    def restore_table(self) -> InjectedChange:
        """Delete that policy."""
        role = self.plan.deepest.name
        self._iam.delete_role_policy(RoleName=role, PolicyName=_DENIAL)
        return InjectedChange(f"iam:{role}", "policy removed", _DENIAL, "none")

    def send_unreadable_parcel(self) -> InjectedChange:
        """Send a message that ends in the dead-letter queue."""
        url = self._sqs.get_queue_url(QueueName=self.plan.queue)["QueueUrl"]
        self._sqs.send_message(QueueUrl=url, MessageBody="<parcel/>")
        return InjectedChange(f"sqs:{self.plan.queue}", "message sent", "none", "<parcel/>")

    def latencies(self, member: Member, periods: int) -> tuple[float, ...]:
        """Return the average latency of the member in each of the last periods of its alarm.

        In milliseconds; a period without an order is left out.
        """
        now = datetime.now(UTC)
        query = {
            "Id": "latency",
            "MetricStat": {
                "Metric": {
                    "Namespace": member.namespace,
                    "MetricName": "LatencyMs",
                    "Dimensions": _dimensions(member),
                },
                "Period": PERIOD_SECONDS,
                "Stat": "Average",
            },
        }
        start = now - timedelta(seconds=periods * PERIOD_SECONDS)
        answer = self._cloudwatch.get_metric_data(
            MetricDataQueries=[query], StartTime=start, EndTime=now
        )
        return tuple(answer["MetricDataResults"][0]["Values"][:periods])

    def watch_latency(self, member: Member, milliseconds: int) -> InjectedChange:
        """Add an alarm on the average latency of the member, as an operator does."""
        name = f"{member.name}-slow"
        self._cloudwatch.put_metric_alarm(
            AlarmName=name,
            Namespace=member.namespace,
            MetricName="LatencyMs",
            Dimensions=_dimensions(member),
            Statistic="Average",
            Period=PERIOD_SECONDS,
            EvaluationPeriods=2,
            Threshold=milliseconds,
            ComparisonOperator="GreaterThanThreshold",
            TreatMissingData="notBreaching",
        )
        return InjectedChange(f"alarm:{name}", "alarm added", "none", f"{milliseconds} ms")

    def force_alarm(self, member: Member) -> InjectedChange:
        """Set the member's alarm to ALARM without a fault."""
        name = alarm_name(member)
        self._cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="a drill")
        return InjectedChange(f"alarm:{name}", "state set", "OK", "ALARM")


_DENIAL = "security-review"
PERIOD_SECONDS = 10


def _dimensions(member: Member) -> list[dict[str, str]]:
    return [{"Name": "FunctionName", "Value": member.name}]


def alarm_name(member: Member) -> str:
    """Return the name of the member's error alarm."""
    return f"{member.name}-errors"


def package(source: Path) -> bytes:
    """Return the service's code as a Lambda zip, with the source in place of `order.py`."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(SERVICE.glob("*.py")):
            code = source if path.name == REPLACED else path
            archive.writestr(f"service/{path.name}", code.read_bytes())
    return buffer.getvalue()

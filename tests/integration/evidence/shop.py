"""A shop in moto: two functions with traffic, a parameter, a table; and the functions over them."""

import io
import json
import time
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import boto3
import pytest

from functions.shared.adapters.dynamodb_event_store import DynamoDBEventStore
from functions.shared.adapters.s3_evidence_store import S3EvidenceStore
from functions.shared.domain.events import GENESIS, EvidenceFrozen, IncidentOpened
from functions.shared.domain.evidence import Alarm, Bundle
from functions.shared.domain.model import OutsiderText
from tests.integration.communication.wiring import CONTEXT, load
from tests.integration.tables import create_table

INCIDENT: Final = "0123456789abcdef0123456789abcdef"
MAP: Final = "/quorum/service-map"
BUCKET: Final = "quorum-test-evidence"
ENVIRONMENT: Final = {
    "EVENTS_TABLE": "quorum-test-events",
    "EVIDENCE_BUCKET": BUCKET,
    "INVENTORY_TABLE": "quorum-test-inventory",
    "EXECUTIONS_TABLE": "quorum-test-executions",
    "SERVICE_MAP_PARAMETER": MAP,
    "ALARM_PREFIXES": '["shop-"]',
    "STAGE": "dev",
}


def service(name: str, *depends_on: str) -> dict[str, Any]:
    """Return the service's entry in the map."""
    return {
        "resource": f"lambda:{name}",
        "alias": "live",
        "depends_on": depends_on,
        "metrics": {
            "namespace": f"Shop/{name}",
            "version_namespace": f"Shop/{name}/{{version}}",
        },
        "log_group": f"/aws/lambda/{name}",
    }


class Shop:
    """What was deployed, and how to break it."""

    def __init__(self) -> None:
        self.now = int(time.time())
        self.fault = self.now // 60 * 60 - 120
        boto3.client("iam").create_role(RoleName="shop", AssumeRolePolicyDocument="{}")
        boto3.client("s3").create_bucket(Bucket=BUCKET)
        self.store = DynamoDBEventStore(create_table("events"))
        create_table("inventory")
        create_table("executions")
        self.functions = boto3.client("lambda")
        self.ssm = boto3.client("ssm")
        self.ssm.put_parameter(Name="/shop/limit", Value="12", Type="String")
        services = [service("front", "lambda:back", "ssm:/shop/limit"), service("back")]
        self.declare({"services": services})
        for name in ("front", "back"):
            self._deploy(name)
            self._serve(name, "1", self.fault - 600, self.now)
        self._alarm()

    def declare(self, service_map: dict[str, Any]) -> None:
        """Put the service map."""
        value = json.dumps(service_map)
        self.ssm.put_parameter(Name=MAP, Value=value, Type="String", Overwrite=True)

    def release(self, name: str) -> None:
        """Move the alias to version 2, which has been failing since the fault."""
        self.functions.update_alias(FunctionName=name, Name="live", FunctionVersion="2")
        self._serve(name, "2", self.fault, self.now, failing=True)

    def inventory(self, patch: pytest.MonkeyPatch) -> dict[str, int]:
        """Run the inventory function."""
        found: dict[str, int] = load(patch, "inventory", **ENVIRONMENT).lambda_handler({}, CONTEXT)
        return found

    def freeze(self, patch: pytest.MonkeyPatch, **environment: str) -> dict[str, Any]:
        """Open the incident if it is not, and run the evidence function."""
        if not self.store.load(INCIDENT):
            self.store.append(opened(self.fault))
        module = load(patch, "evidence", **ENVIRONMENT, **environment)
        found: dict[str, Any] = module.lambda_handler(
            {"incident_id": INCIDENT, "round": 1}, CONTEXT
        )
        return found

    def bundle(self) -> Bundle:
        """Return what was frozen."""
        (fact,) = [f for f in self.store.load(INCIDENT) if isinstance(f, EvidenceFrozen)]
        return S3EvidenceStore(boto3.client("s3"), BUCKET).get_bundle(fact.key, fact.evidence)

    def _deploy(self, name: str) -> None:
        self.functions.create_function(
            FunctionName=name,
            Runtime="python3.13",
            Role="arn:aws:iam::123456789012:role/shop",
            Handler="handler.handler",
            Code={"ZipFile": code("event")},
            Publish=True,
        )
        self.functions.update_function_code(
            FunctionName=name, ZipFile=code("event['price']"), Publish=True
        )
        self.functions.create_alias(FunctionName=name, Name="live", FunctionVersion="1")

    def _serve(
        self, name: str, version: str, since: int, until: int, *, failing: bool = False
    ) -> None:
        """Publish the minutes' requests and errors, and log some of them."""
        logs, cloudwatch = boto3.client("logs"), boto3.client("cloudwatch")
        group, stream = f"/aws/lambda/{name}", f"2026/11/23/[{version}]0a1b2c"
        if version == "1":
            logs.create_log_group(logGroupName=group)
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
        whole = [{"Name": "FunctionName", "Value": name}]
        of_version = [*whole, {"Name": "ExecutedVersion", "Value": version}]
        spaces = ((f"Shop/{name}", whole), (f"Shop/{name}/{version}", of_version))
        lines: list[Any] = []
        for at in range(since, until, 60):
            text = f"ERROR order {at} has no price" if failing else f"served order {at}"
            lines.append({"timestamp": at * 1000, "message": text})
            for namespace, dimensions in spaces:
                data: list[Any] = [
                    {"MetricName": metric, "Dimensions": dimensions, "Value": value}
                    | {"Timestamp": datetime.fromtimestamp(at, UTC)}
                    for metric, value in (("Requests", 60.0), ("Errors", 30.0 * failing))
                ]
                cloudwatch.put_metric_data(Namespace=namespace, MetricData=data)
        logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=lines)

    def _alarm(self) -> None:
        boto3.client("cloudwatch").put_metric_alarm(
            AlarmName="shop-table-throttled",
            Namespace="AWS/DynamoDB",
            MetricName="WriteThrottleEvents",
            Dimensions=[{"Name": "TableName", "Value": "quorum-test-inventory"}],
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=0,
            ComparisonOperator="GreaterThanThreshold",
        )


def code(answer: str) -> bytes:
    """Return the archive of a handler that answers so."""
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w") as archive:
        archive.writestr("handler.py", f"def handler(event, context): return {answer}")
    return found.getvalue()


def opened(fault: int) -> IncidentOpened:
    """Return the first fact: the front's error alarm fired a minute after the fault."""
    fired_at = datetime.fromtimestamp(fault, UTC) + timedelta(seconds=60)
    alarm = Alarm(
        name="shop-front-errors",
        arn="arn:aws:cloudwatch:us-east-1:123456789012:alarm:shop-front-errors",
        kind="metric",
        account="123456789012",
        region="us-east-1",
        resources=("lambda:front",),
        fired_at=fired_at,
        reason=OutsiderText.of("Threshold Crossed"),
        namespace="Shop/front",
        metric="Errors",
        dimensions=(("FunctionName", "front"),),
        statistic="Sum",
        threshold=3.0,
        comparison="GreaterThanThreshold",
        period_seconds=60,
    )
    return IncidentOpened(
        incident_id=INCIDENT,
        version=1,
        event_id="opened",
        occurred_at=fired_at,
        previous=GENESIS,
        alarm=alarm,
        flapping=False,
    )

"""A shop in moto: functions with traffic, a parameter, a table; and our functions over them."""

import json
import time
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from quorum.adapters.aws.s3_evidence_store import S3EvidenceStore
from quorum.adapters.dynamodb.event_store import DynamoDBEventStore
from quorum.application import pacing
from quorum.domain.events import EvidenceFrozen
from quorum.domain.evidence import Bundle
from tests.builders.events import INCIDENT
from tests.integration.evidence.plan import BUCKET, ENVIRONMENT, MAP, code, opened, service
from tests.integration.handlers import CONTEXT, load
from tests.integration.tables import create_table


class Shop:
    """The deployed shop, with methods that break it."""

    def __init__(self) -> None:
        self.now = int(time.time())
        self.fault = self.now // 60 * 60 - 120
        boto3.client("iam").create_role(RoleName="shop", AssumeRolePolicyDocument="{}")
        boto3.client("s3").create_bucket(Bucket=BUCKET)
        self.store = DynamoDBEventStore(create_table("events"))
        create_table("inventory")
        create_table("executions")
        self.turns = create_table("operations")
        create_table("openings")
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
        """Run the inventory function, at a pace of its own: no account's quota counts here."""
        patch.setattr(pacing, "SHARE", 1000.0)
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
        return S3EvidenceStore(boto3.client("s3"), BUCKET).get_bundle(fact.evidence)

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

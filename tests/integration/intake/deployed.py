"""Intake as Lambda loads it, with its tables, queue and state machine in moto."""

import json
from collections import Counter
from datetime import timedelta
from typing import Any

import boto3
import pytest
from moto.cloudwatch.models import cloudwatch_backends
from moto.core.models import DEFAULT_ACCOUNT_ID

from quorum.adapters.dynamodb.event_store import DynamoDBEventStore
from quorum.adapters.dynamodb.operations import DynamoDBOperations
from quorum.runtime.lambda_runtime import utc_now
from tests.builders import cloudwatch_events
from tests.builders.alarms import ACCOUNT, REGION
from tests.integration.handlers import CONTEXT, bodies, create_queue, load
from tests.integration.tables import create_table


class Deployed:
    """The function; `capsys` catches its metrics, which Powertools prints."""

    def __init__(self, patch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        patch.setattr(cloudwatch_events, "START", utc_now() - timedelta(hours=1))
        self.store = DynamoDBEventStore(create_table("events"))
        self.operations = DynamoDBOperations(create_table("operations"), utc_now)
        self.queue, self.machine = create_queue(), create_machine()
        self.module = load(
            patch,
            "intake",
            EVENTS_TABLE="quorum-test-events",
            OPERATIONS_TABLE="quorum-test-operations",
            OPENINGS_TABLE=create_table("openings").name,
            CLOSINGS_TABLE=create_table("closings").name,
            STATE_MACHINE_ARN=self.machine,
            SERVICE_MAP_PARAMETER="/quorum/service-map",
            DEAD_LETTER_QUEUE_URL=self.queue,
            ALARM_PREFIXES='["shop"]',
            ALARM_TAGS="{}",
            OWN_PREFIX="quorum-",
            ACCOUNT=ACCOUNT,
            REGION=REGION,
        )

    def deliver(self, *events: dict[str, Any] | str) -> list[str]:
        """Have the alarms be there, and deliver a batch; return the ids of the messages that come
        back."""
        for event in events:
            if isinstance(event, dict):
                create_alarm(event["detail"])
        return self.forge(*events)

    def forge(self, *events: dict[str, Any] | str) -> list[str]:
        """Deliver a batch that CloudWatch may not confirm."""
        texts = [event if isinstance(event, str) else json.dumps(event) for event in events]
        answer = self.module.lambda_handler(batch(texts), CONTEXT)
        return [item["itemIdentifier"] for item in answer["batchItemFailures"]]

    def counted(self) -> Counter[str]:
        """Return what the metrics of the last invocations add up to."""
        found = Counter[str]()
        for line in self._capsys.readouterr().out.splitlines():
            if '"_aws"' in line:
                printed = json.loads(line)
                for metric in printed["_aws"]["CloudWatchMetrics"][0]["Metrics"]:
                    found[metric["Name"]] += int(sum(printed[metric["Name"]]))
        return found

    def executions(self) -> list[str]:
        """Return the names of the executions."""
        client = boto3.client("stepfunctions")
        return [
            e["name"] for e in client.list_executions(stateMachineArn=self.machine)["executions"]
        ]

    def kept(self) -> list[dict[str, Any]]:
        """Return the dead letters."""
        return [json.loads(body) for body in bodies(self.queue)]


def create_alarm(detail: dict[str, Any]) -> None:
    """Create the event's alarm, as if it had changed just now."""
    stats = [entry["metricStat"] for entry in detail["configuration"].get("metrics", ())]
    watching = (
        {
            "Namespace": stats[0]["metric"]["namespace"],
            "MetricName": stats[0]["metric"]["name"],
            "Dimensions": [
                {"Name": name, "Value": value}
                for name, value in stats[0]["metric"]["dimensions"].items()
            ],
            "Statistic": stats[0]["stat"],
            "Period": stats[0]["period"],
        }
        if stats
        else {}
    )
    client: Any = boto3.client("cloudwatch")
    client.put_metric_alarm(
        AlarmName=detail["alarmName"],
        EvaluationPeriods=2,
        Threshold=5,
        ComparisonOperator="GreaterThanThreshold",
        **watching,
    )
    if "alarmRule" in detail["configuration"]:  # moto knows composites, and no call that makes one
        backend = cloudwatch_backends[DEFAULT_ACCOUNT_ID][client.meta.region_name]
        backend.alarms[detail["alarmName"]].rule = detail["configuration"]["alarmRule"]


def create_machine() -> str:
    """Return the ARN of a state machine that does nothing."""
    definition = {"StartAt": "Rest", "States": {"Rest": {"Type": "Pass", "End": True}}}
    created = boto3.client("stepfunctions").create_state_machine(
        name="quorum-test-incident",
        definition=json.dumps(definition),
        roleArn="arn:aws:iam::123456789012:role/machine",
    )
    return created["stateMachineArn"]


def batch(texts: list[str]) -> dict[str, Any]:
    """Return what Lambda hands over for these messages."""
    return {
        "Records": [
            {
                "messageId": f"m{n}",
                "receiptHandle": "r",
                "body": text,
                "attributes": {},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:quorum-test-alarms",
                "awsRegion": REGION,
            }
            for n, text in enumerate(texts)
        ]
    }

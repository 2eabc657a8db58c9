"""The other services in memory, as far as the functions use them."""

import io
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from tests.attacks.cloud.dynamodb import DynamoDB, failed
from tests.attacks.cloud.state import Done, Execution, State
from tests.fakes.signing import private_key, public_der

Answer = dict[str, Any]
Invoke = Callable[[str, dict[str, Any]], Answer]


class Services:
    """Every operation as `service_operation`; `invoke` runs a function, by the name in its ARN."""

    def __init__(self, dynamodb: DynamoDB, state: State, invoke: Invoke) -> None:
        self.dynamodb, self.state, self._invoke = dynamodb, state, invoke

    def restore(self, state: State) -> None:
        """Have everything be as it was then."""
        self.state = state.copy()
        self.dynamodb.tables = self.state.tables

    def perform(self, service: str, operation: str, request: Mapping[str, Any]) -> Answer:
        """Serve the call. Raises AttributeError for one that no function of Quorum makes."""
        if service == "dynamodb":
            found: Answer = getattr(self.dynamodb, operation)(**request)
            return found
        if service == "direct":
            return self._directly(operation, str(request["Resource"]))
        answer: Answer = getattr(self, f"{service.replace('-', '_')}_{operation}")(**request)
        return answer

    def _directly(self, action: str, resource: str) -> Answer:
        """Change a resource, or assume a role that may."""
        self.state.done += (Done("directly", "", action, resource, ()),)
        return {}

    def clock_pass(self, *, seconds: float) -> Answer:
        """Let time pass: any role can delay a function, by exhausting shared capacity."""
        self.state.now += timedelta(seconds=seconds)
        return {}

    def s3_get_object(self, *, Bucket: str, Key: str) -> Answer:  # noqa: N803 - the API's
        if (Bucket, Key) not in self.state.objects:
            raise failed("GetObject", "NoSuchKey")
        return {"Body": io.BytesIO(self.state.objects[Bucket, Key])}

    def s3_put_object(self, *, Bucket: str, Key: str, Body: bytes, **_: Any) -> Answer:  # noqa: N803
        self.state.objects[Bucket, Key] = Body
        return {}

    def kms_sign(self, *, KeyId: str, Message: bytes, **_: Any) -> Answer:  # noqa: N803
        algorithm = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
        return {"Signature": private_key(KeyId).sign(Message, algorithm)}

    def kms_get_public_key(self, *, KeyId: str) -> Answer:  # noqa: N803
        return {"PublicKey": _public(KeyId)}

    def sqs_send_message(self, *, QueueUrl: str, MessageBody: str, **_: Any) -> Answer:  # noqa: N803
        self.state.queues[QueueUrl] = (*self.state.queues.get(QueueUrl, ()), MessageBody)
        return {"MessageId": "m"}

    def lambda_invoke(self, *, FunctionName: str, Payload: str, **more: Any) -> Answer:  # noqa: N803
        name = FunctionName.removesuffix(":live").rpartition(":")[2]
        answer = self._invoke(name, json.loads(Payload))
        if more.get("InvocationType") == "Event":
            return {"StatusCode": 202}
        error = {"FunctionError": "Unhandled"} if "errorType" in answer else {}
        return {"Payload": io.BytesIO(json.dumps(answer).encode()), **error}

    def stepfunctions_start_execution(self, *, name: str, input: str, **_: Any) -> Answer:  # noqa: A002
        if name in self.state.executions:
            raise failed("StartExecution", "ExecutionAlreadyExists")
        data = json.loads(input)
        self.state.executions[name] = Execution(str(data["incident_id"]), "start", data)
        return {}

    def stepfunctions_describe_execution(self, *, executionArn: str) -> Answer:  # noqa: N803
        name = executionArn.rpartition(":")[2]
        if name not in self.state.executions:
            raise failed("DescribeExecution", "ExecutionDoesNotExist")
        return {"status": self.state.executions[name].status}

    def stepfunctions_send_task_success(self, *, taskToken: str, output: str) -> Answer:  # noqa: N803
        for name, run in self.state.executions.items():
            if run.token == taskToken and run.answer is None:
                self.state.executions[name] = _answered(run, output)
                return {}
        raise failed("SendTaskSuccess", "TaskTimedOut")

    def cloudwatch_describe_alarms(self, **request: Any) -> Answer:
        prefix, names = request.get("AlarmNamePrefix"), request.get("AlarmNames", ())
        found = [
            alarm
            for name, alarm in self.state.alarms.items()
            if name in names or (prefix and name.startswith(prefix))
        ]
        return {"MetricAlarms": found}

    def cloudwatch_list_tags_for_resource(self, **_: Any) -> Answer:
        return {"Tags": []}

    def cloudwatch_get_metric_data(self, **request: Any) -> Answer:
        """Return ten requests each period; all of them fail since an alarm that is in ALARM."""
        start, end = request["StartTime"], request["EndTime"]
        broken = min(
            (
                alarm["StateTransitionedTimestamp"] - timedelta(seconds=alarm["Period"])
                for alarm in self.state.alarms.values()
                if alarm["StateValue"] == "ALARM"
            ),
            default=end,
        )
        found = [_series(query, start, end, broken) for query in request["MetricDataQueries"]]
        return {"MetricDataResults": found}

    def ssm_get_parameter(self, **_: Any) -> Answer:
        raise failed("GetParameter", "ParameterNotFound")

    def sesv2_send_email(self, *, Content: Mapping[str, Any], **_: Any) -> Answer:  # noqa: N803
        self.state.mails += (str(Content["Simple"]["Subject"]["Data"]),)
        return {"MessageId": "mail"}


@cache
def _public(key: str) -> bytes:
    return public_der(key)


def _answered(run: Execution, output: str) -> Execution:
    return Execution(run.incident, run.place, run.data, run.status, run.token, output, run.passed)


def _series(query: Mapping[str, Any], start: datetime, end: datetime, broken: datetime) -> Answer:
    stat = query["MetricStat"]
    period, at, times = int(stat["Period"]), start, []
    at -= timedelta(seconds=start.timestamp() % period)
    while at < end:
        times.append(at)
        at += timedelta(seconds=period)
    errors = "rror" in stat["Metric"]["MetricName"]
    values = [0.0 if errors and at < broken else 10.0 for at in times]
    return {"Id": query["Id"], "Timestamps": times, "Values": values}

"""Each correction of the emulator, seen from outside: what AWS does is what it does."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.emulator import ACCOUNT, Emulator
from local.stage import wait_until
from tests.e2e.cloud import Cloud, allow, zipped

CODE = """
import os
import boto3
class MyError(Exception): pass
def handler(event, context):
    if event.get("fail"): raise MyError("no luck")
    return {"pid": os.getpid(), "version": context.function_version, "boto3": boto3.__version__}
"""
PERIOD = 2
SOON = 20.0


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    with Emulator() as running:
        yield Cloud(running)


@pytest.fixture(scope="module")
def function(cloud: Cloud) -> str:
    """One function for all tests that leave it as it was."""
    return cloud.function(CODE)


@pytest.fixture(scope="module")
def machine_role(cloud: Cloud, function: str) -> str:
    """A state machine's role that may call the function's alias, and nothing else."""
    return cloud.role("states.amazonaws.com", allow("lambda:InvokeFunction", f"{function}:live"))


def one(**state: Any) -> dict[str, Any]:
    """Return a state machine of one state."""
    return {"StartAt": "Only", "States": {"Only": {**state, "End": True}}}


def refused(error: pytest.ExceptionInfo[ClientError]) -> bool:
    """Return whether IAM said no."""
    return "AccessDenied" in error.value.response["Error"]["Code"]


def test_an_error_is_named_by_its_class_and_keeps_its_environment_warm(
    cloud: Cloud, function: str
) -> None:
    before = cloud.invoke(function)
    failed = cloud.invoke(function, {"fail": True})

    assert (failed["errorType"], failed["errorMessage"]) == ("MyError", "no luck")
    assert any("MyError" in line for line in failed["stackTrace"])
    assert cloud.invoke(function)["pid"] == before["pid"]
    assert before["boto3"]


def test_reserved_concurrency_bounds_the_alias_and_zero_switches_it_off(cloud: Cloud) -> None:
    function, functions = cloud.function(CODE), cloud.emulator.client("lambda")
    functions.put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=0)

    with pytest.raises(functions.exceptions.TooManyRequestsException):
        cloud.invoke(function)

    functions.delete_function_concurrency(FunctionName=function)
    assert cloud.invoke(function)["version"] == "1"


def test_an_alias_with_weights_sends_a_share_to_the_other_version(cloud: Cloud) -> None:
    function, functions = cloud.function(CODE), cloud.emulator.client("lambda")
    functions.update_function_code(FunctionName=function, ZipFile=zipped(CODE + "\n"))
    other = functions.publish_version(FunctionName=function)["Version"]
    weights = {"AdditionalVersionWeights": {other: 0.5}}
    functions.update_alias(FunctionName=function, Name="live", RoutingConfig=weights)

    assert {cloud.invoke(function)["version"] for _ in range(30)} == {"1", other}


def test_a_state_machine_retries_and_catches_by_the_names_of_errors(
    cloud: Cloud, function: str, machine_role: str
) -> None:
    retry = {"ErrorEquals": ["MyError"], "IntervalSeconds": 1, "MaxAttempts": 1}
    catch = {"ErrorEquals": ["MyError"], "ResultPath": "$.error", "Next": "Caught"}
    task = {"Type": "Task", "Resource": f"{function}:live", "Retry": [retry], "Catch": [catch]}
    began = time.monotonic()

    ended = cloud.run(
        machine_role,
        {
            "StartAt": "Task",
            "States": {"Task": {**task, "End": True}, "Caught": {"Type": "Succeed"}},
        },
        {"fail": True},
    )

    assert json.loads(ended["output"])["error"]["Error"] == "MyError"
    assert time.monotonic() - began >= 1


def test_a_throttled_task_fails_with_a_name_that_a_retry_can_list(cloud: Cloud) -> None:
    function, functions = cloud.function(CODE), cloud.emulator.client("lambda")
    role = cloud.role("states.amazonaws.com", allow("lambda:InvokeFunction", f"{function}:live"))
    functions.put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=0)

    ended = cloud.run(role, one(Type="Task", Resource=f"{function}:live"))

    assert (ended["status"], ended["error"]) == ("FAILED", "Lambda.TooManyRequestsException")


def test_a_state_machine_calls_only_what_its_role_allows(
    cloud: Cloud, function: str, machine_role: str
) -> None:
    allowed = cloud.run(machine_role, one(Type="Task", Resource=f"{function}:live"))
    unqualified = cloud.run(machine_role, one(Type="Task", Resource=function))
    nothing = cloud.run(
        cloud.role("states.amazonaws.com"), one(Type="Task", Resource=f"{function}:live")
    )

    assert allowed["status"] == "SUCCEEDED"
    assert unqualified["error"] == nothing["error"] == "Lambda.AWSLambdaException"


def test_a_state_machine_that_exceeds_its_time_is_timed_out(
    cloud: Cloud, machine_role: str
) -> None:
    ended = cloud.run(machine_role, {"TimeoutSeconds": 1, **one(Type="Wait", Seconds=3)})

    assert (ended["status"], ended["error"]) == ("TIMED_OUT", "States.Timeout")


def test_an_execution_that_was_stopped_stays_aborted(cloud: Cloud, machine_role: str) -> None:
    states = cloud.emulator.client("stepfunctions")
    fail = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 1, "Next": "Fail"}}}
    fail["States"]["Fail"] = {"Type": "Fail", "Error": "Late"}  # type: ignore[index]
    machine = states.create_state_machine(
        name=cloud.name("machine"), definition=json.dumps(fail), roleArn=machine_role
    )["stateMachineArn"]
    arn = states.start_execution(stateMachineArn=machine)["executionArn"]

    states.stop_execution(executionArn=arn)
    time.sleep(1.5)

    assert states.describe_execution(executionArn=arn)["status"] == "ABORTED"


def test_calls_on_aliases_and_concurrency_have_actions_of_their_own(
    cloud: Cloud, function: str
) -> None:
    actions = ["lambda:GetAlias", "lambda:UpdateAlias", "lambda:GetFunctionConcurrency"]
    user = cloud.user("lambda", allow(actions, function))

    assert user.get_alias(FunctionName=function, Name="live")["FunctionVersion"] == "1"
    user.update_alias(FunctionName=function, Name="live", FunctionVersion="1")
    user.get_function_concurrency(FunctionName=function)

    with pytest.raises(ClientError) as deletion:
        user.delete_alias(FunctionName=function, Name="live")
    with pytest.raises(ClientError) as reservation:
        user.put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=1)
    assert refused(deletion)
    assert refused(reservation)


def test_invoking_an_alias_is_checked_on_the_alias(cloud: Cloud, function: str) -> None:
    user = cloud.user("lambda", allow("lambda:InvokeFunction", f"{function}:live"))

    assert user.invoke(FunctionName=function, Qualifier="live")["StatusCode"] == 200
    assert user.invoke(FunctionName=f"{function}:live")["StatusCode"] == 200
    with pytest.raises(ClientError) as unqualified:
        user.invoke(FunctionName=function)
    assert refused(unqualified)


def test_metrics_can_be_bound_to_a_namespace(cloud: Cloud) -> None:
    only = {"cloudwatch:namespace": "Mine"}
    user = cloud.user("cloudwatch", allow("cloudwatch:PutMetricData", StringEquals=only))
    point = [{"MetricName": "a", "Value": 1}]

    user.put_metric_data(Namespace="Mine", MetricData=point)
    with pytest.raises(ClientError) as other:
        user.put_metric_data(Namespace="Other", MetricData=point)
    assert refused(other)


def test_a_log_group_is_checked_with_its_streams(cloud: Cloud, function: str) -> None:
    cloud.invoke(function)
    group = f"/aws/lambda/{function.rpartition(':')[2]}"
    arn = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:{group}"
    user = cloud.user("logs", allow("logs:FilterLogEvents", f"{arn}:*"))

    assert "events" in user.filter_log_events(logGroupName=group)
    with pytest.raises(ClientError) as other:
        user.filter_log_events(logGroupName="/aws/lambda/other")
    assert refused(other)


def test_mail_is_checked_on_its_sender(cloud: Cloud) -> None:
    sender, other = "quorum@example.com", "other@example.com"
    for address in (sender, other):
        cloud.emulator.client("ses").verify_email_identity(EmailAddress=address)
    arn = f"arn:aws:ses:us-east-1:{ACCOUNT}:identity/{sender}"
    user = cloud.user("sesv2", allow("ses:SendEmail", arn))
    text = {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}
    mail = {"Destination": {"ToAddresses": ["on-call@example.com"]}, "Content": {"Simple": text}}

    user.send_email(FromEmailAddress=f"Quorum <{sender}>", **mail)
    with pytest.raises(ClientError) as forged:
        user.send_email(FromEmailAddress=other, **mail)
    assert refused(forged)


def test_the_loopback_counts_as_tls(cloud: Cloud) -> None:
    buckets, name = cloud.emulator.client("s3"), cloud.name("bucket")
    buckets.create_bucket(Bucket=name)
    everything = f"arn:aws:s3:::{name}/*"
    plain = allow("s3:*", everything, Bool={"aws:SecureTransport": "false"})
    policy = {
        "Version": "2012-10-17",
        "Statement": [{**plain, "Effect": "Deny", "Principal": "*"}],
    }
    buckets.put_bucket_policy(Bucket=name, Policy=json.dumps(policy))
    user = cloud.user("s3", allow("s3:PutObject", everything))

    user.put_object(Bucket=name, Key="k", Body=b"b")


def watch(cloud: Cloud, **more: Any) -> str:
    """Create an alarm on more than three errors of `mine`; return its name."""
    name = cloud.name("alarm")
    cloud.emulator.client("cloudwatch").put_metric_alarm(
        **{
            "AlarmName": name,
            "Namespace": name,
            "MetricName": "Errors",
            "Dimensions": [{"Name": "F", "Value": "mine"}],
            "Period": PERIOD,
            "EvaluationPeriods": 1,
            "Statistic": "Sum",
            "Threshold": 3,
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching",
            **more,
        }
    )
    return name


def publish(cloud: Cloud, alarm: str, value: float, dimension: str = "mine") -> None:
    """Publish one point of the alarm's metric."""
    dimensions = [{"Name": "F", "Value": dimension}]
    point = {"MetricName": "Errors", "Value": value, "Dimensions": dimensions}
    data = [{**point, "Timestamp": datetime.now(UTC), "StorageResolution": 1}]
    cloud.emulator.client("cloudwatch").put_metric_data(Namespace=alarm, MetricData=data)


def state(cloud: Cloud, alarm: str) -> str:
    found = cloud.emulator.client("cloudwatch").describe_alarms(AlarmNames=[alarm])
    return str(found["MetricAlarms"][0]["StateValue"])


def until(cloud: Cloud, alarm: str, wanted: str) -> None:
    wait_until(lambda: state(cloud, alarm) == wanted, seconds=SOON, every=0.1, what=wanted)


def test_an_alarm_watches_its_own_dimensions_and_recovers_by_the_clock(cloud: Cloud) -> None:
    alarm = watch(cloud)
    until(cloud, alarm, "OK")

    publish(cloud, alarm, 50, dimension="another's")
    time.sleep(1.5)
    assert state(cloud, alarm) == "OK"

    publish(cloud, alarm, 5)
    until(cloud, alarm, "ALARM")
    until(cloud, alarm, "OK")


@pytest.mark.parametrize(
    ("missing", "wanted"),
    [("breaching", "ALARM"), ("notBreaching", "OK"), ("missing", "INSUFFICIENT_DATA")],
)
def test_data_that_is_missing_counts_as_the_alarm_says(
    cloud: Cloud, missing: str, wanted: str
) -> None:
    alarm = watch(cloud, TreatMissingData=missing)
    until(cloud, alarm, wanted)
    time.sleep(1.2)

    assert state(cloud, alarm) == wanted


def test_an_alarm_needs_as_many_periods_as_it_says(cloud: Cloud) -> None:
    alarm = watch(cloud, EvaluationPeriods=4, DatapointsToAlarm=2)
    until(cloud, alarm, "OK")

    publish(cloud, alarm, 5)
    time.sleep(PERIOD + 0.5)
    assert state(cloud, alarm) == "OK"

    publish(cloud, alarm, 5)
    until(cloud, alarm, "ALARM")


def test_a_state_set_by_hand_lasts_for_a_period(cloud: Cloud) -> None:
    alarm = watch(cloud)
    until(cloud, alarm, "OK")
    began = time.monotonic()

    cloud.emulator.client("cloudwatch").set_alarm_state(
        AlarmName=alarm, StateValue="ALARM", StateReason="a drill"
    )
    assert state(cloud, alarm) == "ALARM"

    until(cloud, alarm, "OK")
    assert time.monotonic() - began >= PERIOD - 1


def test_every_transition_of_an_alarm_is_an_event_on_the_bus(cloud: Cloud) -> None:
    queues, events = cloud.emulator.client("sqs"), cloud.emulator.client("events")
    queue, alarm = cloud.name("queue"), watch(cloud)
    until(cloud, alarm, "OK")
    url = queues.create_queue(QueueName=queue)["QueueUrl"]
    pattern = {
        "source": ["aws.cloudwatch"],
        "detail-type": ["CloudWatch Alarm State Change"],
        "detail": {"alarmName": [alarm], "state": {"value": ["ALARM"]}},
    }
    events.put_rule(Name=queue, EventPattern=json.dumps(pattern))
    target = {"Id": "1", "Arn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:{queue}"}
    events.put_targets(Rule=queue, Targets=[target])

    publish(cloud, alarm, 5)
    message = queues.receive_message(QueueUrl=url, WaitTimeSeconds=10)["Messages"][0]

    told = json.loads(message["Body"])
    assert told["resources"] == [f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:{alarm}"]
    assert told["detail"]["previousState"]["value"] == "OK"
    stat = told["detail"]["configuration"]["metrics"][0]["metricStat"]
    assert stat["metric"]["dimensions"] == {"F": "mine"}


def test_a_queue_publishes_how_many_messages_wait(cloud: Cloud) -> None:
    queues, metrics = cloud.emulator.client("sqs"), cloud.emulator.client("cloudwatch")
    queue = cloud.name("queue")
    url = queues.create_queue(QueueName=queue)["QueueUrl"]
    queues.send_message(QueueUrl=url, MessageBody="waits")
    stat = {
        "Namespace": "AWS/SQS",
        "MetricName": "ApproximateNumberOfMessagesVisible",
        "Dimensions": [{"Name": "QueueName", "Value": queue}],
    }

    def waiting() -> bool:
        alone = {"Period": 60, "Statistics": ["Maximum"]}
        now = time.time()
        found = metrics.get_metric_statistics(
            **stat, **alone, StartTime=now - 120, EndTime=now + 60
        )
        return [point["Maximum"] for point in found["Datapoints"]][-1:] == [1.0]

    wait_until(waiting, seconds=SOON, what="the queue's metric")

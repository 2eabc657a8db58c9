"""IAM: the action and the resource that a request is authorised for."""

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from local.clients import DEFAULTS, REGION
from local.emulator import ACCOUNT
from tests.e2e.emulator_patches.cloud import Cloud, allow

pytestmark = pytest.mark.fast


def refused(error: pytest.ExceptionInfo[ClientError]) -> bool:
    """Return whether IAM said no."""
    return "AccessDenied" in error.value.response["Error"]["Code"]


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
    arn = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{group}"
    user = cloud.user("logs", allow("logs:FilterLogEvents", f"{arn}:*"))

    assert "events" in user.filter_log_events(logGroupName=group)
    with pytest.raises(ClientError) as other:
        user.filter_log_events(logGroupName="/aws/lambda/other")
    assert refused(other)


def test_mail_is_checked_on_its_sender(cloud: Cloud) -> None:
    sender, other = "quorum@example.com", "other@example.com"
    for address in (sender, other):
        cloud.emulator.client("ses").verify_email_identity(EmailAddress=address)
    arn = f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/{sender}"
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


def test_a_role_that_may_invoke_a_model_may_converse_with_it(cloud: Cloud) -> None:
    model = "maker.model-v1:0"
    arn = f"arn:aws:bedrock:{REGION}::foundation-model/{model}"
    user = boto3.client(  # type: ignore[call-overload] # localstack-client does not know it
        "bedrock-runtime",
        endpoint_url=cloud.emulator.endpoint,
        region_name=REGION,
        config=DEFAULTS,
        **cloud.key(allow("bedrock:InvokeModel", arn)),
    )
    said: Any = [{"role": "user", "content": [{"text": "hello"}]}]

    assert user.converse(modelId=model, messages=said)["stopReason"] == "end_turn"
    with pytest.raises(ClientError) as other:
        user.converse(modelId="maker.other-v1:0", messages=said)
    assert refused(other)

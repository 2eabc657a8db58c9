"""From a client's call to what IAM is asked about: actions, resources and condition keys."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from tests.attacks.cloud.deployed import ACCOUNT, REGION
from tests.attacks.cloud.dynamodb import Layout
from tests.attacks.cloud.policies import Request

Call = Mapping[str, Any]
SECURE: Final = {"aws:securetransport": ("true",), "aws:principalisawsservice": ("false",)}
PREFIXES: Final = {
    "stepfunctions": "states",
    "sesv2": "ses",
    "lambda": "lambda",
    "resourcegroupstaggingapi": "tag",
    "bedrock-runtime": "bedrock",
}
RENAMED: Final = {"lambda:Invoke": "lambda:InvokeFunction"}


def action_of(service: str, operation: str) -> str:
    """Return the IAM action of an operation that is named as boto3 does."""
    words = "".join(word.capitalize() for word in operation.split("_"))
    action = f"{PREFIXES.get(service, service)}:{words}"
    return RENAMED.get(action, action)


def _at(service: str, rest: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}"


def _queue(call: Call) -> str:
    return _at("sqs", str(call["QueueUrl"]).rpartition("/")[2])


RESOURCES: Final[Mapping[str, Callable[[Call], str]]] = {
    "s3": lambda call: f"arn:aws:s3:::{call['Bucket']}/{call['Key']}",
    "kms": lambda call: str(call["KeyId"]),
    "sqs": _queue,
    "lambda": lambda call: str(call["FunctionName"]),
    "sts": lambda call: str(call["RoleArn"]),
    "ssm": lambda call: _at("ssm", f"parameter{call['Name']}"),
    "sesv2": lambda call: _at("ses", f"identity/{call['FromEmailAddress']}"),
    "states:StartExecution": lambda call: str(call["stateMachineArn"]),
    "states:DescribeExecution": lambda call: str(call["executionArn"]),
    "cloudwatch:ListTagsForResource": lambda call: str(call["ResourceARN"]),
}
"""By action, or by service; what has no resource of its own is `*`."""


def asked(service: str, operation: str, call: Call, layouts: Mapping[str, Layout]) -> Request:
    """Return what IAM is asked."""
    if service == "direct":  # an action that has no method here
        return Request(operation, str(call["Resource"]), SECURE)
    action = action_of(service, operation)
    if service == "dynamodb":
        return _of_a_table(action, call, layouts[call["TableName"]])
    resource = RESOURCES.get(action) or RESOURCES.get(service)
    return Request(action, resource(call) if resource else "*", SECURE)


def _of_a_table(action: str, call: Call, layout: Layout) -> Request:
    table = _at("dynamodb", f"table/{call['TableName']}")
    index = f"/index/{call['IndexName']}" if "IndexName" in call else ""
    key = call.get("Item") or call.get("Key")
    context: dict[str, tuple[str, ...]] = dict(SECURE)
    if key is not None:
        context["dynamodb:leadingkeys"] = tuple(map(str, key[layout.key[0]].values()))
    elif action == "dynamodb:Query":
        values = call["ExpressionAttributeValues"].values()
        context["dynamodb:leadingkeys"] = tuple(map(str, next(iter(values)).values()))
    return Request(action, table + index, context)

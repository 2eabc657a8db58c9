"""The evaluator in process agrees with IAM on the emulator, for every role.

The attacks in process (`tests/attacks`) are only worth as much as their evaluator. So each role of
the deployed templates tries every call that an attack is made of, on every table, function, queue
and key, with the credentials that its own code has: both have to agree on each.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

import pytest
from botocore.exceptions import ClientError

from local import clients
from local.quorum import Quorum
from quorum.runtime.lambda_runtime import WARMING
from stacks.config import Config
from stacks.functions_table import ROWS
from tests.attacks.cloud.asking import SECURE, action_of
from tests.attacks.cloud.deployed import REGION, Deployed
from tests.attacks.cloud.dynamodb import Layout, layouts
from tests.attacks.cloud.policies import Iam, Request, like
from tests.attacks.cloud.roles import iam
from tests.e2e.asked.attacked import Attacked
from tests.e2e.asked.intruder import denied
from tests.infrastructure.conftest import Synth

pytestmark = pytest.mark.slow

NEVER: Final = "attribute_exists(no_item_has_this)"
"""No write of these is ever made: its condition fails, which IAM does not look at."""
STACKS: Final = ("quorum-local-state", "quorum-local-pipeline")


class Try(NamedTuple):
    """One call, and what IAM is asked about it."""

    service: str
    operation: str
    call: dict[str, Any]
    resource: str


@pytest.fixture(scope="module")
def templates(deployed: Attacked) -> Deployed:
    """The templates as they stand deployed."""
    client = deployed.quorum.client("cloudformation")
    state, pipeline = (client.get_template(StackName=n)["TemplateBody"] for n in STACKS)
    return Deployed(Synth(Config(stage="local"), state, pipeline))


def tries(quorum: Quorum, templates: Deployed) -> Iterator[Try]:
    """Yield every call on every resource."""
    for name, layout in layouts(templates).items():
        yield from _of_a_table(templates, name, layout)
    for logical, _ in templates.of("AWS::Lambda::Alias"):
        arn = templates.arn(logical)
        here = arn.replace(f":{REGION}:", f":{clients.REGION}:")
        warm = {"FunctionName": here, "Payload": json.dumps(WARMING)}
        yield Try("lambda", "invoke", warm, arn)
    sqs = quorum.client("sqs")
    for logical, queue in templates.of("AWS::SQS::Queue"):
        url = sqs.get_queue_url(QueueName=queue["QueueName"])["QueueUrl"]
        late = {"QueueUrl": url, "MessageBody": "{}", "DelaySeconds": 900}
        yield Try("sqs", "send_message", late, templates.arn(logical))
    known = quorum.client("kms").list_aliases()["Aliases"]
    keys = {alias["AliasName"]: alias.get("TargetKeyId") for alias in known}
    for logical, alias in templates.of("AWS::KMS::Alias"):
        target = templates.resources[logical]["Properties"]["TargetKeyId"]["Fn::GetAtt"][0]
        message = {"Message": b"m", "SigningAlgorithm": "ECDSA_SHA_256"}
        call = {"KeyId": keys[alias["AliasName"]], **message}
        yield Try("kms", "sign", call, templates.arn(target))


def _of_a_table(templates: Deployed, name: str, layout: Layout) -> Iterator[Try]:
    kinds = _kinds(templates, name)
    key = {part: {kinds[part]: "1"} for part in layout.key}
    first = layout.key[0]
    query = {
        "KeyConditionExpression": "#k = :k",
        "ExpressionAttributeNames": {"#k": first},
        "ExpressionAttributeValues": {":k": key[first]},
    }
    calls: Mapping[str, dict[str, Any]] = {
        "get_item": {"Key": key},
        "put_item": {"Item": key, "ConditionExpression": NEVER},
        "delete_item": {"Key": key, "ConditionExpression": NEVER},
        "update_item": {
            "Key": key,
            "ConditionExpression": NEVER,
            "UpdateExpression": "SET x = :x",
            "ExpressionAttributeValues": {":x": {"S": "x"}},
        },
        "query": query,
        "scan": {"Limit": 1},
    }
    arn = next(
        templates.arn(i) for i, t in templates.of("AWS::DynamoDB::Table") if t["TableName"] == name
    )
    for operation, call in calls.items():
        yield Try("dynamodb", operation, {"TableName": name, **call}, arn)


def _kinds(templates: Deployed, name: str) -> dict[str, str]:
    (table,) = (t for _, t in templates.of("AWS::DynamoDB::Table") if t["TableName"] == name)
    return {a["AttributeName"]: a["AttributeType"] for a in table["AttributeDefinitions"]}


def _by_leading_key(known: Iam, role: str, request: Request) -> bool:
    """Return whether a grant is narrowed by leading keys: the emulator does not enforce those."""
    return any(
        like(action.lower(), request.action.lower()) and like(resource, request.resource)
        for statement in known.identities[role].own
        if any(key == "dynamodb:leadingkeys" for _, key, _ in statement.conditions)
        for action in statement.actions
        for resource in statement.resources
    )


def test_the_evaluator_agrees_with_the_emulator(deployed: Attacked, templates: Deployed) -> None:
    known, counted, wrong = iam(templates), Counter[str](), list[str]()
    everything = list(tries(deployed.quorum, templates))
    for row in ROWS:
        for one in everything:
            request = Request(action_of(one.service, one.operation), one.resource, SECURE)
            if _by_leading_key(known, row.name, request):
                counted["by leading keys"] += 1
                continue
            expected = known.allows(row.name, request)
            found = _may(deployed, row.name, one)
            counted["allowed" if found else "denied"] += 1
            if found != expected:
                wrong.append(f"{row.name}: {request.action} on {one.resource}: {found}")
    print(f"\n{len(ROWS)} roles, {len(everything)} calls each: {dict(counted)}")
    assert not "\n".join(wrong)
    assert counted["allowed"] > len(ROWS)


def _may(deployed: Attacked, role: str, one: Try) -> bool:
    """Return whether IAM lets the role's own credentials make the call."""
    client = deployed.intruder.client(role, one.service)
    try:
        getattr(client, one.operation)(**one.call)
    except ClientError as error:
        return not denied(error)
    return True

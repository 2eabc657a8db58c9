"""IAM's simulator in process, over the synthesised templates."""

import copy
from collections.abc import Mapping
from typing import Any, Final

from tests.attacks.cloud import deployed as places
from tests.attacks.cloud.deployed import Deployed
from tests.attacks.cloud.policies import Identity, Request, verdict
from tests.attacks.cloud.roles import iam
from tests.builders.doctor import ACCOUNT, REGION, Clients, RefusedCallError

PREFIX: Final = "quorum-dev-"


def install(clients: Clients, found: Deployed) -> None:
    """Answer what the check of the roles reads from this deployment."""
    identities = iam(found).identities
    keys = {alias["AliasName"]: alias["TargetKeyId"] for _, alias in found.of("AWS::KMS::Alias")}
    stream = {"TableName": PREFIX + "events", "LatestStreamArn": _stream(found)}
    clients.answers["DescribeKey"] = lambda given: {
        "KeyMetadata": {"KeyId": "key", "Arn": keys[given["KeyId"]]}
    }
    clients.answers["DescribeTable"] = lambda given: (
        {"Table": stream} if given["TableName"] == stream["TableName"] else None
    )
    clients.answers["SimulatePrincipalPolicy"] = lambda given: _simulated(identities, given)


def with_policy(found: Deployed, role: str, change: dict[str, Any]) -> Deployed:
    """Return the deployment with one more statement in the role's policy."""
    pipeline = copy.deepcopy(found.synth.pipeline)
    policies = next(
        resource["Properties"]["Policies"]
        for resource in pipeline["Resources"].values()
        if resource["Type"] == "AWS::IAM::Role"
        and resource["Properties"].get("RoleName") == PREFIX + role
    )
    policies[0]["PolicyDocument"]["Statement"].append(change)
    return Deployed(found.synth._replace(pipeline=pipeline))


def _stream(found: Deployed) -> str:
    logical = next(
        i for i, t in found.of("AWS::DynamoDB::Table") if t["TableName"].endswith("events")
    )
    return str(found.value({"Fn::GetAtt": [logical, "StreamArn"]}))


def _simulated(identities: Mapping[str, Identity], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return IAM's answer: identity policies within the boundary, no policies of resources."""
    name = given["PolicySourceArn"].partition(f":role/{PREFIX}")[2]
    if name not in identities:
        raise RefusedCallError("NoSuchEntity")
    context = {
        entry["ContextKeyName"].lower(): tuple(map(_there, entry["ContextKeyValues"]))
        for entry in given.get("ContextEntries", ())
    }
    return {
        "EvaluationResults": [
            {
                "EvalActionName": action,
                "EvalResourceName": resource,
                "EvalDecision": "allowed"
                if _may(identities[name], Request(action, _there(resource), context))
                else "implicitDeny",
            }
            for action in given["ActionNames"]
            for resource in given["ResourceArns"]
        ]
    }


def _may(identity: Identity, request: Request) -> bool:
    bounded = identity.boundary is None or verdict(identity.boundary, request) is True
    return bounded and verdict(identity.own, request) is True


def _there(text: str) -> str:
    """Return a text of the account in moto as the synthesised deployment has it."""
    return text.replace(ACCOUNT, places.ACCOUNT).replace(REGION, places.REGION)

"""AWS limits that a configuration can exceed, checked at synth instead of by a failed deployment.

References are taken at the longest value that they can have, so that a configuration which passes
fits in every account and region. Sources: the quotas pages of AWS Lambda, IAM, EventBridge, Step
Functions and CloudFormation, and the naming rules of each service, as known on 2026-11-29.
"""

import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

Template = Mapping[str, Any]

ENVIRONMENT_BYTES: Final = 4_096
"""Of all of a function's variables, as the JSON object that Lambda measures."""
INLINE_POLICIES: Final = 10_240
"""Characters of all of a role's inline policies; IAM counts no white space."""
MANAGED_POLICY: Final = 6_144
EVENT_PATTERN: Final = 2_048
STATE_MACHINE_BYTES: Final = 1_048_576
TEMPLATE_BYTES: Final = 1_048_576
RESOURCES: Final = 500
UNPACKED_BYTES: Final = 262_144_000
"""Of a function's package and its layers together."""
NAMES: Final[Mapping[str, tuple[str, int]]] = {
    "AWS::ApiGatewayV2::Api": ("Name", 128),
    "AWS::CloudWatch::Alarm": ("AlarmName", 255),
    "AWS::Cognito::UserPool": ("UserPoolName", 128),
    "AWS::Cognito::UserPoolDomain": ("Domain", 63),
    "AWS::DynamoDB::Table": ("TableName", 255),
    "AWS::IAM::ManagedPolicy": ("ManagedPolicyName", 128),
    "AWS::IAM::Role": ("RoleName", 64),
    "AWS::KMS::Alias": ("AliasName", 256),
    "AWS::Kinesis::Stream": ("Name", 128),
    "AWS::Lambda::Function": ("FunctionName", 64),
    "AWS::Lambda::LayerVersion": ("LayerName", 140),
    "AWS::Logs::LogGroup": ("LogGroupName", 512),
    "AWS::S3::Bucket": ("BucketName", 63),
    "AWS::SNS::Topic": ("TopicName", 256),
    "AWS::SQS::Queue": ("QueueName", 80),
    "AWS::StepFunctions::StateMachine": ("StateMachineName", 80),
}
_LONGEST: Final = {
    "AWS::AccountId": "1" * 12,
    "AWS::Partition": "aws-us-gov",
    "AWS::Region": "ap-southeast-7",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::StackName": "S" * 128,
}
_REFERENCE: Final = "R" * 120
"""As long as the ARN of a role with the longest name, the longest reference in a policy."""


class Measured(NamedTuple):
    """One figure beside its limit."""

    what: str
    size: int
    limit: int
    remedy: str = ""


def exceeded(templates: Iterable[Template]) -> list[str]:
    """Return one line for each limit that the templates exceed."""
    return [
        f"{one.what}: {one.size} exceeds AWS's limit of {one.limit}"
        + (f". {one.remedy}" if one.remedy else "")
        for template in templates
        for one in measured(template)
        if one.size > one.limit
    ]


def measured(template: Template) -> Iterator[Measured]:
    """Yield every figure of the template that has a limit."""
    resources = template["Resources"]
    yield Measured("resources of a stack", len(resources), RESOURCES)
    size = len(json.dumps(template, separators=(",", ":")).encode())
    yield Measured("bytes of a template", size, TEMPLATE_BYTES, _SHORTER)
    for logical, resource in resources.items():
        kind, properties = resource["Type"], resource.get("Properties", {})
        if kind in NAMES and NAMES[kind][0] in properties:
            name, limit = NAMES[kind]
            text = longest(properties[name])
            yield Measured(f"characters of {kind} {name} {text}", len(text), limit)
        yield from _of_kind(kind, logical, properties)


def _of_kind(kind: str, logical: str, properties: Mapping[str, Any]) -> Iterator[Measured]:
    match kind:
        case "AWS::Lambda::Function":
            variables = properties.get("Environment", {}).get("Variables", {})
            size = len(json.dumps({k: longest(v) for k, v in variables.items()}).encode())
            what = (
                f"bytes of the environment variables of {properties.get('FunctionName', logical)}"
            )
            yield Measured(what, size, ENVIRONMENT_BYTES)
        case "AWS::IAM::Role":
            inline = [_counted(p["PolicyDocument"]) for p in properties.get("Policies", ())]
            what = f"characters of the policies of role {properties.get('RoleName', logical)}"
            yield Measured(what, sum(inline), INLINE_POLICIES, _SHORTER)
        case "AWS::IAM::ManagedPolicy":
            size = _counted(properties["PolicyDocument"])
            yield Measured(
                "characters of the verbs' permissions boundary", size, MANAGED_POLICY, _SHORTER
            )
        case "AWS::Events::Rule" if "EventPattern" in properties:
            size = _counted(properties["EventPattern"])
            yield Measured(f"characters of the pattern of rule {logical}", size, EVENT_PATTERN)
        case "AWS::StepFunctions::StateMachine":
            size = len(longest(properties["DefinitionString"]).encode())
            yield Measured("bytes of the state machine", size, STATE_MACHINE_BYTES)


_SHORTER: Final = (
    "List fewer resources in 'autonomy', 'watch' and 'log_groups', with * for many of them"
)


def longest(value: Any) -> str:
    """Return a template's text with each reference at the longest value that it can have."""
    match value:
        case str():
            return value
        case {"Fn::Join": [separator, parts]}:
            return str(separator).join(map(longest, parts))
        case {"Fn::If": [_, *branches]}:
            return max(map(longest, branches), key=len)
        case {"Ref": str(name)}:
            return _LONGEST.get(name, _REFERENCE)
    return _REFERENCE


def _counted(document: Any) -> int:
    return len(json.dumps(_resolved(document), separators=(",", ":")))


def _resolved(value: Any) -> Any:
    match value:
        case {"Fn::Join": _} | {"Fn::If": _} | {"Ref": _} | {"Fn::GetAtt": _}:
            return longest(value)
        case {"Fn::ImportValue": _}:
            return _REFERENCE
        case dict():
            return {name: _resolved(one) for name, one in value.items()}
        case list():
            return [_resolved(one) for one in value]
    return value


def packages_exceeded(templates: Iterable[Template], assembly: Path) -> list[str]:
    """Return one line for each function whose package and layers are too large when unpacked."""
    found = []
    for resources in (template["Resources"] for template in templates):
        for resource in resources.values():
            if resource["Type"] == "AWS::Lambda::Function":
                properties = resource["Properties"]
                parts = [properties["Code"], *_layers(properties, resources)]
                size = sum(_unpacked(part, assembly) for part in parts)
                if size > UNPACKED_BYTES:
                    found.append(
                        f"bytes of {properties.get('FunctionName')} with its layers, unpacked: "
                        f"{size} exceeds AWS's limit of {UNPACKED_BYTES}"
                    )
    return found


def _layers(function: Mapping[str, Any], resources: Mapping[str, Any]) -> Iterator[Any]:
    for layer in function.get("Layers", ()):
        yield resources[layer["Ref"]]["Properties"]["Content"]


def _unpacked(code: Mapping[str, Any], assembly: Path) -> int:
    """Return the unpacked size of an asset; 0 for a stand-in, which is a folder and no zip."""
    path = assembly / f"asset.{code['S3Key']}"
    if not path.is_file():
        return 0
    with zipfile.ZipFile(path) as archive:
        return sum(entry.file_size for entry in archive.infolist())

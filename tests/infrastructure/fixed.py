"""Immutable properties of resources: CloudFormation replaces a resource when one changes."""

from typing import Any, Final

from tests.infrastructure.templates import Template, grants, properties

NAMES: Final = {
    "AWS::Backup::BackupPlan": (),
    "AWS::Backup::BackupVault": ("BackupVaultName",),
    "AWS::CloudWatch::Alarm": ("AlarmName",),
    "AWS::Events::Rule": ("Name",),
    "AWS::IAM::ManagedPolicy": ("ManagedPolicyName",),
    "AWS::IAM::Role": ("RoleName",),
    "AWS::Scheduler::Schedule": ("Name",),
    "AWS::SSM::Parameter": ("Name",),
}
"""Replaceable resources: no data is lost, but two with the same name cannot exist at once."""
KEPT: Final = {
    "AWS::ApiGatewayV2::Api": ("ProtocolType",),
    "AWS::Cognito::UserPool": ("UsernameAttributes", "AliasAttributes"),
    "AWS::Cognito::UserPoolDomain": ("Domain",),
    "AWS::DynamoDB::Table": ("TableName", "KeySchema"),
    "AWS::KMS::Alias": ("AliasName",),
    "AWS::KMS::Key": ("KeySpec", "KeyUsage"),
    "AWS::Kinesis::Stream": ("Name",),
    "AWS::Lambda::Alias": ("FunctionName", "Name"),
    "AWS::Lambda::Function": ("FunctionName",),
    "AWS::Lambda::Url": ("Qualifier", "AuthType"),
    "AWS::Logs::LogGroup": ("LogGroupName",),
    "AWS::S3::Bucket": ("BucketName",),
    "AWS::SNS::Topic": ("TopicName", "FifoTopic"),
    "AWS::SQS::Queue": ("QueueName", "FifoQueue"),
    "AWS::StepFunctions::StateMachine": ("StateMachineName", "StateMachineType"),
}
"""Resources that hold data, messages or running work, sign, or have an address in use."""
Fixed = dict[str, dict[str, Any]]


def fixed(template: Template) -> Fixed:
    """Return type and immutable properties of each such resource, by logical id."""
    known = {**NAMES, **KEPT}
    return {
        logical: {
            "Type": resource["Type"],
            **{
                name: resource["Properties"][name]
                for name in known[resource["Type"]]
                if name in resource.get("Properties", {})
            },
        }
        for logical, resource in template["Resources"].items()
        if resource["Type"] in known
    }


def indexes(template: Template) -> dict[str, dict[str, Any]]:
    """Return the key of every index of each table, by the table's logical id."""
    return {
        logical: {
            index["IndexName"]: index["KeySchema"]
            for index in resource["Properties"].get("GlobalSecondaryIndexes", ())
        }
        for logical, resource in template["Resources"].items()
        if resource["Type"] == "AWS::DynamoDB::Table"
    }


def rights(template: Template) -> dict[str, list[str]]:
    """Return the role's permissions as `action resource keys`, by role name."""
    return {
        role["RoleName"]: sorted(
            {f"{g.action} {g.resource} {' '.join(g.keys)}" for g in grants(role)}
        )
        for role in properties(template, "AWS::IAM::Role")
        if "RoleName" in role
    }


def exports(template: Template) -> dict[str, Any]:
    """Return the values of the stack's exports, by export name."""
    outputs = template.get("Outputs", {}).values()
    return {o["Export"]["Name"]: o["Value"] for o in outputs if "Export" in o}

"""Accepted cdk-nag findings (AwsSolutions), each on its own construct with its own reason."""

from collections.abc import Iterable, Mapping
from typing import Final

from aws_cdk import Acknowledgment, Aws, Validations
from constructs import IConstruct

from stacks.permissions import Permission
from stacks.resource_arns import ResourceArns

RUNTIME: Final = (
    "Python 3.13 is a runtime that AWS supports and patches. The wheels are locked by hash and the "
    "bytecode is compiled for exactly this version; the next one follows once all tests pass on it."
)
NO_RECOVERY: Final = (
    "Outside stage prod the tables are for trials and go with the stack. In prod every table has "
    "point-in-time recovery, deletion protection and a daily copy."
)
BACKUP_ROLE: Final = (
    "AWS publishes this policy for the role that its Backup service assumes, and keeps it in step "
    "with what the service calls. Nothing else can assume the role."
)
PUBLIC_ENDPOINT: Final = (
    "The functions are in no VPC, so the domain has a public endpoint. Every request is signed, "
    "and the domain's policy admits the roles of two functions and nothing else."
)
ONE_NODE: Final = (
    "The memory is rebuilt from the event log, and no incident waits for it: without it a decision "
    "lacks a list of earlier incidents. More nodes would cost more than the rest of the product."
)
OWN_LOGS: Final = (
    "The function's own log group and no other. The names of the streams in it are Lambda's, made "
    "when an environment starts."
)
ALLOW_LIST: Final = (
    "The operator's own allow-list (context key autonomy) names these resources by pattern, for "
    "this verb alone. Without an entry the role can do nothing."
)
DELIVERY: Final = (
    "Step Functions sets up its log delivery and writes its traces with calls that IAM binds to no "
    "resource, as its documentation prescribes. They read neither logs nor traces."
)
NO_THREAT_PLAN: Final = (
    "Cognito's threat protection is billed per person and month. Self sign-up is off, every "
    "person has a second factor, and permissions are in the operator's configuration."
)
PUBLIC_ROUTE: Final = (
    "The console's empty shell, its script and style, and where to sign in: the same for all, "
    "without any data. A browser has to load them before it can sign a person in."
)
WITHOUT_A_POOL: Final = (
    "Stage local only: a laptop has no user pool, and the function itself requires a random token "
    "that is printed in the terminal."
)
_REASONS: Final[Mapping[str, str]] = {
    "any": "IAM has no resource-level permission for {actions}: the Service Authorization "
    "Reference requires *. {grants}",
    "audit-trail": "IAM has no resource-level permission for {actions}. {grants}",
    "traces": "IAM has no resource-level permission for {actions}. {grants}",
    "alarms": "{actions} on the alarms that are opted in, to confirm one of their series.",
    "tagged-alarms": "{actions} on the alarms of this account and region, to read the tag that "
    "opts an alarm in (context key alarm_tags). {grants}",
    "deployments": "{actions} on the stacks of this account and region, to find the one that is "
    "deploying a resource: it can be any of them. {grants}",
    "objects": "{actions} on one prefix of one bucket. Objects are named after a digest or an "
    "incident, which is unknown at deployment.",
    "executions": "{actions} on executions of Quorum's own state machine, which are named after "
    "incidents and so are unknown at deployment.",
    "watched": "{actions}: settings and log lines of the resources that the operator lets Quorum "
    "watch (context keys watch and log_groups), read and never written.",
    "watching": "{actions}: IAM limits these to no resource, or only by an id that is unknown at "
    "deployment. Granted while a resource of the kind is watched (context key watch). {grants}",
    "identity": "{actions} through the configuration sets of this account and region: the sender's "
    "identity may have one as its default, whose name is unknown at deployment.",
    "memory": "{actions} within the memory's own domain: its indexes are named after their model "
    "and number, which change with each rebuild.",
    "model": "{actions} on one model. An inference profile serves it from several regions, and IAM "
    "requires the model in each of them.",
}
_GRANTS: Final[Mapping[str, str]] = {
    "states": "It completes a task whose token is in this function's table only.",
    "xray": "It writes traces and reads none.",
}
_READS: Final = "It reads and changes nothing."


def acknowledge_vector_attributes(scope: IConstruct) -> None:
    """Acknowledge that a table defines attributes which are in no key: vector indexes need them."""
    reason = "DynamoDB requires a definition of each attribute in the search schema of an index."
    found = Acknowledgment(id="CloudFormation-Validate::E3039", reason=reason)
    Validations.of(scope).acknowledge(found)


def acknowledge(scope: IConstruct, rule: str, reason: str) -> None:
    """Acknowledge one finding of one construct."""
    found = Acknowledgment(id=f"AwsSolutions::AwsSolutions-{rule}", reason=reason)
    Validations.of(scope).acknowledge(found)


def acknowledge_wildcard(scope: IConstruct, arn: str, reason: str) -> None:
    """Acknowledge one wildcard resource, by exactly the ARN that is granted."""
    acknowledge(scope, f"IAM5[Resource::{_as_reported(arn)}]", reason)


def acknowledge_allowed(scope: IConstruct, arns: Iterable[str]) -> None:
    """Acknowledge the wildcards of the operator's allow-list."""
    for arn in arns:
        if "*" in arn:
            acknowledge_wildcard(scope, arn, ALLOW_LIST)


def acknowledge_permissions(
    scope: IConstruct, permissions: Iterable[Permission], arns: ResourceArns
) -> None:
    """Acknowledge the wildcards in a row's permissions, with the reason for each kind."""
    reasons: dict[str, list[str]] = {}
    for permission in permissions:
        for arn in arns.of(permission.resource):
            if "*" in arn:
                reasons.setdefault(arn, []).append(_reason(permission))
    for arn, found in reasons.items():
        acknowledge_wildcard(scope, arn, " ".join(dict.fromkeys(found)))


def _reason(permission: Permission) -> str:
    kind, service = permission.resource.partition(":")[0], permission.actions[0].partition(":")[0]
    actions = ", ".join(permission.actions)
    return _REASONS[kind].format(actions=actions, grants=_GRANTS.get(service, _READS))


def _as_reported(arn: str) -> str:
    for token, name in (
        (Aws.PARTITION, "Partition"),
        (Aws.REGION, "Region"),
        (Aws.ACCOUNT_ID, "AccountId"),
    ):
        arn = arn.replace(token, f"<AWS::{name}>")
    return arn

"""IAM statements of the operator's allow-list: the resources that each verb may change."""

from collections.abc import Iterable
from typing import Final

from aws_cdk import aws_iam as iam

from quorum.domain.autonomy import Rule
from quorum.domain.catalogue import VERBS, Verb
from stacks.config import Config
from stacks.config_rules import OWN_PREFIX
from stacks.policies import via_service
from stacks.watched_arns import pattern_arn

_OWN_RESOURCES: Final = (
    *((kind, f"{OWN_PREFIX}*") for kind in ("lambda", "dynamodb", "sqs", "ecs", "ssm")),
    ("ssm", "/quorum/*"),
)


def allowed_arns(verb: Verb, rules: Iterable[Rule]) -> tuple[str, ...]:
    """Return the ARN patterns that the verb may be applied to; none in shadow mode."""
    patterns = (
        pattern
        for rule in rules
        if rule.verb == verb.name and rule.mode != "shadow"
        for pattern in rule.resources
    )
    return tuple(dict.fromkeys(pattern_arn(pattern) for pattern in patterns))


def verb_policy(verb: Verb, config: Config) -> iam.PolicyDocument:
    """Return the verb's permissions on its allowed resources; deny everything if there are none."""
    return iam.PolicyDocument(statements=_allowed([verb], config) or [_nothing()])


def boundary_policy(config: Config) -> iam.PolicyDocument:
    """Return the permissions boundary of all verbs' roles, whatever policies they get later.

    It allows the whole allow-list and denies Quorum's own resources.
    """
    statements = [*(_allowed(VERBS, config) or [_nothing()]), _deny_own_resources()]
    return iam.PolicyDocument(statements=statements)


def _allowed(verbs: Iterable[Verb], config: Config) -> list[iam.PolicyStatement]:
    return [
        statement
        for verb in verbs
        if (arns := allowed_arns(verb, config.autonomy))
        for statement in (
            iam.PolicyStatement(actions=list(verb.permissions), resources=list(arns)),
            *_on_keys(verb, config),
        )
    ]


def _on_keys(verb: Verb, config: Config) -> list[iam.PolicyStatement]:
    """Return the verb's permissions on the customer's keys, through the verb's service alone."""
    if not (verb.key_permissions and config.encryption_keys):
        return []
    return [
        iam.PolicyStatement(
            actions=list(verb.key_permissions),
            resources=list(config.encryption_keys),
            conditions=via_service(verb.name.partition(".")[0]),
        )
    ]


def _nothing() -> iam.PolicyStatement:
    return iam.PolicyStatement(effect=iam.Effect.DENY, actions=["*"], resources=["*"])


def _deny_own_resources() -> iam.PolicyStatement:
    return iam.PolicyStatement(
        effect=iam.Effect.DENY,
        actions=["*"],
        resources=[pattern_arn(f"{kind}:{name}") for kind, name in _OWN_RESOURCES],
    )

"""What the operator allows each verb: the allow-list of the configuration as IAM statements."""

from collections.abc import Iterable
from typing import Final

from aws_cdk import aws_iam as iam

from quorum.domain.autonomy import Rule
from quorum.domain.catalogue import VERBS, Verb
from stacks.config import Config
from stacks.config_rules import OWN_PREFIX
from stacks.watched_arns import pattern_arn

_OURS: Final = (
    *((kind, f"{OWN_PREFIX}*") for kind in ("lambda", "dynamodb", "sqs", "ecs", "ssm")),
    ("ssm", "/quorum/*"),
)


def allowed_arns(verb: Verb, rules: Iterable[Rule]) -> tuple[str, ...]:
    """Return what the verb may be applied to: in shadow, nothing."""
    patterns = (
        pattern
        for rule in rules
        if rule.verb == verb.name and rule.mode != "shadow"
        for pattern in rule.resources
    )
    return tuple(dict.fromkeys(pattern_arn(pattern) for pattern in patterns))


def verb_policy(verb: Verb, config: Config) -> iam.PolicyDocument:
    """Return the verb's permissions on what it is allowed for; nothing when that is nothing."""
    return iam.PolicyDocument(statements=_allowed([verb], config) or [_nothing()])


def boundary_policy(config: Config) -> iam.PolicyDocument:
    """Return the most that any verb's role can ever do, whatever is attached to it later.

    The whole allow-list, and nothing of Quorum's own.
    """
    return iam.PolicyDocument(statements=[*(_allowed(VERBS, config) or [_nothing()]), _not_ours()])


def _allowed(verbs: Iterable[Verb], config: Config) -> list[iam.PolicyStatement]:
    return [
        iam.PolicyStatement(actions=list(verb.permissions), resources=list(arns))
        for verb in verbs
        if (arns := allowed_arns(verb, config.autonomy))
    ]


def _nothing() -> iam.PolicyStatement:
    return iam.PolicyStatement(effect=iam.Effect.DENY, actions=["*"], resources=["*"])


def _not_ours() -> iam.PolicyStatement:
    return iam.PolicyStatement(
        effect=iam.Effect.DENY,
        actions=["*"],
        resources=[pattern_arn(f"{kind}:{name}") for kind, name in _OURS],
    )

"""IAM ARN patterns of Quorum's resource patterns (`lambda:shop-*`)."""

from collections.abc import Iterable
from typing import Final

from stacks.naming import arn

_SHAPES: Final = {
    "lambda": ("lambda", "function:{name}"),
    "dynamodb": ("dynamodb", "table/{name}"),
    "sqs": ("sqs", "{name}"),
    "ecs": ("ecs", "service/{name}"),
    "ssm": ("ssm", "parameter/{name}"),
}


def pattern_arn(pattern: str) -> str:
    """Return the ARN pattern; the leading slash of a parameter's name is optional."""
    kind, _, name = pattern.partition(":")
    service, shape = _SHAPES[kind]
    return arn(service, shape.format(name=name.removeprefix("/")))


def pattern_arns(patterns: Iterable[str], kind: str) -> tuple[str, ...]:
    """Return the ARN patterns of one service's patterns without duplicates.

    For functions also the qualified ARNs: IAM checks reads of a version or alias on those.
    """
    found = dict.fromkeys(pattern_arn(p) for p in patterns if p.startswith(f"{kind}:"))
    if kind == "lambda":
        found |= dict.fromkeys(f"{arn}:*" for arn in [*found] if not arn.endswith("*"))
    return tuple(found)

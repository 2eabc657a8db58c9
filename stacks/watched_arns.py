"""From resource patterns of ours (`lambda:shop-*`) to ARN patterns of IAM's."""

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
    """Return the ARN pattern; a parameter's name may begin with the slash or not."""
    kind, _, name = pattern.partition(":")
    service, shape = _SHAPES[kind]
    return arn(service, shape.format(name=name.removeprefix("/")))


def pattern_arns(patterns: Iterable[str], kind: str) -> tuple[str, ...]:
    """Return the ARN patterns of one service's patterns, each once.

    Reading a version or an alias of a function is checked on the function's qualified ARN.
    """
    found = dict.fromkeys(pattern_arn(p) for p in patterns if p.startswith(f"{kind}:"))
    if kind == "lambda":
        found |= dict.fromkeys(f"{arn}:*" for arn in [*found] if not arn.endswith("*"))
    return tuple(found)

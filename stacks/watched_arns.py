"""IAM ARN patterns of Quorum's resource patterns (`lambda:shop-*`), by the rows of the services."""

from collections.abc import Iterable
from typing import Final

from aws_cdk import Aws

from quorum.services import naming
from quorum.services.naming import Place
from quorum.services.rows import KINDS

_HERE: Final = Place(Aws.PARTITION, Aws.REGION, Aws.ACCOUNT_ID)


def pattern_arn(pattern: str) -> str:
    """Return the ARN pattern; the leading slash of a parameter's name is optional."""
    kind, _, name = pattern.partition(":")
    return naming.arn(KINDS[kind], name, _HERE)


def pattern_arns(patterns: Iterable[str], kind: str) -> tuple[str, ...]:
    """Return the ARN patterns of one kind's patterns without duplicates.

    Also those below the resource's own, where IAM checks reads on them: of a function the qualified
    ARNs of its versions and aliases.
    """
    found = dict.fromkeys(pattern_arn(p) for p in patterns if p.startswith(f"{kind}:"))
    under = KINDS[kind].under
    if under:
        found |= dict.fromkeys(f"{arn}{under}" for arn in [*found] if not arn.endswith("*"))
    return tuple(found)


def form_arn(form: str) -> str:
    """Return the ARN of a row's form without a name, or `*`."""
    if form == "*":
        return form
    rest = form.format(region=_HERE.region, account=_HERE.account)
    return f"arn:{_HERE.partition}:{rest}"

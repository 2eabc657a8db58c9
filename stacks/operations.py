"""Which operations of each AWS service are called: those that IAM lets the functions call.

The tables of needs, the signers' keys and the catalogue's verbs name IAM actions; the layer ships
the operations behind them (`stacks/botocore_data.py`), so what a function may do and what it can
do are one list.
"""

from typing import Final

from quorum.domain.catalogue import VERBS
from stacks.functions_table import ROWS
from stacks.needs import SIGNING

SERVICES: Final = {
    "bedrock": "bedrock-runtime",
    "ses": "sesv2",
    "states": "stepfunctions",
    "tag": "resourcegroupstaggingapi",
}
"""IAM's prefix of a service, and boto3's name where that is another."""
NAMED_OTHERWISE: Final = {
    "bedrock:InvokeModel": "Converse",
    "lambda:InvokeFunction": "Invoke",
}
"""IAM's action, and the operation that it allows where that has another name."""
BY_ITSELF: Final = frozenset({("s3", "HeadBucket")})
"""What botocore calls unasked: after a redirect it looks up the bucket's region."""


def operations() -> dict[str, frozenset[str]]:
    """Return the operations by boto3's name of their service.

    Some are nobody's: an action that an event source mapping needs on the function's behalf may
    belong to a service with no operation of that name.
    """
    needs = (action for row in ROWS for need in row.needs for action in need.actions)
    actions = {*needs, *SIGNING, *(action for verb in VERBS for action in verb.permissions)}
    pairs = {_operation(action) for action in actions} | BY_ITSELF
    return {
        service: frozenset(name for owner, name in pairs if owner == service)
        for service, _ in sorted(pairs)
    }


def _operation(action: str) -> tuple[str, str]:
    prefix, _, name = action.partition(":")
    return SERVICES.get(prefix, prefix), NAMED_OTHERWISE.get(action, name)

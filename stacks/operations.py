"""AWS API operations that the functions may call, derived from their IAM permissions.

The functions table, the signers' keys and the catalogue's verbs list IAM actions. The layer ships
the models of the operations behind them and of no others (`stacks/botocore_data.py`).
"""

from typing import Final

from quorum.domain.catalogue import VERBS
from quorum.services.rows import KINDS, client_of, operation_of
from stacks.functions_table import ROWS
from stacks.permissions import SIGNING

SERVICES: Final = {
    "bedrock": "bedrock-runtime",
    "ses": "sesv2",
    "states": "stepfunctions",
    "tag": "resourcegroupstaggingapi",
}
"""IAM's prefix of a service → its name in boto3, where the two differ."""
OPERATION_NAMES: Final = {
    "bedrock:InvokeModel": "Converse",
    "lambda:InvokeFunction": "Invoke",
}
"""IAM action → the operation that it allows, where the two names differ."""
IMPLICIT: Final = frozenset({("s3", "HeadBucket"), ("bedrock-runtime", "InvokeModel")})
"""Operations without an action of that name here: after a redirect botocore looks up the bucket's
region by itself, and texts are embedded by the other operation that `bedrock:InvokeModel` allows.
"""
WITHOUT_CLIENT: Final = frozenset({"aoss", "es"})
"""Prefixes of OpenSearch's own HTTP interface, which boto3 does not call."""


def operations() -> dict[str, frozenset[str]]:
    """Return the operations by service, in boto3's names.

    Some do not exist: an action that only an event source mapping uses may have no operation of
    that name.
    """
    described = [one for kind in KINDS.values() for one in (*kind.describes, *kind.links)]
    granted = {action for row in ROWS for one in row.permissions for action in one.actions}
    granted -= {one.action for one in described}
    actions = {*granted, *SIGNING, *(action for verb in VERBS for action in verb.permissions)}
    pairs = {_operation(action) for action in actions} | IMPLICIT
    pairs |= {(client_of(one), operation_of(one)) for one in described}
    return {
        service: frozenset(name for owner, name in pairs if owner == service)
        for service, _ in sorted(pairs)
        if service not in WITHOUT_CLIENT
    }


def _operation(action: str) -> tuple[str, str]:
    prefix, _, name = action.partition(":")
    return SERVICES.get(prefix, prefix), OPERATION_NAMES.get(action, name)

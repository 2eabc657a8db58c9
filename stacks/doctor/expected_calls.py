"""Calls that each deployed role is allowed by its row, and some that each is denied."""

from collections.abc import Iterator
from typing import Final

from aws_cdk import Aws

from quorum.domain.catalogue import VERBS, Verb
from quorum.domain.trust import STORES
from stacks.doctor.calls import Context, Expectation
from stacks.doctor.subject import Subject
from stacks.functions_table import ROWS
from stacks.naming import Names
from stacks.permissions import Permission
from stacks.policies import row_permissions
from stacks.resource_arns import ResourceArns
from stacks.rows.row import Row
from stacks.verb_permissions import allowed_arns

SAMPLE: Final = "doctor"
"""Text in place of a wildcard: IAM simulates calls on resources, not on patterns."""
_CHINA: Final = "aws-cn"


def expectations(subject: Subject) -> list[Expectation]:
    """Return the expected decisions on all roles of the stage, in the account's own ARNs."""
    expected = _Expected(subject)
    return [
        *(one for row in ROWS for one in (*expected.allowed(row), *expected.denied(row))),
        *(one for verb in VERBS for one in expected.of_verb(verb)),
    ]


class _Expected:
    """The tables of the stacks in an account; keys and the events' stream are looked up there."""

    def __init__(self, subject: Subject) -> None:
        self._subject, self._names = subject, Names(subject.config.stage)
        kms, dynamodb = subject.client("kms"), subject.client("dynamodb")
        keys = {
            row.name: kms.describe_key(KeyId=f"alias/{subject.name(row.name)}")["KeyMetadata"][
                "Arn"
            ]
            for row in ROWS
            if row.signs
        }
        events = dynamodb.describe_table(TableName=subject.name("events"))["Table"]
        self._arns = ResourceArns(subject.config, events["LatestStreamArn"], keys)

    def allowed(self, row: Row) -> Iterator[Expectation]:
        """Yield the row's permissions, those on the same resources together."""
        grouped: dict[tuple[tuple[str, ...], Context], dict[str, None]] = {}
        for permission in row_permissions(row, self._arns):
            resources = tuple(map(self._sampled, self._arns.of(permission.resource)))
            if resources:
                key = resources, self._context(permission)
                grouped.setdefault(key, {}).update(dict.fromkeys(permission.actions))
        for (resources, context), actions in grouped.items():
            yield Expectation(row.name, tuple(actions), resources, True, context)  # noqa: FBT003

    def denied(self, row: Row) -> Iterator[Expectation]:
        """Yield what the row does not list: other stores, rewritten events, the verbs' changes."""
        subject, may = self._subject, {(a, p.resource) for p in row.permissions for a in p.actions}
        tables = [
            subject.arn("dynamodb", f"table/{subject.name(store.key.partition(':')[2])}")
            for store in STORES
            if store.key.startswith("table:") and ("dynamodb:PutItem", store.key) not in may
        ]
        events = subject.arn("dynamodb", f"table/{subject.name('events')}")
        function = subject.arn("lambda", f"function:{SAMPLE}")
        roles = [subject.role(row.name)]
        verbs = [self._sampled(arn) for arn in self._arns.of("verb-roles")]
        for actions, resources in (
            (("dynamodb:PutItem",), tables),
            (("dynamodb:DeleteItem", "dynamodb:UpdateItem"), [events]),
            (("lambda:UpdateAlias", "lambda:UpdateFunctionCode"), [function]),
            (("iam:PutRolePolicy",), roles),
            (("sts:AssumeRole",), [] if ("sts:AssumeRole", "verb-roles") in may else verbs),
        ):
            if resources:
                yield Expectation(row.name, actions, tuple(resources), False)  # noqa: FBT003

    def of_verb(self, verb: Verb) -> Iterator[Expectation]:
        """Yield what the rules allow the verb's role, and changes of Quorum itself."""
        subject = self._subject
        role = self._names.verb_role(verb).removeprefix(self._names.prefix)
        allowed = tuple(map(self._sampled, allowed_arns(verb, subject.config.autonomy)))
        if allowed:
            yield Expectation(role, verb.permissions, allowed, True)  # noqa: FBT003
        executor = subject.arn("lambda", f"function:{subject.name('executor')}")
        denied = ("lambda:UpdateAlias", "lambda:PutFunctionConcurrency")
        yield Expectation(role, denied, (executor,), False)  # noqa: FBT003

    def _sampled(self, arn: str) -> str:
        """Return an ARN of the account that the pattern matches."""
        for token, value in (
            (Aws.PARTITION, self._subject.partition),
            (Aws.REGION, self._subject.region),
            (Aws.ACCOUNT_ID, self._subject.account),
        ):
            arn = arn.replace(token, value)
        return arn if arn == "*" else arn.replace("*", SAMPLE).replace("?", "x")

    def _context(self, permission: Permission) -> Context:
        """Return values of condition keys with which the permission's conditions hold."""
        if permission.keys:
            keys = tuple(key.replace("*", SAMPLE) for key in permission.keys)
            return (("dynamodb:LeadingKeys", keys),)
        if not permission.through:
            return ()
        suffix = "amazonaws.com.cn" if self._subject.partition == _CHINA else "amazonaws.com"
        service = f"{permission.through}.{self._subject.region}.{suffix}"
        return (("kms:ViaService", (service,)),)

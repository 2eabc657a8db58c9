"""Checks of each deployed role against its row: what the row allows is allowed, and no more.

IAM itself answers, by SimulatePrincipalPolicy. It evaluates the policies of the role; those of
keys, queues and buckets it does not.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import Any, Final

from botocore.exceptions import ClientError

from stacks.doctor.calls import Deviation, Expectation
from stacks.doctor.check import Check, error, ok
from stacks.doctor.refused import code
from stacks.doctor.subject import Subject

WORKERS: Final = 8
_REMEDY: Final = "Deploy the stacks again, and look for the change in CloudTrail"


def roles(subject: Subject) -> Iterator[Check]:
    """Yield a check per role that deviates, or one that all are as their rows."""
    # The CDK starts Node when it is imported, and only this check needs the stacks' ARNs.
    from stacks.doctor.expected_calls import expectations  # noqa: PLC0415

    wanted, iam = expectations(subject), subject.client("iam")
    with ThreadPoolExecutor(WORKERS) as pool:
        found = list(pool.map(lambda one: deviations(iam, subject, one), wanted))
    yield from judge_roles(wanted, chain.from_iterable(found))


def judge_roles(wanted: Iterable[Expectation], found: Iterable[Deviation]) -> Iterator[Check]:
    """Yield one error per role that deviates."""
    by_role: dict[str, list[Deviation]] = {}
    for one in found:
        by_role.setdefault(one.role, []).append(one)
    for role, several in by_role.items():
        first = several[0]
        should = "should be allowed" if first.allowed else "should be denied"
        more = f", and {len(several) - 1} more" if len(several) > 1 else ""
        yield error(f"role {role}", f"{first.action} on {first.resource} {should}{more}", _REMEDY)
    if not by_role:
        count = len({one.role for one in wanted})
        yield ok("roles", f"{count} roles allow what their rows list, and deny what they must not")


def deviations(iam: Any, subject: Subject, wanted: Expectation) -> list[Deviation]:
    """Return the calls that IAM decides differently; a role that does not exist allows nothing."""
    selection = {
        "PolicySourceArn": subject.role(wanted.role),
        "ActionNames": list(wanted.actions),
        "ResourceArns": list(wanted.resources),
        "ContextEntries": [
            {
                "ContextKeyName": key,
                "ContextKeyValues": list(values),
                "ContextKeyType": "stringList",
            }
            for key, values in wanted.context
        ],
    }
    try:
        pages = list(iam.get_paginator("simulate_principal_policy").paginate(**selection))
    except ClientError as failure:
        if code(failure) != "NoSuchEntity":
            raise
        pages = []
    results = chain.from_iterable(page["EvaluationResults"] for page in pages)
    allowed = {pair for one in results for pair in _allowed(one)}
    return [
        Deviation(wanted.role, action, resource, wanted.allowed)
        for action in wanted.actions
        for resource in wanted.resources
        if ((action, resource) in allowed) != wanted.allowed
    ]


def _allowed(result: Any) -> Iterator[tuple[str, str]]:
    """Yield the allowed pairs of one result, which may hold one per resource."""
    action, by_resource = result["EvalActionName"], result.get("ResourceSpecificResults", ())
    for one in by_resource:
        if one["EvalResourceDecision"] == "allowed":
            yield action, one["EvalResourceName"]
    if not by_resource and result["EvalDecision"] == "allowed":
        yield action, result["EvalResourceName"]

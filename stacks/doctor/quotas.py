"""Checks of the account's quotas against what the stacks take from them."""

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any, Final, NamedTuple

from stacks import concurrency
from stacks.config import Config
from stacks.doctor.check import Check, error, ok, unknown, warning
from stacks.doctor.subject import Subject
from stacks.functions_table import ROWS

LAMBDA_CODE: Final = "L-B99A9384"


class Quota(NamedTuple):
    """A quota of Service Quotas, found by its code or by words of its name."""

    name: str
    service: str
    code: str
    words: str
    needed: int
    """Resources that the stacks add."""
    used: Callable[[Subject], int]


def _pages(client: Any, operation: str, key: str, **selection: Any) -> int:
    pages = client.get_paginator(operation).paginate(**selection)
    return sum(len(page[key]) for page in pages)


QUOTAS: Final = (
    Quota(
        "EventBridge rules",
        "events",
        "L-244521F2",
        "number of rules",
        5,
        lambda subject: _pages(subject.client("events"), "list_rules", "Rules"),
    ),
    Quota(
        "KMS keys",
        "kms",
        "L-C2F1777E",
        "customer master keys",
        sum(row.signs for row in ROWS),
        lambda subject: _pages(subject.client("kms"), "list_keys", "Keys"),
    ),
    Quota(
        "state machines",
        "states",
        "",
        "registered state machines",
        1,
        lambda subject: _pages(
            subject.client("stepfunctions"), "list_state_machines", "stateMachines"
        ),
    ),
)
"""Sources of the codes: Service Quotas. The one of state machines is found by its name."""


def lambda_concurrency(subject: Subject) -> Iterator[Check]:
    """Yield the check of the quota of concurrent executions."""
    limit = subject.client("lambda").get_account_settings()["AccountLimit"]["ConcurrentExecutions"]
    yield judge_concurrency(subject.config, int(limit))


def judge_concurrency(config: Config, quota: int) -> Check:
    """Return the check: AWS refuses the stacks below what they set aside."""
    name, needed = "quota of concurrent executions", concurrency.quota_needed(config)
    request = (
        "Request more: aws service-quotas request-service-quota-increase --service-code lambda "
        f"--quota-code {LAMBDA_CODE} --desired-value 1000"
    )
    if quota < needed:
        return error(
            name,
            f"{quota}, and this configuration needs {needed}: AWS refuses the deployment",
            f"{request}; or set provisioned_concurrency and door_concurrency to 0",
        )
    if quota < concurrency.UNRESERVED:
        return warning(
            name,
            f"{quota} for all functions of the account: seats are throttled and abstain",
            request,
        )
    return ok(name, f"{quota}, of which {needed} are needed")


def resources(subject: Subject) -> Iterator[Check]:
    """Yield a check per quota of resources that the stacks add to."""
    for quota in QUOTAS:
        limit = _limit(subject, quota)
        added = 0 if subject.deployed else quota.needed
        yield judge_quota(quota, limit, quota.used(subject), added)


def _limit(subject: Subject, quota: Quota) -> float | None:
    pages = (
        subject.client("service-quotas")
        .get_paginator("list_service_quotas")
        .paginate(ServiceCode=quota.service)
    )
    listed = chain.from_iterable(page["Quotas"] for page in pages)
    found = (
        one["Value"]
        for one in listed
        if one["QuotaCode"] == quota.code or quota.words in one["QuotaName"].lower()
    )
    return next(found, None)


def judge_quota(quota: Quota, limit: float | None, used: int, added: int) -> Check:
    """Return the check of `used` resources, to which a deployment adds `added`."""
    name = f"quota of {quota.name}"
    if limit is None:
        return unknown(
            name,
            f"{used} exist; Service Quotas lists no quota of {quota.service} by this name",
            "Look at the service's own page of quotas",
        )
    if used + added > limit:
        return error(
            name,
            f"{used} of {limit:.0f} exist, and a deployment adds {added}",
            f"Request more of {quota.code or quota.name} in Service Quotas, or delete unused ones",
        )
    return ok(name, f"{used} of {limit:.0f} exist, and a deployment adds {added}")

"""The Lambda concurrency that a configuration takes from the account's quota."""

from typing import Final

from stacks.config import Config
from stacks.functions_table import ROWS

UNRESERVED: Final = 100
"""Concurrent executions that AWS requires to stay unreserved."""
WARM: Final = sum(row.warm for row in ROWS)
"""Functions on the path of an incident, each with the configured provisioned environments."""
DEFAULT_OF_NEW_ACCOUNTS: Final = 10


def reserved(config: Config, name: str) -> int:
    """Return a function's reserved concurrency: of a public one on AWS whose channel is set up."""
    public = any(row.public for row in ROWS if row.name == name)
    reachable = public and name in config.channel_secrets and config.machinery.on_aws
    return config.door_concurrency if reachable else 0


def quota_needed(config: Config) -> int:
    """Return the least quota with which AWS accepts the stacks; 0 where they set nothing aside."""
    set_aside = config.provisioned_concurrency * WARM
    set_aside += sum(reserved(config, row.name) for row in ROWS)
    return set_aside + UNRESERVED if set_aside else 0


def refusals(config: Config) -> list[str]:
    """Return why the account's quota, where the configuration states it, is too low."""
    needed, quota = quota_needed(config), config.concurrency_quota
    if quota is None or quota >= needed or not config.machinery.on_aws:
        return []
    return [
        f"context key 'concurrency_quota' is {quota}, but {_parts(config)} need {needed}: request "
        "a higher quota, or set 'provisioned_concurrency' and 'door_concurrency' to 0"
    ]


def warnings(config: Config) -> list[str]:
    """Return warnings to an operator who does not state the quota, or reserves nothing."""
    if not config.machinery.on_aws:
        return []
    found = []
    needed = quota_needed(config)
    if needed and config.concurrency_quota is None:
        found.append(
            f"{_parts(config)} need a Lambda concurrency quota of {needed}, and a new account has "
            f"{DEFAULT_OF_NEW_ACCOUNTS}. Below it the deployment is rolled back. Compare it with "
            "`aws lambda get-account-settings`, and state it in 'concurrency_quota'"
        )
    if "slack" in config.channel_secrets and not config.door_concurrency:
        found.append(
            "door_concurrency is 0: requests to Slack's request URL can use up the account's "
            "concurrency"
        )
    return found


def _parts(config: Config) -> str:
    parts = [
        f"{WARM} functions with {config.provisioned_concurrency} provisioned environments each"
        if config.provisioned_concurrency
        else "",
        *(
            f"{count} reserved for {row.name}"
            for row in ROWS
            if (count := reserved(config, row.name))
        ),
        f"{UNRESERVED} that AWS keeps unreserved",
    ]
    return ", ".join(part for part in parts if part)

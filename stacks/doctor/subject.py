"""The subject of the checks: a configuration, and the account that it is or will be deployed to."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple

from stacks.config import Config
from stacks.config_rules import OWN_PREFIX

Clients = Callable[[str, str | None], Any]
"""Returns the boto3 client of a service, in another region where one is given."""

STACKS: Final = ("state", "pipeline")


class Options(NamedTuple):
    """Requests beyond reading."""

    drift: bool = False
    """Start a detection of drift, which takes minutes and changes nothing."""
    send_test: bool = False
    """Send a test message on every channel."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A configuration in one account and region."""

    config: Config
    clients: Clients
    now: Callable[[], datetime]
    account: str
    region: str
    partition: str = "aws"
    deployed: bool | None = False
    """True if both stacks exist; None where the caller may not read that."""
    clock_seconds: float = 0.0
    """The local clock's lead over AWS's."""
    options: Options = field(default_factory=Options)
    sleep: Callable[[float], None] = lambda _: None

    def client(self, service: str, region: str | None = None) -> Any:
        """Return the boto3 client of the service."""
        return self.clients(service, region)

    def name(self, short: str) -> str:
        """Return the physical name of a function, table, queue, role or stack of the stage."""
        return f"{OWN_PREFIX}{self.config.stage}-{short}"

    def arn(self, service: str, resource: str) -> str:
        """Return an ARN in this account and region."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"

    def role(self, short: str) -> str:
        """Return the ARN of one of the stage's roles."""
        return f"arn:{self.partition}:iam::{self.account}:role/{self.name(short)}"

    @property
    def stacks(self) -> tuple[str, ...]:
        """Return the names of the stage's stacks."""
        return tuple(map(self.name, STACKS))

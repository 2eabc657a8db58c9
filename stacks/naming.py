"""Physical names and ARNs, derived so that stacks and roles need no references to each other."""

from dataclasses import dataclass
from typing import Final

from aws_cdk import Aws

from quorum.domain.catalogue import Verb
from quorum.domain.seats import Seat
from stacks.config_rules import OWN_PREFIX
from stacks.stages import StageName

ALIAS: Final = "live"


@dataclass(frozen=True, slots=True)
class Names:
    """Physical names in one stage."""

    stage: StageName

    @property
    def prefix(self) -> str:
        """Return the common prefix of all names."""
        return f"{OWN_PREFIX}{self.stage}-"

    def of(self, name: str) -> str:
        """Return the physical name of a function, table, queue, stream or role."""
        return self.prefix + name

    def votes(self, seat: Seat) -> str:
        """Return the name of the seat's own table."""
        return self.of(f"votes-{seat.name}")

    def verb_role(self, verb: Verb) -> str:
        """Return the name of the role that the executor assumes for a verb."""
        return self.of("verb-" + verb.name.replace(".", "-").replace("_", "-"))

    @property
    def bucket(self) -> str:
        """Return the evidence bucket's name, which is globally unique."""
        return self.of(f"evidence-{Aws.ACCOUNT_ID}-{Aws.REGION}")

    def function_arn(self, name: str) -> str:
        """Return the ARN of a function's alias."""
        return f"{arn('lambda', f'function:{self.of(name)}')}:{ALIAS}"

    @property
    def machine_arn(self) -> str:
        """Return the state machine's ARN."""
        return arn("states", f"stateMachine:{self.of('incident')}")

    @property
    def execution_arns(self) -> str:
        """Return the ARN pattern of the machine's executions, each named after its incident."""
        return arn("states", f"execution:{self.of('incident')}:*")


def arn(service: str, resource: str) -> str:
    """Return an ARN in this account and region."""
    return f"arn:{Aws.PARTITION}:{service}:{Aws.REGION}:{Aws.ACCOUNT_ID}:{resource}"


def role_arn(name: str) -> str:
    """Return a role's ARN; roles have no region."""
    return f"arn:{Aws.PARTITION}:iam::{Aws.ACCOUNT_ID}:role/{name}"

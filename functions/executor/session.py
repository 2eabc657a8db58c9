"""Sessions of the verbs' roles, one per action: the executor's own role may change nothing."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypedDict

from botocore.config import Config

from functions.executor.dependencies import Place
from functions.executor.target_binding import arns
from functions.executor.verb_helpers import aws_errors
from quorum.domain.catalogue import verb
from quorum.domain.evidence import Candidate

if TYPE_CHECKING:
    from mypy_boto3_sts import STSClient

SHORTEST_SESSION_SECONDS: Final = 900

READ_CONFIG: Final = Config(
    connect_timeout=2, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 2}
)
EFFECT_CONFIG: Final = Config(
    connect_timeout=2, read_timeout=8, retries={"mode": "standard", "total_max_attempts": 1}
)
"""One attempt: retrying a lost response would repeat the effect. The session, one read and the
effect together stay within `outcome.EFFECT_SECONDS`."""


class Credentials(TypedDict):
    """Credential arguments of a boto3 client."""

    aws_access_key_id: str
    aws_secret_access_key: str
    aws_session_token: str


Session = Callable[[Candidate], Credentials]
"""Returns credentials for this candidate's effect and its inverse, and nothing else."""


@dataclass(frozen=True, slots=True)
class VerbSessions:
    """Sessions of the verbs' roles, narrowed to the verb's permissions on the exact resource."""

    sts: "STSClient"
    role_prefix: str
    place: Place

    def of(self, incident_id: str) -> Session:
        """Return the incident's session factory; sessions are named after the incident."""
        return lambda candidate: self._assume(candidate, incident_id)

    def _assume(self, candidate: Candidate, incident_id: str) -> Credentials:
        name = candidate.verb.replace(".", "-").replace("_", "-")
        with aws_errors(f"the role of {candidate.verb}"):
            answer = self.sts.assume_role(
                RoleArn=f"{self.role_prefix}{name}",
                RoleSessionName=incident_id,
                Policy=session_policy(candidate, self.place),
                DurationSeconds=SHORTEST_SESSION_SECONDS,
            )
        given = answer["Credentials"]
        return {
            "aws_access_key_id": given["AccessKeyId"],
            "aws_secret_access_key": given["SecretAccessKey"],
            "aws_session_token": given["SessionToken"],
        }


def session_policy(candidate: Candidate, place: Place) -> str:
    """Return the session policy as JSON. Raises RefusalError for a target elsewhere.

    The key of an encrypted target is unknown here; the role names the keys that it may use.
    """
    row = verb(candidate.verb)
    statements: list[dict[str, Any]] = [
        {
            "Effect": "Allow",
            "Action": list(row.permissions),
            "Resource": list(arns(candidate, place)),
        }
    ]
    if row.key_permissions:
        service = f"{row.name.partition('.')[0]}.{place.region}.*"
        statements.append(
            {
                "Effect": "Allow",
                "Action": list(row.key_permissions),
                "Resource": "*",
                "Condition": {"StringLike": {"kms:ViaService": service}},
            }
        )
    return json.dumps({"Version": "2012-10-17", "Statement": statements})

"""The console on a laptop: an address, and a random token for each of two people.

The deployed function knows the tokens' digests only, as variables of its stage. They are set here
and nowhere in the stacks, and the function heeds them in stage `local` alone.
"""

import secrets
from hashlib import sha256
from typing import Any, Final

from functions.shared.domain.constants import ESCALATION_LEVEL
from local.front import Front

VISITORS: Final[list[dict[str, Any]]] = [
    {
        "id": "operator",
        "name": "Operator",
        "subject": "laptop-operator",
        "roles": [ESCALATION_LEVEL],
    },
    {"id": "second", "name": "Second", "subject": "laptop-second", "roles": [ESCALATION_LEVEL]},
]
"""Two, because what is risky takes two."""
STAGE: Final = "$default"


class WebConsole:
    """The front before the deployed API, for as long as the `with` block lasts."""

    def __init__(self, client: Any, endpoint: str, api_id: str) -> None:
        self.tokens = {person["id"]: secrets.token_urlsafe(24) for person in VISITORS}
        client("apigatewayv2").update_stage(
            ApiId=api_id,
            StageName=STAGE,
            StageVariables={
                f"token_{sha256(self.tokens[person['id']].encode()).hexdigest()}": person["subject"]
                for person in VISITORS
            },
        )
        self.front = Front(endpoint, api_id)

    @property
    def address(self) -> str:
        """Return where the first person looks. The token is behind the #, which no server sees."""
        return self.address_of("operator")

    def address_of(self, person: str) -> str:
        """Return where this person looks."""
        return f"{self.front.address}/#token={self.tokens[person]}"

    def __enter__(self) -> "WebConsole":
        self.front.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self.front.__exit__(*error)

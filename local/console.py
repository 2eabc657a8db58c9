"""The console on a laptop: its URL, and a token for each person who signs in there."""

from typing import Any, Final

from local.api_proxy import ApiProxy
from local.fake_services import FakeTokenIssuer
from quorum.domain.constants import ESCALATION_LEVEL
from quorum.domain.people import VIEWER

PEOPLE: Final[list[dict[str, Any]]] = [
    {
        "id": "operator",
        "name": "Operator",
        "subject": "laptop-operator",
        "roles": [ESCALATION_LEVEL],
    },
    {"id": "second", "name": "Second", "subject": "laptop-second", "roles": [ESCALATION_LEVEL]},
    {"id": "demo", "name": "Demo", "subject": "laptop-demo", "roles": [ESCALATION_LEVEL]},
    {"id": "ada", "name": "Ada", "slack": "U0ADA", "roles": [ESCALATION_LEVEL]},
    {"id": "vic", "name": "Vic", "slack": "U0VIC", "roles": [VIEWER]},
]
"""Three people with console tokens: two, because risky actions need two approvers, and the demo's.
Two people in Slack, one of them a viewer."""


class WebConsole:
    """The proxy to the deployed API, for as long as the `with` block lasts."""

    def __init__(self, issuer: FakeTokenIssuer, endpoint: str, api_id: str) -> None:
        self.tokens: dict[str, str] = {
            person["id"]: issuer.token(person["subject"])
            for person in PEOPLE
            if "subject" in person
        }
        self.proxy = ApiProxy(endpoint, api_id)

    @property
    def address(self) -> str:
        """Return the operator's URL; its token is in the fragment, which no server receives."""
        return self.address_of("operator")

    def address_of(self, person: str) -> str:
        """Return this person's URL, which signs them in."""
        return f"{self.proxy.address}/#token={self.tokens[person]}"

    def __enter__(self) -> "WebConsole":
        self.proxy.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self.proxy.__exit__(*error)

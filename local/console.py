"""The console on a laptop: an address, and a token for each person there who has no Slack."""

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
"""Two at the console, because what is risky takes two, and who answers in a demo; two in Slack, one
of whom may only look."""


class WebConsole:
    """The front before the deployed API, for as long as the `with` block lasts."""

    def __init__(self, issuer: FakeTokenIssuer, endpoint: str, api_id: str) -> None:
        self.tokens: dict[str, str] = {
            person["id"]: issuer.token(person["subject"])
            for person in PEOPLE
            if "subject" in person
        }
        self.proxy = ApiProxy(endpoint, api_id)

    @property
    def address(self) -> str:
        """Return where the first person looks. The token is behind the #, which no server sees."""
        return self.address_of("operator")

    def address_of(self, person: str) -> str:
        """Return where this person looks."""
        return f"{self.proxy.address}/#token={self.tokens[person]}"

    def __enter__(self) -> "WebConsole":
        self.proxy.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self.proxy.__exit__(*error)

"""Authentication of API callers by their OpenID Connect identity token.

The token is the only proof of identity: no other header, no body field and no claim that API
Gateway forwards is trusted, because this function can also be invoked without the gateway. The
token is handed on unchanged to the function that signs approvals, which verifies it again.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from quorum.domain import token_claims
from quorum.domain.errors import InvalidInputError
from quorum.domain.identity_proofs import LONGEST_TOKEN
from quorum.domain.people import People, Person
from quorum.ports.approvals import TokenReader
from quorum.ports.clock import Clock

BEARER: Final = "bearer "


class Caller(NamedTuple):
    """An authenticated person of the configuration, their source IP address and their token."""

    person: Person
    address: str
    token: str

    def __repr__(self) -> str:
        """Return the caller without the token."""
        return f"Caller({self.person.id!r}, {self.address!r})"


class Callers(NamedTuple):
    """Identify callers by their bearer token."""

    people: People
    tokens: TokenReader
    ours: token_claims.Audience
    now: Clock

    def identify(self, event: Mapping[str, Any]) -> Caller | None:
        """Return the caller of this API Gateway event, or None if unauthenticated.

        Raises RefusedError when the token cannot be verified at all (issuer keys unavailable).
        """
        token = _bearer(event)
        person = self._person(token) if token else None
        http = (event.get("requestContext") or {}).get("http") or {}
        return Caller(person, str(http.get("sourceIp", "")), token) if person else None

    def _person(self, token: str) -> Person | None:
        try:
            found = self.tokens.read(token)
        except InvalidInputError:
            return None
        wrong = token_claims.claims_problem(found, self.ours, self.now())
        return None if wrong else token_claims.person_of_claims(found, self.people)


def _bearer(event: Mapping[str, Any]) -> str:
    """Return the bearer token; empty when absent or longer than a token may be."""
    header = str((event.get("headers") or {}).get("authorization", ""))
    if not header.lower().startswith(BEARER):
        return ""
    token = header[len(BEARER) :].strip()
    return token if len(token) <= LONGEST_TOKEN else ""

"""Who is calling: whom a genuine token names, and nothing else.

No header, no field of a body, and no word of the gateway identifies anybody. The gateway has looked
at the token before, where there is one; whoever gets past it, or calls this function without it,
needs a token all the same. It is passed on as it came to the function that signs.
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


class Known(NamedTuple):
    """A person of the configuration, the address that the request came from, and the token."""

    person: Person
    address: str
    token: str

    def __repr__(self) -> str:
        """Return it without the token."""
        return f"Known({self.person.id!r}, {self.address!r})"


class Callers(NamedTuple):
    """How callers are recognised."""

    people: People
    tokens: TokenReader
    ours: token_claims.Audience
    now: Clock

    def identify(self, event: Mapping[str, Any]) -> Known | None:
        """Return who calls, or None.

        Raises RefusedError when nobody can tell whether the token is genuine.
        """
        token = _bearer(event)
        person = self._named(token) if token else None
        http = (event.get("requestContext") or {}).get("http") or {}
        return Known(person, str(http.get("sourceIp", "")), token) if person else None

    def _named(self, token: str) -> Person | None:
        try:
            found = self.tokens.read(token)
        except InvalidInputError:
            return None
        wrong = token_claims.claims_problem(found, self.ours, self.now())
        return None if wrong else token_claims.person_of_claims(found, self.people)


def _bearer(event: Mapping[str, Any]) -> str:
    """Return the token, or nothing where there is none that could be one."""
    header = str((event.get("headers") or {}).get("authorization", ""))
    if not header.lower().startswith(BEARER):
        return ""
    token = header[len(BEARER) :].strip()
    return token if len(token) <= LONGEST_TOKEN else ""
